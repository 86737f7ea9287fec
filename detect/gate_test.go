package detect

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

func unitAt(seq, session uint64, key bool, at time.Time) *models.AccessUnit {
	return &models.AccessUnit{Camera: "c1", Seq: seq, Session: session, Key: key, ReceivedAt: at}
}

func TestGate(t *testing.T) {
	asleep := gate{session: 1, seq: 10}
	awake := gate{session: 1, seq: 10, awakeUntil: noon.Add(time.Second), looked: noon.Add(-300 * time.Millisecond)}
	fresh := need{every: 400 * time.Millisecond}
	rested := need{every: 200 * time.Millisecond}
	watching := need{watching: true, every: 200 * time.Millisecond}
	for name, c := range map[string]struct {
		gate   gate
		unit   *models.AccessUnit
		need   need
		want   Want
		reason gateReason
	}{
		"asleep, key":                     {asleep, unitAt(11, 1, true, noon), rested, WantMotion, asleepKey},
		"asleep, not key":                 {asleep, unitAt(11, 1, false, noon), rested, 0, asleepSkip},
		"asleep, first of all not key":    {gate{}, unitAt(1, 1, false, noon), rested, 0, asleepSkip},
		"watched, key":                    {asleep, unitAt(11, 1, true, noon), watching, WantMotion | WantObjects, watchKey},
		"watched, key, looked lately":     {awakeNever(awake), unitAt(11, 1, true, noon), need{watching: true, every: time.Second}, WantMotion, asleepKey},
		"watched, not key":                {asleep, unitAt(11, 1, false, noon), watching, 0, watchSkip},
		"awake, next":                     {awake, unitAt(11, 1, false, noon), fresh, WantMotion, awakeMotion},
		"awake, next, time for a look":    {awake, unitAt(11, 1, false, noon), rested, WantMotion | WantObjects, awakeLook},
		"awake, key":                      {awake, unitAt(30, 2, true, noon), fresh, WantMotion, awakeMotion},
		"awake, a unit is missing":        {awake, unitAt(12, 1, false, noon), rested, 0, brokenSkip},
		"awake, a new session is not key": {awake, unitAt(11, 2, false, noon), rested, 0, brokenSkip},
		"no rule's hours":                 {awake, unitAt(11, 1, true, noon), need{offDuty: true}, 0, offDuty},
		"no rule's hours, event open":     {asleep, unitAt(11, 1, true, noon), need{offDuty: true, watching: true}, WantMotion | WantObjects, watchKey},
		"awake no longer":                 {awake, unitAt(11, 1, false, noon.Add(2*time.Second)), rested, 0, asleepSkip},
	} {
		t.Run(name, func(t *testing.T) {
			want, reason := c.gate.decide(c.unit, c.need)
			require.Equal(t, c.reason, reason)
			require.Equal(t, c.want, want)
		})
	}
}

func awakeNever(g gate) gate {
	g.awakeUntil = time.Time{}
	return g
}

func TestGateWakesOnceAndStaysAwakeWhileItMoves(t *testing.T) {
	var g gate
	require.True(t, g.moved(noon, 5*time.Second))
	require.False(t, g.moved(noon.Add(4*time.Second), 5*time.Second))
	require.False(t, g.moved(noon.Add(time.Second), 5*time.Second), "an older result does not shorten it")
	require.Equal(t, noon.Add(9*time.Second), g.awakeUntil)
	require.True(t, g.moved(noon.Add(9*time.Second), 5*time.Second))
}

// Whatever is lost, refused or moves: what goes to the decoder can be decoded.
func TestGateNeverBreaksTheSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var g gate
		var last *models.AccessUnit
		at, session := noon, uint64(1)
		for seq := uint64(1); seq < 200; seq++ {
			at = at.Add(100 * time.Millisecond)
			if rapid.IntRange(0, 40).Draw(t, "reconnect") == 0 {
				session++
			}
			u := unitAt(seq, session, rapid.IntRange(0, 9).Draw(t, "key") == 0, at)
			if rapid.IntRange(0, 20).Draw(t, "lost") == 0 {
				continue
			}
			n := need{watching: rapid.Bool().Draw(t, "watching"), every: 400 * time.Millisecond}
			want, _ := g.decide(u, n)
			if want == 0 || rapid.IntRange(0, 15).Draw(t, "no credit") == 0 {
				continue
			}
			follows := last != nil && u.Session == last.Session && u.Seq == last.Seq+1
			if !u.Key && !follows {
				t.Fatalf("%d sent after %+v", seq, last)
			}
			g.sent(u, want)
			last = u
			switch rapid.IntRange(0, 12).Draw(t, "came of it") {
			case 0:
				g.moved(at, time.Second)
			case 1:
				g.lost()
				last = nil
			}
		}
	})
}

func TestFairShare(t *testing.T) {
	every := 400 * time.Millisecond
	for _, c := range []struct {
		n    int
		rate float64
		want time.Duration
	}{{1, 12, every}, {4, 12, every}, {12, 12, time.Second}, {48, 12, 4 * time.Second}, {1, 0.5, 2 * time.Second}} {
		require.Equal(t, c.want, fairShare(c.n, c.rate, every))
	}
}

func TestBudgetForgetsWhoNoLongerAsks(t *testing.T) {
	b := newBudget(2, 100*time.Millisecond)
	require.Equal(t, 500*time.Millisecond, b.share("a", noon))
	require.Equal(t, time.Second, b.share("b", noon))
	require.Equal(t, time.Second, b.share("a", noon.Add(time.Second)))
	require.Equal(t, 500*time.Millisecond, b.share("a", noon.Add(4*time.Second)))
}
