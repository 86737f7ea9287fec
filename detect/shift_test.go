package detect

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The sums of rectangles say the same of each place as adding up its cells.
func TestOverlapIsTheCorrelationOfItsCells(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	a, b := make([]float64, cells), make([]float64, cells)
	for i := range cells {
		a[i], b[i] = float64(r.IntN(256)), float64(r.IntN(256))
	}
	old, now := newField(func(i int) float64 { return a[i] }), newField(func(i int) float64 { return b[i] })
	for range 200 {
		dx, dy := r.IntN(2*farAcross+3)-farAcross-1, r.IntN(2*farDown+3)-farDown-1
		var c correlation
		for y := max(0, -dy); y < min(gridHeight, gridHeight-dy); y++ {
			for x := max(0, -dx); x < min(gridWidth, gridWidth-dx); x++ {
				c.add(math.Sqrt(a[y*gridWidth+x]), math.Sqrt(b[(y+dy)*gridWidth+x+dx]))
			}
		}
		require.InDelta(t, c.value(), overlap(old, now, dx, dy), 1e-4, "%d, %d", dx, dy)
	}
}

func BenchmarkShift(b *testing.B) {
	a, _ := taught(town{1})
	k := sketchOf(town{2}.sight(sight{}))
	for b.Loop() {
		a.views[0].shift(k)
	}
}
