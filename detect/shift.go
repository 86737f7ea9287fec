package detect

import (
	"math"
)

// Where a view is looked for that is not where it was, in cells.
const (
	farAcross = 20
	farDown   = 10
	asBefore  = 1    // no farther is not moved
	foundFrom = 0.55 // correlation from which it is there
)

// shift returns by how much, in fractions of the picture's width, what the view holds has moved in a glance; 1 = it is not there.
func (v *view) shift(k sketch) float64 {
	old, now := roots16(v.energy), roots8(k.energy)
	best, dx, dy := -1.0, 0, 0
	try := func(x, y int) {
		if c := overlap(old, now, x, y); c > best {
			best, dx, dy = c, x, y
		}
	}
	for y := -farDown; y <= farDown; y += 2 { // each second place, then those beside the best one
		for x := -farAcross; x <= farAcross; x += 2 {
			try(x, y)
		}
	}
	for x, y, i := dx, dy, 0; i < 9; i++ {
		try(x+i%3-1, y+i/3-1)
	}
	far := math.Hypot(float64(dx), float64(dy))
	switch {
	case best < foundFrom:
		return 1
	case far <= asBefore:
		return 0
	}
	return far / gridWidth
}

func overlap(old, now []float32, dx, dy int) float64 {
	var c correlation
	for y := max(0, -dy); y < min(gridHeight, gridHeight-dy); y++ {
		from, to := max(0, -dx), min(gridWidth, gridWidth-dx)
		a, b := old[y*gridWidth+from:y*gridWidth+to], now[(y+dy)*gridWidth+from+dx:]
		for i, v := range a {
			c.add(float64(v), float64(b[i]))
		}
	}
	return c.value()
}

func roots16(mean []uint16) []float32 {
	out := make([]float32, len(mean))
	for i, v := range mean {
		out[i] = float32(math.Sqrt(float64(v) / 256))
	}
	return out
}

func roots8(now []byte) []float32 {
	out := make([]float32, len(now))
	for i, v := range now {
		out[i] = float32(math.Sqrt(float64(v)))
	}
	return out
}
