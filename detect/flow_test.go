package detect

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestThePaceOfACameraIsLearntAndAPauseIsNone(t *testing.T) {
	for name, c := range map[string]struct{ apart, want time.Duration }{
		"25 a second":        {40 * time.Millisecond, 40 * time.Millisecond},
		"one a second":       {time.Second, time.Second},
		"one in two seconds": {2 * time.Second, 2 * time.Second},
		"pauses":             {10 * time.Second, firstEvery},
	} {
		t.Run(name, func(t *testing.T) {
			var f flow
			for n := range 100 {
				begun := f.unit(&models.AccessUnit{Session: 1, ReceivedAt: time.Unix(1000, 0).Add(time.Duration(n) * c.apart)})
				require.Equal(t, n == 0, begun)
			}
			require.InDelta(t, c.want.Seconds(), f.every.Seconds(), 0.01*c.want.Seconds())
		})
	}
}
