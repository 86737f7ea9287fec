package detect

import (
	"math"
	"slices"
)

// likeness is how a glance stands beside a view.
type likeness struct {
	known   bool    // there is enough structure in the view to tell
	alike   float64 // share of its blocks that show the same at the same place
	covered float64 // share of its structured cells that have lost all structure, and that no others have got instead
	sharp   float64 // of the edges, 1 = as in the view
}

// compare holds a glance against the view, block by block.
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
