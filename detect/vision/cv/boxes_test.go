package cv

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMerge(t *testing.T) {
	r := image.Rect
	for _, c := range []struct {
		name     string
		in, want []image.Rectangle
	}{
		{"none", nil, nil},
		{"apart", []image.Rectangle{r(0, 0, 5, 5), r(20, 0, 40, 20)}, []image.Rectangle{r(20, 0, 40, 20), r(0, 0, 5, 5)}},
		{"near", []image.Rectangle{r(0, 0, 5, 5), r(7, 0, 9, 5)}, []image.Rectangle{r(0, 0, 9, 5)}},
		{"a chain", []image.Rectangle{r(0, 0, 5, 5), r(14, 0, 20, 5), r(6, 0, 12, 5)}, []image.Rectangle{r(0, 0, 20, 5)}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, merge(c.in, 3, 10)) })
	}
}

func TestMergedRectanglesCoverAllAndStandApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in []image.Rectangle
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			x, y := rapid.IntRange(0, 300).Draw(t, "x"), rapid.IntRange(0, 170).Draw(t, "y")
			in = append(in, image.Rect(x, y, x+rapid.IntRange(1, 60).Draw(t, "w"), y+rapid.IntRange(1, 60).Draw(t, "h")))
		}
		out := merge(in, 4, len(in))
		for i, a := range out {
			for _, b := range out[i+1:] {
				require.False(t, a.Inset(-4).Overlaps(b))
			}
		}
		for _, a := range in {
			covered := false
			for _, b := range out {
				covered = covered || a.In(b)
			}
			require.True(t, covered)
		}
	})
}
