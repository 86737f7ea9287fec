package detect

import (
	"errors"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/detect/vision/blackbox"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

func TestAdmit(t *testing.T) {
	unit := func(seq uint64, key bool) *models.AccessUnit {
		return &models.AccessUnit{Camera: "gate", Codec: models.H264, Session: 1, Seq: seq, Key: key, NALUs: [][]byte{{1}}}
	}
	after7 := follow{session: 1, seq: 7, key: 5}
	huge := unit(8, true)
	huge.NALUs = [][]byte{make([]byte, visionpb.MaxUnit)}
	odd := unit(8, true)
	odd.Camera = "../gate"
	av1 := unit(8, true)
	av1.Codec = "av1"
	other := unit(8, false)
	other.Session = 2
	for _, c := range []struct {
		name       string
		u          *models.AccessUnit
		s          standing
		credit     int
		unanswered int
		f          follow
		want       admission
	}{
		{"the next one", unit(8, false), trusted, 4, 0, after7, admitted},
		{"a key unit any time", unit(20, true), onProbation, 4, 3, after7, admitted},
		{"a first unit must be key", unit(1, false), trusted, 4, 0, follow{}, needsKey},
		{"a gap", unit(9, false), trusted, 4, 0, after7, needsKey},
		{"another session", other, trusted, 4, 0, after7, needsKey},
		{"credit is up", unit(8, false), trusted, 4, 4, after7, noCredit},
		{"not up", unit(8, true), trusted, 0, 0, follow{}, noWorker},
		{"suspected", unit(8, true), underSuspicion, 0, 0, follow{}, suspected},
		{"quarantined", unit(8, true), inQuarantine, 4, 0, follow{}, quarantined},
		{"too large", huge, trusted, 4, 0, after7, notSpoken},
		{"odd name", odd, trusted, 4, 0, after7, notSpoken},
		{"odd codec", av1, trusted, 4, 0, after7, notSpoken},
		{"empty", &models.AccessUnit{Camera: "gate", Codec: models.H264, Key: true}, trusted, 4, 0, after7, notSpoken},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, admit(c.u, c.s, c.credit, c.unanswered, c.f))
		})
	}
}

func TestALossBeforeANewerKeyUnitIsHealedAlready(t *testing.T) {
	var f follow
	f.sent(&models.AccessUnit{Session: 1, Seq: 10, Key: true})
	f.sent(&models.AccessUnit{Session: 1, Seq: 11})
	require.False(t, f.lost(9))
	require.Equal(t, uint64(11), f.seq)
	require.True(t, f.lost(10))
	require.Zero(t, f.seq)
}

func TestRecord(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	at := func(m float64) time.Time { return start.Add(time.Duration(m * float64(time.Minute))) }
	var r record
	r.blame(at(0), 30*time.Minute)
	require.Equal(t, underSuspicion, r.standing)
	r.begin(at(0), time.Minute)
	require.False(t, r.elapse(at(0.9)))
	require.True(t, r.elapse(at(1)))
	require.Equal(t, trusted, r.standing)
	r.blame(at(5), 30*time.Minute)
	r.begin(at(5), time.Minute)
	r.blame(at(5.5), 30*time.Minute)
	require.Equal(t, inQuarantine, r.standing, "the third in an hour")
	require.False(t, r.elapse(at(35)))
	require.True(t, r.elapse(at(35.5)))
	require.Equal(t, underSuspicion, r.standing, "it is tried again, alone")
	r.begin(at(36), time.Minute)
	r.blame(at(36.1), 30*time.Minute)
	require.Equal(t, inQuarantine, r.standing, "what it did is remembered for an hour")
	require.True(t, r.elapse(at(70)))
	r.begin(at(70), time.Minute)
	r.elapse(at(71))
	r.blame(at(97), 30*time.Minute)
	require.Equal(t, underSuspicion, r.standing, "and no longer")
}

func TestANewWorkerIsBroughtToWhereTheLastWas(t *testing.T) {
	unit := func(seq uint64, key bool) *models.AccessUnit {
		return &models.AccessUnit{Camera: "gate", Codec: models.H264, Session: 1, Seq: seq, Key: key, NALUs: [][]byte{{1}}}
	}
	w := &looked{home: &instance{credit: 4}}
	require.Empty(t, w.replay())
	require.Len(t, w.take(unit(1, true), WantMotion), 2, "the worker is told of the camera first")
	for seq := uint64(2); seq <= 3; seq++ {
		require.Len(t, w.take(unit(seq, false), WantMotion), 1)
	}
	w.unanswered = w.unanswered[2:] // 1 and 2 are answered
	for range 2 {                   // a worker may end while it catches up
		send := w.replay()
		require.NotNil(t, send[0].request)
		require.Equal(t, []letter{{unit: unit(1, true)}, {unit: unit(2, false)}, {unit: unit(3, false), want: WantMotion}}, send[1:])
		require.Equal(t, []unanswered{{seq: 1, off: true}, {seq: 2, off: true}, {seq: 3}}, w.unanswered)
	}
	w.take(unit(4, false), 0)
	w.take(unit(5, false), 0)
	w.take(unit(6, false), 0)
	require.Empty(t, w.replay(), "more than the credit: only a key unit helps")
	w.take(unit(7, true), 0)
	require.Len(t, w.replay(), 2)
	require.True(t, w.reset("gate", "why").Reset)
	require.Empty(t, w.replay())
}

// TestQuarantineNeedsThreeDeathsInAnHour holds the record to its one promise, whatever comes in which order.
func TestQuarantineNeedsThreeDeathsInAnHour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1_700_000_000, 0)
		var r record
		var deaths []time.Time
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 1800).Draw(t, "s")) * time.Second)
			before := r.standing
			switch rapid.SampledFrom([]string{"die", "elapse", "begin"}).Draw(t, "what") {
			case "die":
				if before == inQuarantine || before == underSuspicion {
					continue // nobody looks at it
				}
				r.blame(now, 10*time.Minute)
				deaths = append(deaths, now)
				recent := 0
				for _, d := range deaths {
					if now.Sub(d) < deathsRemembered {
						recent++
					}
				}
				require.Equal(t, recent >= deathsToQuarantine, r.standing == inQuarantine)
			case "elapse":
				changed := r.elapse(now)
				require.Equal(t, changed, before != r.standing)
			case "begin":
				if before == underSuspicion {
					r.begin(now, time.Minute)
				}
			}
			require.LessOrEqual(t, len(r.deaths), deathsToQuarantine)
		}
	})
}

func TestVerdict(t *testing.T) {
	ended := errors.New("ended")
	at := blackbox.Entry{Camera: "gate", Seq: 7, Stage: blackbox.Decode}
	for _, c := range []struct {
		name, script string
		why          error
		busy         bool
		cause        string
		camera       string
	}{
		{"a fault", "kill -SEGV $$", ended, true, causeCrash, "gate"},
		{"an abort", "kill -ABRT $$", ended, true, causeCrash, "gate"},
		{"a fault that Go turned into a status", "exit 2", ended, true, causeCrash, "gate"},
		{"a fault between two units", "exit 2", ended, false, causeCrash, ""},
		{"killed by somebody", "kill -KILL $$", ended, true, causeKilled, ""},
		{"ended by somebody", "kill -TERM $$", ended, true, causeKilled, ""},
		{"the conversation failed", "exit 0", ended, true, causeBroken, ""},
		{"we ended it for what it said", "kill -TERM $$", errBreach, true, causeBroken, ""},
		{"it hung", "kill -KILL $$", errStuck, true, causeStuck, "gate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command("/bin/sh", "-c", "ulimit -c 0; "+c.script)
			_ = cmd.Run() // its state is what is looked at
			d := verdict(c.why, cmd.ProcessState, at, c.busy, "said")
			require.Equal(t, c.cause, d.cause)
			require.Equal(t, c.camera, d.camera)
			require.Contains(t, d.sentence, c.why.Error())
		})
	}
}

func TestHeadKeepsTheBeginning(t *testing.T) {
	h := &head{}
	for range 1000 {
		n, err := h.Write([]byte("reason\xff "))
		require.NoError(t, err)
		require.Equal(t, 8, n)
	}
	require.LessOrEqual(t, len(h.String()), maxSaid)
	require.Contains(t, h.String(), "reason reason")
}

func TestVisionConfig(t *testing.T) {
	require.NoError(t, DefaultVisionConfig().Validate())
	for field, edit := range map[string]func(*VisionConfig){
		"instances":  func(c *VisionConfig) { c.Instances = 65 },
		"socket_dir": func(c *VisionConfig) { c.SocketDir = string(make([]byte, 81)) },
		"stuck":      func(c *VisionConfig) { c.Stuck = 0 },
		"probation":  func(c *VisionConfig) { c.Probation = models.Duration(25 * time.Hour) },
		"quarantine": func(c *VisionConfig) { c.Quarantine = -1 },
	} {
		c := DefaultVisionConfig()
		edit(&c)
		var e *models.Error
		require.ErrorAs(t, c.Validate(), &e, field)
		require.Equal(t, field, e.Field)
	}
}
