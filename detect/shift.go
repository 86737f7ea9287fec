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
	old, now := newField(func(i int) float64 { return float64(v.energy[i]) / 256 }), newField(func(i int) float64 { return float64(k.energy[i]) })
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

// field is the roots of a grid's values, with the sums over all that lies above and left of each corner: those of a rectangle
// are four of them.
type field struct {
	roots         []float32
	sums, squares []float64
}

func newField(value func(i int) float64) field {
	const wide = gridWidth + 1
	f := field{make([]float32, cells), make([]float64, wide*(gridHeight+1)), make([]float64, wide*(gridHeight+1))}
	for y := range gridHeight {
		var sum, square float64
		for x := range gridWidth {
			v := value(y*gridWidth + x)
			f.roots[y*gridWidth+x] = float32(math.Sqrt(v))
			sum, square = sum+math.Sqrt(v), square+v
			f.sums[(y+1)*wide+x+1] = f.sums[y*wide+x+1] + sum
			f.squares[(y+1)*wide+x+1] = f.squares[y*wide+x+1] + square
		}
	}
	return f
}

// rectangle adds up what sums holds of the cells from x0, y0 to before x1, y1.
func rectangle(sums []float64, x0, y0, x1, y1 int) float64 {
	const wide = gridWidth + 1
	return sums[y1*wide+x1] - sums[y0*wide+x1] - sums[y1*wide+x0] + sums[y0*wide+x0]
}

// overlap is how alike two fields are where the second one is moved by so many cells.
func overlap(old, now field, dx, dy int) float64 {
	x0, y0, x1, y1 := max(0, -dx), max(0, -dy), min(gridWidth, gridWidth-dx), min(gridHeight, gridHeight-dy)
	c := correlation{n: float64((x1 - x0) * (y1 - y0)),
		x: rectangle(old.sums, x0, y0, x1, y1), xx: rectangle(old.squares, x0, y0, x1, y1),
		y: rectangle(now.sums, x0+dx, y0+dy, x1+dx, y1+dy), yy: rectangle(now.squares, x0+dx, y0+dy, x1+dx, y1+dy)}
	for y := y0; y < y1; y++ {
		a, b := old.roots[y*gridWidth+x0:y*gridWidth+x1], now.roots[(y+dy)*gridWidth+x0+dx:]
		b = b[:len(a)]
		var row float32
		for i, v := range a {
			row += v * b[i]
		}
		c.xy += float64(row)
	}
	return c.value()
}
