//go:build cgo

package vision

import (
	"image"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/detect/vision/clips"
	"zhihui/detect/vision/infer"
	"zhihui/models"
)

// sighted is a hall whose eyes have the network.
func sighted(t testing.TB, cameras int) *eyes {
	if library() == "" {
		t.Skip("ONNX Runtime is not there: models/weights/fetch-onnxruntime.sh fetches it")
	}
	require.NoError(t, infer.Start(library()))
	t.Cleanup(func() { require.NoError(t, infer.Stop()) })
	m, _, err := infer.Choose(filepath.Join(clips.Root(), "models", "weights"))
	require.NoError(t, err)
	n, err := infer.Open(m)
	require.NoError(t, err)
	t.Cleanup(n.Close)
	e := hall(t, cameras)
	e.network, e.pixels = n, make([]byte, n.Bytes())
	return e
}

// tally compares what looks found with what looks at the whole find in the same pictures.
type tally struct {
	looks, whole, known, found, extra int
	cost                              float64 // in looks at the whole
}

func (y *tally) compare(whole, found []models.Object) {
	y.looks++
	y.known += len(whole)
	for _, o := range whole {
		if matches(found, o) {
			y.found++
		}
	}
	for _, o := range found {
		if !matches(whole, o) {
			y.extra++
		}
	}
}

func matches(list []models.Object, o models.Object) bool {
	return slices.ContainsFunc(list, func(k models.Object) bool { return k.Box.IoU(o.Box) >= 0.5 })
}

// follow looks at a clip as the core has it done: at motion in every unit, by the network at every so many.
func follow(t *testing.T, clip string, apart int) (y tally) {
	e := sighted(t, 1)
	c := e.cameras["0"]
	for k, u := range clips.Units(t, clip, "0", models.H264, "20", "") {
		request := asUnit(u, true, true).GetUnit()
		r := e.look(request, false)
		require.Zero(t, r.GetFault(), r.GetSentence())
		if k%apart != 0 {
			continue
		}
		size := e.network.Fit(c.decoder.Size())
		before := c.scene
		regions, fewer := before.regions(r, size)
		y.cost += area(regions, fewer, size)
		e.objects(c, request, r)
		found, after := modelObjects(r.GetObjects()), c.scene
		if after.whole != before.whole {
			y.whole++
		}
		c.scene = scene{}
		e.objects(c, request, r)
		c.scene = after
		y.compare(modelObjects(r.GetObjects()), found)
	}
	return y
}

// area is the share of the whole picture's inference.
func area(regions []image.Rectangle, fewer bool, size image.Point) (share float64) {
	if !fewer {
		return 1
	}
	for _, r := range regions {
		share += float64(r.Dx()*r.Dy()) / float64(size.X*size.Y)
	}
	return share
}

func TestLooksAtRegionsFindWhatLooksAtTheWholeFind(t *testing.T) {
	var all tally
	for _, c := range []struct {
		clip string
		cost float64 // at most, in looks at the whole
	}{
		{"vtest.avi", 1},                       // a crowd: regions save next to nothing
		{"intel_one_by_one_person.mp4", 0.8},   // one at a time
		{"bgs_topdown_cars.avi", 0.55},         // small things
		{"intel_worker-zone-detection.mp4", 1}, // large ones
	} {
		t.Run(c.clip, func(t *testing.T) {
			y := follow(t, c.clip, 6)
			t.Logf("%d looks (%d whole), of %d known %d found (%.3f), %d more, cost %.2f",
				y.looks, y.whole, y.known, y.found, float64(y.found)/float64(max(y.known, 1)), y.extra, y.cost/float64(y.looks))
			require.LessOrEqual(t, y.cost/float64(y.looks), c.cost)
			all.looks, all.known, all.found, all.extra = all.looks+y.looks, all.known+y.known, all.found+y.found, all.extra+y.extra
		})
	}
	require.GreaterOrEqual(t, float64(all.found), 0.97*float64(all.known), "%+v", all)
	require.LessOrEqual(t, float64(all.extra), 0.03*float64(all.known))
}
