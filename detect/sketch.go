package detect

import (
	"math"

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
