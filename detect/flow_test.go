package detect

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/detect/visionpb"
	"zhihui/models"
)

func TestFlowLearnsThePaceAndTheCost(t *testing.T) {
	var f flow
	at := noon
	for seq := uint64(1); seq <= 200; seq++ {
		u := unitAt(seq, 1+seq/150, false, at)
		require.Equal(t, seq == 1 || seq == 150, f.unit(u), "a session begins")
		f.sent(u, at, awakeMotion)
		_, ok := f.answered(Result{Seq: seq, DecodeTime: 3 * time.Millisecond, MotionTime: time.Millisecond})
		require.True(t, ok)
		at = at.Add(40 * time.Millisecond)
		if seq == 180 {
			at = at.Add(time.Minute)
		}
	}
	require.InDelta(t, 0.1, f.wants(), 0.005, "25 pictures a second of 4 ms; a pause is no pace")
}

func TestFlowTakesOffWhatIsAnswered(t *testing.T) {
	var f flow
	for seq := uint64(1); seq <= 5; seq++ {
		f.sent(unitAt(seq, 1, seq == 1, noon), noon.Add(time.Duration(seq)*time.Second), trialMotion)
	}
	require.Equal(t, 5, f.vain)
	a, ok := f.answered(Result{Seq: 2})
	require.True(t, ok)
	require.Equal(t, asked{2, noon.Add(2 * time.Second), trialMotion}, a)
	require.Equal(t, 3, f.onTrial(), "the first got no Result, and will get none")
	_, ok = f.answered(Result{Seq: 2})
	require.False(t, ok)
	f.answered(Result{Seq: 3, Reset: true})
	require.Empty(t, f.waiting)
}

func TestFlowForgetsWhatNobodyAnswers(t *testing.T) {
	var f flow
	for seq := uint64(1); seq <= 10000; seq++ {
		f.sent(unitAt(seq, 1, true, noon), noon, asleepKey)
	}
	require.Len(t, f.waiting, visionpb.MaxCredit)
	_, ok := f.answered(Result{Seq: 10000})
	require.True(t, ok)
	require.Empty(t, f.waiting)
}

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
