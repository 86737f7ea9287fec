//go:build cgo

package vision

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/detect/vision/clips"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

// TestForgottenCamerasLeaveNothingBehind counts the process's pages, because what C holds no Go tool sees: a camera takes
// about 3 MB while it is looked at.
func TestForgottenCamerasLeaveNothingBehind(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "gate", models.H264, "1", "")
	e := hall(t, 0)
	round := func() {
		require.NoError(t, e.configure(&visionpb.Configure{Camera: "gate", Codec: visionpb.Codec_CODEC_H264}))
		for _, u := range units[:3] {
			require.Zero(t, e.look(asUnit(u, true, false).GetUnit(), false).GetFault())
		}
		require.NotEmpty(t, e.snapshot(&visionpb.Snapshot{Camera: "gate", Boxes: visionpb.ObjectsOf([]models.Object{{Label: "car", Box: models.Box{W: 0.5, H: 0.5}}})}).GetJpeg())
		e.forget("gate")
	}
	for range 20 {
		round()
	}
	before := resident(t)
	for range 100 {
		round()
	}
	require.Less(t, resident(t)-before, 50<<20, "bytes kept of 100 cameras")
}

// TestWhatAWakeTookIsGivenBack has many cameras awake at once, as when a hall starts, and then asleep.
func TestWhatAWakeTookIsGivenBack(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "gate", models.H264, "1", "")
	const cameras = 60
	e := hall(t, cameras)
	each := func(units []*models.AccessUnit) {
		for _, u := range units {
			for n := range cameras {
				request := asUnit(u, true, false).GetUnit()
				request.Camera = fmt.Sprint(n)
				require.Zero(t, e.look(request, false).GetFault())
			}
		}
	}
	before := resident(t)
	each(units[:8])
	awake := resident(t) - before
	for range trimEvery/cameras + 2 {
		each(units[:1])
	}
	asleep := resident(t) - before
	t.Logf("%d cameras: %d MB awake, %d MB asleep", cameras, awake>>20, asleep>>20)
	require.Less(t, asleep, awake*2/3)
}
