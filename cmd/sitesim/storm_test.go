package main

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/detect/rules"
	"zhihui/models"
)

// heard is what the sensors of a script say in a round, in the order of the moments.
func heard(t *testing.T, script *Script, round int) []byte {
	t.Helper()
	loop := script.Loop.Std()
	var out bytes.Buffer
	for _, n := range script.Sensors {
		s := newSensor(n, loop, script.Seed)
		from := loop * time.Duration(round)
		for at := s.first(from); at < from+loop; at = s.first(at + 1) {
			text, err := payload(n.Path, s.value(at))
			require.NoError(t, err)
			fmt.Fprintln(&out, n.ID, at-from, string(text))
		}
	}
	return out.Bytes()
}

// One seed, one storm: byte for byte, in every round and however often it is begun.
func TestStormIsTheSameEachTime(t *testing.T) {
	script, _ := demo(t)
	first := heard(t, script, 0)
	require.Greater(t, bytes.Count(first, []byte("\n")), 2000)
	again, _ := demo(t)
	require.Equal(t, first, heard(t, again, 0))
	require.Equal(t, first, heard(t, script, 1))
	require.Equal(t, first, heard(t, script, 50))
	again.Seed++
	require.NotEqual(t, first, heard(t, again, 0))

	when := func(s *Script) (at []string) {
		for _, x := range steps(s) {
			at = append(at, x.camera+x.at.String())
		}
		return at
	}
	require.Equal(t, when(script), when(script))
	require.NotEqual(t, when(script), when(again), "the storm reaches the cameras by chance")
}

// change is a sensor's rule that begins or ceases to hold at a moment of the loop.
type change struct {
	at     time.Duration
	sensor string
	rule   string
	holds  bool
}

// changes plays a round of the sensors through their rules, dwell and all.
func changes(script *Script, site models.Site) (all []change) {
	loop := script.Loop.Std()
	for _, n := range script.Sensors {
		s := newSensor(n, loop, script.Seed)
		x := site.Sensors[slices.IndexFunc(site.Sensors, func(x models.Sensor) bool { return x.ID == n.ID })]
		for _, r := range x.Rules {
			if r.Kind != models.SensorThreshold {
				continue // see TestTheStormIsNoWaveAndThePumpWorks
			}
			holds, since := false, time.Duration(-1)
			for at := s.first(0); at < loop; at = s.first(at + 1) {
				v := s.value(at)
				if x.Mapping.Scale != 0 {
					v *= x.Mapping.Scale
				}
				switch over, clear := beyond(r, v); {
				case !holds && !over:
					since = -1
				case !holds && since < 0:
					since = at
				case holds && clear:
					holds, since = false, -1
					all = append(all, change{at, n.ID, r.ID, false})
				}
				if !holds && since >= 0 && at-since >= r.Dwell.Std() {
					holds = true
					all = append(all, change{at, n.ID, r.ID, true})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b change) int { return int(a.at - b.at) })
	return all
}

func beyond(r models.Rule, v float64) (over, clear bool) {
	if r.Above != nil {
		return v >= *r.Above, v < *r.Clear
	}
	return v <= *r.Below, v > *r.Clear
}

// The rules of change and of several sensors are there to be seen, and hold in no round: a wave and a broken pump are no part of
// this story.
func TestTheStormIsNoWaveAndThePumpWorks(t *testing.T) {
	script, site := demo(t)
	loop := script.Loop.Std()
	watched := 0
	for _, n := range script.Sensors {
		s := newSensor(n, loop, script.Seed)
		x := site.Sensors[slices.IndexFunc(site.Sensors, func(x models.Sensor) bool { return x.ID == n.ID })]
		for _, r := range x.Rules {
			trail := rules.Rule{Rule: r}.Trail()
			switch r.Kind {
			case models.SensorRate, models.SensorExpression:
				watched++
			default:
				continue
			}
			for at := s.first(0); at < 2*loop; at = s.first(at + 1) {
				v := s.value(at)
				if r.Kind == models.SensorExpression {
					require.Less(t, v, 0.75, "%s at %v", n.ID, at) // it asks for 0.8
					continue
				}
				trail.Add(time.Unix(0, 0).Add(at), v)
				change, _ := trail.Change()
				require.Less(t, change, *r.Above, "%s at %v", n.ID, at)
			}
		}
	}
	require.Equal(t, 2, watched)
}

// Each alert of a sensor comes once, in its minute, and is over before the round is.
func TestStormOfTheSensors(t *testing.T) {
	script, site := demo(t)
	got := map[string][]time.Duration{}
	for _, c := range changes(script, site) {
		key := c.sensor + c.rule
		require.Equal(t, len(got[key])%2 == 0, c.holds, key)
		got[key] = append(got[key], c.at.Truncate(time.Second))
	}
	for key, want := range map[string][2]int{ // begins, ceases: seconds of the loop, give or take a gust
		"wind-tower": {45, 490}, "rain-office": {95, 460}, "rain-river": {110, 420},
		"water-underpass": {140, 475}, "power-antai": {181, 232}, "water-river": {302, 537}, "tilt-station": {314, 496},
		"smoke-fuze": {366, 480},
	} {
		require.Len(t, got[key], 2, "%s comes once and goes: %v", key, got[key])
		for i := range want {
			require.InDelta(t, want[i], got[key][i].Seconds(), 45, "%s", key)
		}
		delete(got, key)
	}
	require.Empty(t, got, "nothing else")
}

// A block without power is six cameras at one instant, its meter with them, and then one camera after the other.
func TestStormDarkensABlock(t *testing.T) {
	script, site := demo(t)
	gone, back := map[string]Span{}, map[string]Span{}
	var order []Span
	for _, e := range script.Events {
		switch e.Do {
		case "drop":
			gone[e.Camera] = e.At
		case "return":
			back[e.Camera] = e.At
			order = append(order, e.At)
		}
	}
	require.Len(t, gone, 6)
	require.Len(t, back, 6)
	areas := map[string]models.Area{}
	for _, a := range site.Areas {
		areas[a.ID] = a
	}
	for _, c := range site.Cameras {
		if at, ok := gone[c.ID]; ok {
			require.Equal(t, 3*time.Minute, at.Std(), "together")
			require.Equal(t, "antai", areas[c.Area].Parent, "in one block")
			require.False(t, c.Analyse)
		} else {
			require.NotEqual(t, "antai", areas[c.Area].Parent, "the whole block")
		}
	}
	slices.Sort(order)
	for i := 1; i < len(order); i++ {
		require.Greater(t, (order[i] - order[i-1]).Std(), 15*time.Second, "one by one")
	}
	require.Less(t, order[5].Std(), 6*time.Minute)
	require.Zero(t, newSensor(script.Sensors[slices.IndexFunc(script.Sensors, func(n Sensor) bool { return n.ID == "power-antai" })],
		script.Loop.Std(), script.Seed).value(200*time.Second))
}

// Whoever looks at any minute sees something change that minute, and the story tells of it.
func TestStormHasSomethingEveryMinute(t *testing.T) {
	script, site := demo(t)
	require.Equal(t, 10*time.Minute, script.Loop.Std())
	seen, told := [10]int{}, [10]int{}
	for _, c := range changes(script, site) {
		seen[c.at/time.Minute]++
	}
	for _, e := range script.Events {
		seen[e.At.Std()/time.Minute]++
	}
	for _, m := range script.Story {
		told[m.At.Std()/time.Minute]++
	}
	for minute := range 10 {
		require.NotZero(t, seen[minute], "minute %d", minute)
		require.NotZero(t, told[minute], "minute %d", minute)
	}
}

// What the sensors' alerts bring up on the wall is there and can be seen at that moment.
func TestStormShowsLinkedCameras(t *testing.T) {
	script, site := demo(t)
	for _, x := range site.Sensors {
		if x.Camera == "" {
			continue
		}
		require.NotNil(t, script.camera(x.Camera), x.ID)
	}
	for _, id := range []string{"water-underpass", "smoke-fuze"} {
		x := site.Sensors[slices.IndexFunc(site.Sensors, func(x models.Sensor) bool { return x.ID == id })]
		require.NotEmpty(t, x.Camera, id)
		require.Equal(t, models.Red, x.Rules[0].Severity)
		for _, e := range script.Events {
			require.False(t, e.Camera == x.Camera && e.Do == "drop", "%s is there when %s fires", x.Camera, id)
		}
	}
}
