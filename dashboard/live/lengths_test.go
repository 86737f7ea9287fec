package live

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models/mp4"
)

// Whatever the camera's clock does, a picture has a positive length, and as long as it runs evenly our time line stays
// within a picture of it.
func TestLengthsFollowTheCamera(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l lengths
		distance := rapid.Int64Range(mp4.Ticks/60, mp4.Ticks).Draw(t, "distance")
		jitter := rapid.Int64Range(0, distance/3).Draw(t, "jitter")
		var dts, given, begun int64
		for i := range 200 {
			at := dts + rapid.Int64Range(-jitter, jitter).Draw(t, "off")
			if i == 0 {
				begun = at
			}
			if i > 50 {
				require.InDelta(t, at-begun, given, float64(2*distance))
			}
			n := l.next(at)
			require.Positive(t, n)
			given += n
			dts += distance
		}
	})
}

func TestLengthsSurviveLeaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l lengths
		for _, dts := range rapid.SliceOf(rapid.Int64()).Draw(t, "dts") {
			n := l.next(dts / 2) // differences stay in range
			require.Positive(t, n)
			require.LessOrEqual(t, n, int64(4*longest))
		}
	})
}

func TestAPauseIsNoLongPicture(t *testing.T) {
	var l lengths
	for i := range int64(20) {
		l.next(i * 9000)
	}
	l.pause()
	require.InDelta(t, 9000, l.next(500*mp4.Ticks), 100)
	require.InDelta(t, 9000, l.next(500*mp4.Ticks+9000), 100)
	require.InDelta(t, 9000, l.next(900*mp4.Ticks), 100, "a leap without a pause counts as one")
}
