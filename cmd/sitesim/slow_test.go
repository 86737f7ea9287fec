package main

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stuck is a link with a full queue of which nobody takes anything.
func stuck(t *testing.T) *link {
	l, _, _ := twoEnds(t)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.draining, l.queue = true, make([]byte, maxQueue)
	return l
}

// One who takes nothing loses and is counted; the others, of this camera and of the next, lose nothing.
func TestSlowReaderHurtsNobody(t *testing.T) {
	t.Parallel()
	s, stop := startSite(t, &Script{Cameras: []Camera{{ID: "cam-01"}, {ID: "cam-02"}}})
	one, two := play(t, s, "cam-01"), play(t, s, "cam-02")
	first, second := one.next(t).number, two.next(t).number
	slow := stuck(t)
	cam := s.server.cameras["cam-01"]
	cam.meet(slow)
	cam.enter(slow, time.Now())
	for range 5 {
		first, second = first+1, second+1
		require.Equal(t, first, one.next(t).number)
		require.Equal(t, second, two.next(t).number)
	}
	lost := cam.report().Overflow
	require.Positive(t, lost)
	report := stop()
	require.Equal(t, report.Cameras[0].Sent, first+one.drain(t))
	require.Equal(t, report.Cameras[1].Sent, second+two.drain(t))
	require.Zero(t, report.Cameras[1].Overflow)
}

// What the only reader does not take was sent, and is lost: who counts must not believe that it never was.
func TestOverflowIsSent(t *testing.T) {
	t.Parallel()
	s, stop := startSite(t, &Script{Cameras: []Camera{{ID: "cam-01"}}})
	slow := stuck(t)
	cam := s.server.cameras["cam-01"]
	cam.meet(slow)
	cam.enter(slow, time.Now())
	require.Eventually(t, func() bool { r := cam.report(); return r.Overflow > 0 && r.Sent > 1 }, patience, time.Millisecond)
	stop()
}

// Where the machine slept, the pictures between never were: those that come begin with a keyframe, or nobody could decode them.
func TestCameraGoesOnAfterASleepWithAKeyframe(t *testing.T) {
	begin := time.Now()
	cam := newCamera(Camera{ID: "cam-01"}, map[string]reel{usual: reelOf(t, 0)}, begin, slog.New(slog.DiscardHandler))
	reader := stuck(t)
	cam.meet(reader)
	cam.enter(reader, begin)
	var p packer
	for i, n := range []int{0, 1, 15, 16, 17} { // pictures, of groups of four
		require.NoError(t, cam.tick(&p, begin.Add(time.Duration(n)*unitPeriod), uint32(n)*unitTicks))
		require.Equal(t, []int{0, 0, 3, 3, 3}[i], cam.lag, "picture %d", n)
	}
}
