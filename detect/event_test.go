package detect

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/detect/rules"
	"zhihui/models"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func newLife(p policy) *lifecycle {
	return &lifecycle{policy: p, speak: WhyEnglish, base: models.Event{
		Kind: models.Crowd, Severity: models.Orange, Area: "a1", Source: "c1", SourceType: models.FromCamera, Rule: "crowd",
	}}
}

func yes(count int) rules.Verdict {
	return rules.Verdict{Holds: true, Facts: models.Facts{Count: count, Measured: float64(count), Limit: 5}}
}

// A script has a verdict at each instant in seconds; − is no condition, a digit that many people. It gives what came out.
type instant struct {
	at float64
	is rune
}

func play(l *lifecycle, script []instant) []string {
	var out []string
	for _, s := range script {
		v := rules.Verdict{}
		if s.is != '-' {
			v = yes(int(s.is - '0'))
		}
		at := noon.Add(time.Duration(s.at * float64(time.Second)))
		if ev, ok := l.step(at, v); ok {
			out = append(out, fmt.Sprintf("%g %s r%d n%d %dms", s.at, ev.State, ev.Revision, ev.Facts.Count, ev.Facts.ForMs))
		}
	}
	return out
}

func TestLifecycle(t *testing.T) {
	p := policy{dwell: 2 * time.Second, gap: time.Second, closeDelay: 3 * time.Second, update: 10 * time.Second, graver: time.Second}
	cool := p
	cool.cooldown = 20 * time.Second
	silent := p
	silent.maxSilence = 30 * time.Second
	for name, c := range map[string]struct {
		policy policy
		script []instant
		want   []string
	}{
		"too short":            {p, []instant{{0, '5'}, {1, '5'}, {1.5, '-'}, {3, '-'}, {4, '5'}}, nil},
		"opens after dwell":    {p, []instant{{0, '5'}, {1, '5'}, {2, '5'}}, []string{"2 open r1 n5 2000ms"}},
		"no dwell, at once":    {policy{}, []instant{{0, '5'}}, []string{"0 open r1 n5 0ms"}},
		"a gap is bridged":     {p, []instant{{0, '5'}, {1, '-'}, {1.9, '5'}, {2, '5'}}, []string{"2 open r1 n5 2000ms"}},
		"never opens in a gap": {p, []instant{{0, '5'}, {1.9, '-'}, {2, '-'}, {2.5, '5'}}, []string{"2.5 open r1 n5 2500ms"}},
		"closes after the delay": {p, []instant{{0, '5'}, {2, '5'}, {3, '-'}, {5, '-'}, {6, '-'}, {7, '-'}},
			[]string{"2 open r1 n5 2000ms", "6 closed r2 n5 3000ms"}},
		"a return within the delay": {p, []instant{{0, '5'}, {2, '5'}, {3, '-'}, {5, '5'}, {6, '-'}, {8, '-'}, {9, '-'}},
			[]string{"2 open r1 n5 2000ms", "9 closed r2 n5 6000ms"}},
		"worse is told soon": {p, []instant{{0, '5'}, {2, '5'}, {2.5, '6'}, {3, '7'}, {3.5, '8'}},
			[]string{"2 open r1 n5 2000ms", "3 open r2 n7 3000ms"}},
		"better is told later": {p, []instant{{0, '7'}, {2, '7'}, {5, '6'}, {12, '6'}, {30, '6'}},
			[]string{"2 open r1 n7 2000ms", "12 open r2 n6 12000ms"}},
		"opens again": {p, []instant{{0, '5'}, {2, '5'}, {3, '-'}, {6, '-'}, {7, '5'}, {9, '5'}},
			[]string{"2 open r1 n5 2000ms", "6 closed r2 n5 3000ms", "9 open r1 n5 2000ms"}},
		"cooldown holds back, but not for ever": {cool, []instant{{0, '5'}, {2, '5'}, {3, '-'}, {6, '-'}, {7, '5'}, {9, '5'}, {25, '5'}, {26, '5'}},
			[]string{"2 open r1 n5 2000ms", "6 closed r2 n5 3000ms", "26 open r1 n5 19000ms"}},
		"unseen for long, the dwell begins anew": {silent, []instant{{0, '5'}, {40, '5'}, {42, '5'}}, []string{"42 open r1 n5 2000ms"}},
		"unseen for long, an open event stays": {silent, []instant{{0, '5'}, {2, '5'}, {3, '-'}, {600, '5'}, {601, '-'}, {604, '-'}},
			[]string{"2 open r1 n5 2000ms", "604 closed r2 n5 601000ms"}},
		"a verdict that comes late": {p, []instant{{0, '5'}, {2, '5'}, {1, '-'}, {4, '-'}, {5, '-'}},
			[]string{"2 open r1 n5 2000ms", "5 closed r2 n5 2000ms"}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, play(newLife(c.policy), c.script)) })
	}
}

func TestAnOpeningSaysAllThereIs(t *testing.T) {
	l := newLife(policy{dwell: time.Second})
	l.step(noon, yes(5))
	ev, ok := l.step(noon.Add(1500*time.Millisecond), yes(6))
	require.True(t, ok)
	at := models.At(noon.Add(1500 * time.Millisecond))
	require.Len(t, ev.ID, 26)
	require.Equal(t, models.Event{
		ID: ev.ID, Kind: models.Crowd, Severity: models.Orange, State: models.EventOpen, Area: "a1", Source: "c1",
		SourceType: models.FromCamera, Rule: "crowd", Why: "6 people in the picture, the limit is 5, for 1.5s",
		Facts:    models.Facts{Count: 6, Measured: 6, Limit: 5, ForMs: 1500, DwellMs: 1000},
		OpenedAt: at, UpdatedAt: at, CapturedAt: at, Revision: 1,
	}, ev)
}

func TestDue(t *testing.T) {
	l := newLife(policy{dwell: 2 * time.Second, closeDelay: 3 * time.Second, cooldown: 10 * time.Second})
	due := func(want float64) {
		t.Helper()
		got, ok := l.due()
		require.Equal(t, want >= 0, ok)
		if ok {
			require.Equal(t, noon.Add(time.Duration(want*float64(time.Second))), got)
		}
	}
	step := func(at float64, v rules.Verdict) { l.step(noon.Add(time.Duration(at*float64(time.Second))), v) }
	due(-1)
	step(0, yes(5))
	due(2)
	step(2, yes(5))
	due(-1)
	step(4, rules.Verdict{})
	due(7)
	step(7, rules.Verdict{})
	due(-1)
	step(8, yes(5))
	due(17)
	step(17, yes(5))
	require.True(t, l.open())
}

func TestAStepOfTheWallClockFiresNothingTwice(t *testing.T) {
	l := newLife(policy{dwell: 2 * time.Second, closeDelay: 3 * time.Second})
	var out []models.Event
	for i := range 60 {
		at := noon.Add(time.Duration(i) * time.Second)
		if i >= 20 { // someone sets the clock back by an hour
			at = at.Add(-time.Hour)
		}
		if ev, ok := l.step(at, yes(5)); ok {
			out = append(out, ev)
		}
	}
	require.Len(t, out, 1)
}

func TestAttachAndResume(t *testing.T) {
	l := newLife(policy{closeDelay: time.Second})
	opened, _ := l.step(noon, yes(5))
	_, ok := l.attach("another", "x.jpg", noon)
	require.False(t, ok)
	ev, ok := l.attach(opened.ID, "x.jpg", noon)
	require.True(t, ok)
	require.Equal(t, "x.jpg", ev.Snapshot)
	require.EqualValues(t, 2, ev.Revision)

	next := newLife(policy{closeDelay: time.Second})
	next.resume(ev)
	require.True(t, next.held())
	_, ok = next.step(noon.Add(time.Hour), yes(5))
	require.False(t, ok, "an event that goes on is not opened again")
	next.step(noon.Add(time.Hour), rules.Verdict{})
	end, ok := next.step(noon.Add(time.Hour+time.Second), rules.Verdict{})
	require.True(t, ok)
	require.Equal(t, opened.ID, end.ID)
	require.Equal(t, models.EventClosed, end.State)
	require.EqualValues(t, 3, end.Revision)
	require.Equal(t, int64(time.Hour/time.Millisecond), end.Facts.ForMs)
	require.Contains(t, end.Why, "for 1h", "the why says what the facts say")
	require.Equal(t, "x.jpg", end.Snapshot)
}

// Whatever the verdicts and the clock do: one event open at most, every one closes once, revisions grow by one, and an
// event opens only after its dwell and cooldown.
func TestLifecycleHoldsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := func(name string, most int) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(t, name)) * time.Millisecond
		}
		l := newLife(policy{dwell: ms("dwell", 3000), gap: ms("gap", 1500), closeDelay: ms("close", 3000),
			cooldown: ms("cooldown", 5000), update: ms("update", 2000), graver: ms("graver", 1000)})
		at, seen := noon, map[string]models.Event{}
		openID := ""
		take := func(ev models.Event, ok bool) {
			if !ok {
				return
			}
			before, known := seen[ev.ID]
			if ev.Revision != before.Revision+1 || known && ev.OpenedAt != before.OpenedAt {
				t.Fatalf("after %+v came %+v", before, ev)
			}
			switch {
			case !known && (openID != "" || ev.State != models.EventOpen):
				t.Fatalf("%s opened while %q was open", ev.ID, openID)
			case !known:
				openID = ev.ID
			case before.State == models.EventClosed && ev.State == models.EventOpen:
				t.Fatalf("%s opened twice", ev.ID)
			case before.State == models.EventOpen && ev.State == models.EventClosed:
				openID = ""
			}
			if ev.ClosedAt != 0 && ev.ClosedAt < ev.OpenedAt || ev.Facts.ForMs < 0 {
				t.Fatalf("times run backwards in %+v", ev)
			}
			seen[ev.ID] = ev
		}
		t.Repeat(map[string]func(*rapid.T){
			"verdict": func(t *rapid.T) {
				at = at.Add(ms("gone", 2000))
				v := rules.Verdict{}
				if rapid.Bool().Draw(t, "holds") {
					v = yes(rapid.IntRange(5, 9).Draw(t, "people"))
				}
				take(l.step(at, v))
			},
			"elapse": func(t *rapid.T) {
				due, ok := l.due()
				if !ok {
					t.Skip("nothing is due")
				}
				at = due
				ev, did := l.step(due, rules.Verdict{Holds: !l.open(), Facts: models.Facts{Count: 5}})
				if !did {
					t.Fatalf("was due at %s and did nothing", due)
				}
				take(ev, did)
			},
			"clock back": func(t *rapid.T) { take(l.step(at.Add(-ms("back", 5000)), yes(5))) },
			"snapshot": func(t *rapid.T) {
				for id := range seen {
					take(l.attach(id, id+".jpg", at))
					break
				}
			},
			"restart": func(t *rapid.T) {
				if l.open() {
					next := newLife(l.policy)
					next.resume(l.event)
					l = next
				}
			},
		})
	})
}
