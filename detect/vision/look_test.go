//go:build cgo

package vision

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/detect/visionpb"
	"zhihui/models"
)

func TestWhereNothingMovesAndNothingWasThereIsNothingToLookAt(t *testing.T) {
	compared := &visionpb.Result{ReceivedAtMs: 10_000, HasMotion: true}
	for name, c := range map[string]struct {
		scene scene
		r     *visionpb.Result
		still bool
	}{
		"empty a moment ago":     {scene{at: 9_000}, compared, true},
		"never looked at":        {scene{}, compared, false},
		"somebody was there":     {scene{at: 9_000, found: true}, compared, false},
		"too long ago":           {scene{at: 8_000}, compared, false},
		"the clock stepped back": {scene{at: 11_000}, compared, false},
		"not compared":           {scene{at: 9_000}, &visionpb.Result{ReceivedAtMs: 10_000}, false},
		"something moves": {scene{at: 9_000}, &visionpb.Result{ReceivedAtMs: 10_000, HasMotion: true,
			MotionBoxes: []*visionpb.Box{visionpb.BoxOf(models.Box{W: 0.1, H: 0.1})}}, false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.still, c.scene.still(c.r)) })
	}
}
