package infer

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

func TestRegions(t *testing.T) {
	size := image.Pt(416, 234)
	for _, c := range []struct {
		name  string
		in    []models.Box
		want  []image.Rectangle
		whole bool
	}{
		{"nothing", nil, nil, false},
		{"somebody", []models.Box{{X: 0.5, Y: 0.5, W: 0.05, H: 0.15}}, []image.Rectangle{image.Rect(184, 96, 248, 192)}, false},
		{"in the corner", []models.Box{{X: 0.97, Y: 0.9, W: 0.03, H: 0.1}}, []image.Rectangle{image.Rect(352, 170, 416, 234)}, false},
		{"beside the picture", []models.Box{{X: 1.2, Y: 0, W: 0.1, H: 0.1}, {W: -1, H: 1}}, nil, false},
		{"most of it", []models.Box{{X: 0.1, Y: 0.1, W: 0.7, H: 0.7}}, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, fewer := Regions(c.in, size)
			require.Equal(t, !c.whole, fewer)
			if fewer {
				require.Equal(t, c.want, got)
			}
		})
	}
}

func TestRegionsHoldTheirBoxesWithContextAndFitTheNetwork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Input{Width: 416, Height: 256}
		size := fit(rapid.IntRange(16, 4096).Draw(t, "width"), rapid.IntRange(16, 2304).Draw(t, "height"), in)
		var list []models.Box
		for range rapid.IntRange(0, 90).Draw(t, "n") {
			side := rapid.Float64Range(0, 0.3)
			list = append(list, models.Box{X: rapid.Float64Range(0, 1).Draw(t, "x"), Y: rapid.Float64Range(0, 1).Draw(t, "y"), W: side.Draw(t, "w"), H: side.Draw(t, "h")})
		}
		parts, fewer := Regions(list, size)
		area := 0
		for _, r := range parts {
			require.True(t, !r.Empty() && r.In(image.Rectangle{Max: size}), "%v of %v", r, size)
			require.LessOrEqual(t, steps(r.Dx()), in.Width)
			require.LessOrEqual(t, steps(r.Dy()), in.Height)
			area += cost(r)
		}
		if fewer {
			require.LessOrEqual(t, float64(area), mostArea*float64(cost(image.Rectangle{Max: size})))
		}
		for _, b := range list {
			own := region(b, size)
			held := own.Empty()
			for _, r := range parts {
				held = held || own.In(r)
			}
			require.True(t, held, "%v has no region", b)
		}
	})
}

func TestWhatACutThingIs(t *testing.T) {
	m := &Manifest{Labels: map[int]string{0: "person"}, NMS: 0.5}
	size, left, right := image.Pt(200, 100), image.Rect(0, 0, 64, 64), image.Rect(32, 0, 128, 96)
	at := func(x0, x1 float64) []candidate { return []candidate{{0, 0.9, x0, 10, x1, 50}} }
	for _, c := range []struct {
		name       string
		list       []candidate
		region     image.Rectangle
		in, across int
	}{
		{"inside", at(20, 40), left, 1, 0},
		{"at the edge of the picture", at(0, 20), left, 1, 0},
		{"across the right edge", at(40, 63), left, 0, 1},
		{"across the left edge", at(0, 20), right, 0, 1},
	} {
		in, across := back(c.list, c.region, size)
		require.Equal(t, [2]int{c.in, c.across}, [2]int{len(in), len(across)}, c.name)
	}
	moved, _ := back(at(10, 30), right, size)
	require.Equal(t, 42.0, moved[0].x0)
	require.False(t, found(at(40, 60), at(41, 63), size, m).Cut, "another region shows the whole of it")
	require.True(t, found(at(140, 160), at(41, 63), size, m).Cut)
}
