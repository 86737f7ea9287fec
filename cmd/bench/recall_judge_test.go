package main

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/detect"
	"zhihui/detect/coding"
	"zhihui/models"
)

var recallBegin = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func second(s float64) time.Time {
	return recallBegin.Add(time.Duration(s * float64(time.Second)))
}

// happened is an event from … to, told at; to 0 = it is open at the end.
func happened(kind models.EventKind, from, to, told float64) detect.ReplayEvent {
	ev := models.Event{Kind: kind, OpenedAt: models.At(second(from)), State: models.EventOpen}
	if to > 0 {
		ev.State, ev.ClosedAt = models.EventClosed, models.At(second(to))
	}
	return detect.ReplayEvent{Event: ev, Told: second(told)}
}

func TestBehind(t *testing.T) {
	expected := happened(models.Intrusion, 10, 20, 10)
	for name, c := range map[string]struct {
		gated []detect.ReplayEvent
		late  time.Duration
		ok    bool
	}{
		"none":                         {nil, 0, false},
		"the same":                     {[]detect.ReplayEvent{expected}, 0, true},
		"of another kind":              {[]detect.ReplayEvent{happened(models.Crowd, 10, 20, 10)}, 0, false},
		"told later than it opened":    {[]detect.ReplayEvent{happened(models.Intrusion, 10, 20, 11.5)}, 1500 * time.Millisecond, true},
		"told too late":                {[]detect.ReplayEvent{happened(models.Intrusion, 10, 20, 14)}, 0, false},
		"over before":                  {[]detect.ReplayEvent{happened(models.Intrusion, 2, 9, 2)}, 0, false},
		"begun before":                 {[]detect.ReplayEvent{happened(models.Intrusion, 2, 11, 2)}, 0, true},
		"after the end":                {[]detect.ReplayEvent{happened(models.Intrusion, 21, 22, 12)}, 0, false},
		"open at the end":              {[]detect.ReplayEvent{happened(models.Intrusion, 12, 0, 12)}, 2 * time.Second, true},
		"the second one is not behind": {[]detect.ReplayEvent{happened(models.Crowd, 1, 0, 1), happened(models.Intrusion, 10, 0, 11)}, time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			late, ok := behind(expected, c.gated, second(60), 3*time.Second)
			require.Equal(t, c.ok, ok)
			require.Equal(t, c.late, late)
		})
	}
}

func TestToleranceIsALookAndTheDwell(t *testing.T) {
	require.Equal(t, 3*time.Second, variant{GOP: time.Second}.tolerance())
	require.Equal(t, 9*time.Second, variant{GOP: 8 * time.Second}.tolerance())
}

// later is the first unit after the gate has learnt.
const later = int(knownAfter/time.Second) * recallRate

// minute is the minute after that; something is followed from its 20th to its 30th second.
func minute() []detect.Step {
	steps := make([]detect.Step, later+600)
	for n := range steps {
		steps[n].At = second(float64(n) / recallRate)
		if n >= later+200 && n < later+300 {
			steps[n].Tracks = 1
		}
	}
	return steps
}

func TestQuietIsFarFromAnyTrack(t *testing.T) {
	quiet := quietUnits(minute())
	require.False(t, quiet[later-1])
	require.True(t, quiet[later])
	require.True(t, quiet[later+179])
	require.False(t, quiet[later+180])
	require.False(t, quiet[later+319])
	require.True(t, quiet[later+320])
	steps := minute()
	for _, n := range []int{5, 100, 101, 250, 251} {
		steps[later+n].Decoded, steps[later+n].Awake = true, true
	}
	count, decoded, woken := inQuiet(steps, quiet)
	require.Equal(t, []int{460, 3, 2}, []int{count, decoded, woken})
}

func TestJudge(t *testing.T) {
	tr := &trial{clip: recallClip{name: "x", shows: []models.EventKind{models.VehicleInZone}}, variant: variant{Codec: models.H264, Rate: 384, GOP: time.Second}}
	tr.full = detect.Replayed{Steps: minute(), Events: []detect.ReplayEvent{
		happened(models.Intrusion, 21, 30, 21), happened(models.VehicleInZone, 22, 30, 22)}}
	tr.gated = detect.Replayed{Steps: minute(), Events: []detect.ReplayEvent{happened(models.Intrusion, 22, 31, 22.5)}}
	tr.later = []detect.Replayed{tr.full, tr.full}
	tr.full.Events = append(slices.Clip(tr.full.Events), happened(models.Crowd, 40, 44, 40))
	for n := range tr.gated.Steps {
		if n%10 > 0 {
			continue
		}
		s := &tr.gated.Steps[n]
		s.Decoded, s.Want = true, detect.WantObjects
	}
	total := recallTotal{Bench: "recall"}
	line := tr.judge(&total)
	require.Equal(t, recallLine{Bench: "recall", Clip: "x", Variant: "h264-cbr384-gop1s", Expected: 2, Chance: 1, Found: 1,
		Missed: 1, Which: []string{"vehicle_in_zone 22.0-30.0"}, LateP50: 1.5, LateP95: 1.5, LateMax: 1.5, Decoded: 0.1, Looks: 1,
		QuietMinutes: rounded(46.0 / 60), QuietDecoded: 0.1}, line)
	tr.clip.shows = nil
	line = tr.judge(&total)
	require.Equal(t, []int{0, 1}, []int{line.Missed, line.MissedUntrue}, "there was none")
	total.sum()
	require.Equal(t, []int{1, 1, 4, 2, 1, 1}, []int{total.Clips, total.Variants, total.Expected, total.Found, total.Missed, total.MissedUntrue})
	require.Equal(t, 0.1, total.Decoded)
}

func TestSignal(t *testing.T) {
	tr := &trial{clip: recallClip{name: "x"}, variant: variant{Codec: models.H264, GOP: time.Second}}
	steps := minute()
	tr.full.Steps = steps
	for n := range steps {
		s := &steps[n]
		s.Reading = coding.Reading{Bytes: 128, QP: 30}
		if s.Tracks > 0 {
			s.Reading.Bytes = 1024
		}
		if n%10 == 0 {
			s.Reading = coding.Reading{} // a key unit
		}
	}
	l := tr.signal()
	require.Equal(t, [3]float64{12, 12, 12}, l.Quiet)
	require.Equal(t, [3]float64{15, 15, 15}, l.Moving)
	require.Equal(t, [2]int{(later+600)*9/10 - 90, 90}, l.Units)
	require.Equal(t, [2]float64{128, 1024}, l.Bytes)
}

func TestQuantile(t *testing.T) {
	require.Zero(t, quantile(nil, 0.5))
	all := []time.Duration{3 * time.Second, time.Second, 2 * time.Second}
	require.Equal(t, []float64{1, 2, 3}, []float64{quantile(all, 0.01), quantile(all, 0.5), quantile(all, 1)})
}
