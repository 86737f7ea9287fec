package onvif

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

func TestWhatAnActDoesToAMotion(t *testing.T) {
	at := time.Unix(1_000_000, 0)
	moving := motion{until: at.Add(lease)}
	for _, c := range []struct {
		name   string
		before motion
		act    models.PTZAction
		why    Reason
		want   motion
	}{
		{"a move", motion{}, models.PTZMove, "", moving},
		{"a repeat begins the lease anew", motion{until: at, halts: 3}, models.PTZMove, "", moving},
		{"a move whose answer is lost", motion{}, models.PTZMove, NoAnswer, moving},
		{"a move whose answer is broken off", motion{}, models.PTZMove, NotONVIF, moving},
		{"a move that is refused", motion{}, models.PTZMove, Faulty, motion{}},
		{"a camera that cannot be reached moves no more than before", moving, models.PTZMove, Refused, moving},
		{"a stop", moving, models.PTZStop, "", motion{}},
		{"a stop that is lost", moving, models.PTZStop, NoAnswer, moving},
		{"a way to a preset", moving, models.PTZGoto, "", motion{}},
		{"a way home", moving, models.PTZHome, "", motion{}},
		{"no such preset", moving, models.PTZGoto, NoPreset, moving},
		{"a preset that is kept", moving, models.PTZSetPreset, "", moving},
	} {
		require.Equal(t, c.want, c.before.after(c.act, at, c.why), c.name)
	}
	require.Equal(t, lingers, motion{}.wait(at))
	require.Equal(t, lease, moving.wait(at))
	require.Zero(t, moving.wait(at.Add(time.Hour)))
}

func TestWhoGivesWay(t *testing.T) {
	const look, move, stop, set, preset = models.PTZAction(""), models.PTZMove, models.PTZStop, models.PTZSetPreset, models.PTZGoto
	for _, c := range []struct {
		waiting, fresh models.PTZAction
		want           yield
	}{
		{move, move, waitingYields}, {move, stop, waitingYields}, {stop, move, waitingYields}, {look, stop, waitingYields},
		{set, stop, waitingFails}, {preset, move, waitingFails},
		{look, set, waitingYields}, {set, set, freshFails}, {stop, set, freshFails},
		{stop, look, freshYields}, {set, look, freshYields}, {look, look, freshYields},
	} {
		require.Equal(t, c.want, yieldOf(c.waiting, c.fresh), "%q after %q", c.fresh, c.waiting)
	}
}

// Whatever is asked, refused and lost in whatever order: a camera that may move is told to stop within the lease of the newest
// move, again and again until it does, and one that does not is given up after so many tries.
func TestAMotionEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, now := motion{}, time.Unix(1_000_000, 0)
		var newest time.Time
		for range rapid.IntRange(1, 40).Draw(t, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			act := rapid.SampledFrom([]models.PTZAction{models.PTZMove, models.PTZStop, models.PTZGoto, models.PTZSetPreset}).Draw(t, "act")
			why := rapid.SampledFrom([]Reason{"", NoAnswer, Faulty}).Draw(t, "why")
			if m = m.after(act, now, why); act == models.PTZMove && m.until.Equal(now.Add(lease)) {
				newest = now
			}
			if m.moving() && m.halts == 0 {
				require.LessOrEqual(t, m.until.Sub(newest), lease)
			}
			for m.moving() && m.wait(now) == 0 {
				m = m.halted(now, rapid.Bool().Draw(t, "stops"))
			}
		}
		for tries := 0; m.moving(); tries++ {
			require.Less(t, tries, haltMost)
			require.LessOrEqual(t, m.wait(now), lease)
			now = now.Add(m.wait(now))
			m = m.halted(now, false)
		}
	})
}
