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
	ago := func(ms int) time.Time { return noon.Add(-time.Duration(ms) * time.Millisecond) }
	asleep := gate{compared: ago(2000), looked: ago(30000)}
	lately := gate{compared: ago(1900), looked: ago(30000)}
	tried := gate{compared: ago(500), looked: ago(30000), trial: 3}
	awake := gate{compared: ago(200), looked: ago(300), moved: ago(4000)}
	key, next := unitAt(11, 1, true, noon), unitAt(12, 1, false, noon)
	motion, both := WantMotion, WantMotion|WantObjects
	for name, c := range map[string]struct {
		gate gate
		unit *models.AccessUnit
		need need // spare is turned round: nearly always there is
		want ruling
	}{
		"asleep, key":                      {asleep, key, need{}, ruling{true, motion, asleepKey}},
		"asleep, key, compared lately":     {lately, key, need{}, ruling{reason: asleepSkip}},
		"asleep, not key":                  {asleep, next, need{}, ruling{reason: asleepSkip}},
		"asleep, key, a look to spare":     {asleep, key, need{patrol: true}, ruling{true, both, patrolKey}},
		"asleep, seen once":                {asleep, key, need{doubt: true}, ruling{true, both, watchKey}},
		"watched, key":                     {asleep, key, need{watching: true}, ruling{true, both, watchKey}},
		"watched, key, share used up":      {asleep, key, need{watching: true, every: time.Minute}, ruling{true, motion, asleepKey}},
		"watched, key, compared lately":    {lately, key, need{watching: true}, ruling{reason: watchSkip}},
		"watched, not key":                 {asleep, next, need{watching: true}, ruling{reason: watchSkip}},
		"on trial, far behind":             {tried, key, need{behind: 3}, ruling{true, 0, catchUp}},
		"on trial, nearly there":           {tried, next, need{behind: 2}, ruling{true, motion, trialMotion}},
		"a peek, behind":                   {gate{compared: ago(2000), trial: 1}, next, need{behind: 1}, ruling{true, 0, catchUp}},
		"a peek, there":                    {gate{compared: ago(2000), trial: 1}, next, need{}, ruling{true, motion, trialMotion}},
		"a new session":                    {gate{fresh: noon.Add(time.Second)}, key, need{}, ruling{true, both, awakeLook}},
		"awake, next":                      {awake, next, need{every: 400 * time.Millisecond}, ruling{true, motion, awakeMotion}},
		"awake, next, compared lately":     {compared(awake, ago(100)), next, need{every: 400 * time.Millisecond}, ruling{true, 0, awakeDecode}},
		"awake, next, time for a look":     {awake, next, need{every: 200 * time.Millisecond}, ruling{true, both, awakeLook}},
		"awake, share of pictures used up": {awake, next, need{slowed: true}, ruling{reason: slowedSkip}},
		"awake, used up, key":              {awake, key, need{slowed: true}, ruling{reason: slowedSkip}},
		"awake, used up, key, time for it": {compared(awake, ago(2000)), key, need{slowed: true, every: time.Minute}, ruling{true, motion, awakeMotion}},
		"awake, no look to be had":         {awake, next, need{spare: true, every: 200 * time.Millisecond}, ruling{true, motion, awakeMotion}},
		"awake, not compared since":        {gate{moved: ago(9000), compared: ago(9000), looked: ago(9000)}, next, need{every: time.Minute}, ruling{true, motion, awakeMotion}},
		"no rule's hours":                  {awake, key, need{offDuty: true}, ruling{reason: offDuty}},
		"no rule's hours, event open":      {asleep, key, need{offDuty: true, watching: true}, ruling{true, both, watchKey}},
		"awake no longer":                  {gate{moved: ago(5000), compared: ago(100)}, next, need{}, ruling{reason: asleepSkip}},
	} {
		t.Run(name, func(t *testing.T) {
			c.need.now, c.need.lookEvery, c.need.quiet, c.need.spare = noon, 2*time.Second, 5*time.Second, !c.need.spare
			require.Equal(t, c.want, c.gate.decide(c.unit, c.need))
		})
	}
}

func compared(g gate, at time.Time) gate {
	g.compared = at
	return g
}

func TestGateWakesOnceAndStaysAwakeWhileItMoves(t *testing.T) {
	g := gate{compared: noon.Add(10 * time.Second)}
	quiet := 5 * time.Second
	require.False(t, g.awake(noon, quiet))
	require.True(t, g.seen(noon, quiet))
	require.False(t, g.seen(noon.Add(4*time.Second), quiet))
	require.False(t, g.seen(noon.Add(time.Second), quiet), "an older result does not shorten it")
	require.True(t, g.awake(noon.Add(8*time.Second), quiet))
	require.False(t, g.awake(noon.Add(9*time.Second), quiet))
	require.True(t, g.seen(noon.Add(9*time.Second), quiet))
}

func TestGateEndsATrialAfterAFewPictures(t *testing.T) {
	var g gate
	g.rouse(trialPictures)
	n := need{now: noon, lookEvery: time.Hour, quiet: time.Second}
	g.compared = noon
	for seq := uint64(1); seq <= 50; seq++ {
		u := unitAt(seq, 1, seq == 1, noon)
		n.behind = max(0, 10-int(seq))
		if v := g.decide(u, n); v.decode {
			require.LessOrEqual(t, seq, uint64(7+trialPictures))
			g.sent(u, v)
		}
	}
	require.Zero(t, g.trial)
}

// Whatever is lost, refused, late or moves: what goes to the decoder can be decoded, in order and once, and no more waits
// than is bounded.
func TestWhatIsSentCanBeDecoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		strict := &strictEye{t: t}
		c := bareCamera(strict)
		at, session := noon, uint64(1)
		chance := func(n int, what string) bool { return rapid.IntRange(0, n).Draw(t, what) == 0 }
		for seq := uint64(1); seq < 150; seq++ {
			at = at.Add(time.Duration(rapid.IntRange(10, 300).Draw(t, "gap")) * time.Millisecond)
			c.now = func() time.Time { return at }
			if chance(60, "reconnect") {
				session++
			}
			if chance(30, "lost") {
				continue
			}
			strict.full = chance(8, "no credit")
			if chance(15, "rouse") {
				c.eyes.gate.rouse(trialPictures)
			}
			c.unit(unitAt(seq, session, chance(20, "key"), at))
			for len(strict.open) > 0 && !chance(3, "late") {
				u := strict.open[0]
				strict.open = strict.open[1:]
				r := Result{Camera: "c1", Seq: u.Seq, ReceivedAt: u.ReceivedAt, HasMotion: true, DecodeTime: time.Millisecond}
				if chance(10, "moves") {
					r.Motion = 1
				}
				if chance(40, "reset") {
					r.Reset = true
					strict.open, strict.last = nil, nil
				}
				c.result(r)
			}
			if n := len(c.eyes.flow.waiting); n != len(strict.open) {
				t.Fatalf("%d units are thought to be on their way, %d are", n, len(strict.open))
			}
		}
	})
}
