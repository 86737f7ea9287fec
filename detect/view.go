package detect

import (
	"math"
	"slices"
	"time"

	"zhihui/detect/visionpb"
)

// The grid of a Sight, and the blocks in which it is compared: what passes by changes some of them, a camera that was moved
// nearly all.
const (
	gridWidth, gridHeight   = visionpb.SightWidth, visionpb.SightHeight
	blockWidth, blockHeight = 16, 9
	blocksAcross            = gridWidth / blockWidth
	blocks                  = blocksAcross * (gridHeight / blockHeight)
	cells                   = gridWidth * gridHeight
	blockCells              = blockWidth * blockHeight
)

// What counts, in the units of a Sight.
const (
	structured  = 12.0 // energy from which a cell has structure: 3 gray levels from pixel to pixel
	leastCells  = 5    // with structure, for a block to be compared by
	leastBlocks = 3    // to be compared by, or nothing can be said
	leastHad    = 400  // cells with structure, likewise: a bare wall has fewer, and so has an empty lane from above
	blockKin    = 0.35 // correlation from which what a block shows may be the same, but blurred
	blockAlike  = 0.5  // correlation from which a block shows the same
)

// view is something that a camera usually shows, such as its street by night: the means of some looks. 9 KB.
type view struct {
	energy, coarse []uint16        // of each cell, in 1/256; coarse is how its brightness differs from its neighbours'
	spread         [blocks]float64 // standard deviation of the brightness in each block
	luma           float64         // of the whole picture
	looks          int             // that it is made of
	since, last    time.Time
}

// sketch is one Sight made ready to be compared and learnt.
type sketch struct {
	energy, coarse []byte
	spread         [blocks]float64
	luma, contrast float64
	filled         float64 // share of the cells with structure
}

func sketchOf(s Sight) sketch {
	k := sketch{energy: s.Energy, coarse: make([]byte, cells)}
	var filled float64
	var all moments
	var each [blocks]moments
	for i, p := range s.Luma {
		all.add(float64(p))
		each[i/gridWidth/blockHeight*blocksAcross+i%gridWidth/blockWidth].add(float64(p))
		if s.Energy[i] >= structured {
			filled++
		}
		right, below := i, i
		if i%gridWidth < gridWidth-1 {
			right = i + 1
		}
		if i < cells-gridWidth {
			below = i + gridWidth
		}
		k.coarse[i] = byte(min(differ(p, s.Luma[right])+differ(p, s.Luma[below]), 255))
	}
	k.luma, k.contrast = all.mean(), all.deviation()
	k.filled = filled / cells
	for b := range each {
		k.spread[b] = each[b].deviation()
	}
	return k
}

// moments are what mean and standard deviation are made of.
type moments struct{ n, sum, squares float64 }

func (m *moments) add(v float64) { m.n, m.sum, m.squares = m.n+1, m.sum+v, m.squares+v*v }

func (m *moments) mean() float64 { return m.sum / m.n }

func (m *moments) deviation() float64 { return math.Sqrt(max(m.squares/m.n-m.mean()*m.mean(), 0)) }

func differ(a, b byte) int { return max(int(a)-int(b), int(b)-int(a)) }

// learn takes a look in. Of the first ones what all show is kept, so that who passes by is no part of it; from then on the
// means follow slowly.
func (v *view) learn(k sketch, at time.Time) {
	if v.looks == 0 {
		v.energy, v.coarse, v.luma, v.since = widened(k.energy), widened(k.coarse), k.luma, at
	}
	v.looks++
	v.last = at
	take := func(mean []uint16, now []byte) {
		for i, p := range now {
			if v.looks <= firstLooks {
				mean[i] = min(mean[i], uint16(p)<<8)
			} else {
				mean[i] = uint16(int(mean[i]) + (int(p)<<8-int(mean[i]))/slowest)
			}
		}
	}
	take(v.energy, k.energy)
	take(v.coarse, k.coarse)
	v.luma += (k.luma - v.luma) / float64(min(v.looks, slowest))
	for b := range v.spread {
		v.spread[b] += (k.spread[b] - v.spread[b]) / float64(min(v.looks, slowest))
	}
}

func widened(now []byte) []uint16 {
	wide := make([]uint16, len(now))
	for i, p := range now {
		wide[i] = uint16(p) << 8
	}
	return wide
}

// likeness is how a look stands beside a view.
type likeness struct {
	known   bool    // there is enough structure in the view to tell
	alike   float64 // share of its blocks that show the same at the same place
	covered float64 // share of its structured cells that have lost all structure, and that no others have got instead
	sharp   float64 // of the edges, 1 = as in the view
}

// compare holds a look against the view, block by block.
func (v *view) compare(k sketch) likeness {
	var l likeness
	var had, lost, has, judged, same int
	var sharp []float64
	for b := range blocks {
		s := v.block(k, b)
		had, lost, has = had+s.had, lost+s.lost, has+s.has
		if s.had < leastCells {
			continue
		}
		judged++
		if s.alike >= blockAlike {
			same++
		}
		if s.lost*2 < s.had && s.alike >= blockKin {
			sharp = append(sharp, s.sharp)
		}
	}
	l.known, l.sharp = judged >= leastBlocks && had >= leastHad, 1
	l.alike = float64(same) / float64(max(judged, 1))
	l.covered = float64(max(min(lost, had-has), 0)) / float64(max(had, 1))
	if len(sharp)*3 >= max(judged, 1) { // else it is not the same that is there
		slices.Sort(sharp)
		l.sharp = sharp[len(sharp)/2]
	}
	return l
}

// blockLikeness is likeness in one block.
type blockLikeness struct {
	had, lost, has int // cells with structure; of those, without any now; cells with structure now
	alike, sharp   float64
}

// block compares one block. Structure is measured against the light that there is: where all is darker, edges are weaker.
func (v *view) block(k sketch, b int) (s blockLikeness) {
	light := min(max(k.luma/max(v.luma, 1), 0.2), 1)
	var c correlation
	var fine, fineNow float64 // squares: of the strongest edges, which coding spares and defocus does not
	first := b/blocksAcross*blockHeight*gridWidth + b%blocksAcross*blockWidth
	for y := range blockHeight {
		for i := first + y*gridWidth; i < first+y*gridWidth+blockWidth; i++ {
			e, now := float64(v.energy[i])/256, float64(k.energy[i])
			c.add(math.Sqrt(e), math.Sqrt(now))
			fine, fineNow = fine+e*e, fineNow+now*now
			if now >= structured {
				s.has++
			}
			if e < structured {
				continue
			}
			r, roughly := float64(v.coarse[i])/256, float64(k.coarse[i])
			if s.had++; now < lostEnergy*light*e && roughly < max(lostCoarse*light*r, 3) {
				s.lost++
			}
		}
	}
	s.alike = c.value()
	if fine > 0 {
		s.sharp = math.Sqrt(fineNow/fine) * v.spread[b] / max(k.spread[b], 1) // in haze and at night all is weaker, out of focus edges alone
	}
	return s
}

// What is left of a cell's structure when it is covered, at most.
const (
	lostEnergy = 0.5
	lostCoarse = 0.35
)

// Where a view is looked for that is not where it was, in cells.
const (
	farAcross = 20
	farDown   = 10
	asBefore  = 1    // no farther is not moved
	foundFrom = 0.55 // correlation from which it is there
)

// shift returns by how much, in fractions of the picture's width, what the view holds has moved in a look; 1 = it is not there.
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

// correlation is Pearson's: how alike two pictures are, whatever the light.
type correlation struct{ n, x, y, xx, yy, xy float64 }

func (c *correlation) add(x, y float64) {
	c.n++
	c.x, c.y = c.x+x, c.y+y
	c.xx, c.yy, c.xy = c.xx+x*x, c.yy+y*y, c.xy+x*y
}

// value is −1…1, 0 where one of both is the same everywhere.
func (c *correlation) value() float64 {
	a, b := c.xx*c.n-c.x*c.x, c.yy*c.n-c.y*c.y
	if a <= 1e-9 || b <= 1e-9 {
		return 0
	}
	return (c.xy*c.n - c.x*c.y) / math.Sqrt(a*b)
}
