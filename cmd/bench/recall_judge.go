package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"zhihui/detect"
	"zhihui/models"
)

// recallLine is what one trial has shown.
type recallLine struct {
	Bench        string   `json:"bench"`
	Clip         string   `json:"clip"`
	Variant      string   `json:"variant"`
	Expected     int      `json:"expected"` // events of the run without a gate, but for
	Chance       int      `json:"chance"`   // those that the gated run misses, and that one too as soon as its looks fall 0.1, 0.2 or 0.3 s later
	Found        int      `json:"found"`
	Missed       int      `json:"missed"`
	MissedUntrue int      `json:"missed_untrue"` // of kinds of which the clip shows nothing: a hand taken for a vehicle
	Which        []string `json:"which"`         // were missed, both of them
	LateP50      float64  `json:"late_p50_s"`    // by how much what was found was told later than without a gate
	LateP95      float64  `json:"late_p95_s"`
	LateMax      float64  `json:"late_max_s"`
	Decoded      float64  `json:"decoded_share"` // of all units
	Looks        float64  `json:"looks_per_s"`
	QuietMinutes float64  `json:"quiet_minutes"` // without anybody or anything that moves, in the run without a gate
	QuietDecoded float64  `json:"quiet_decoded_share"`
	FalseWakes   int      `json:"false_wakes"` // that began there
}

// recallTotal is all trials together.
type recallTotal struct {
	Bench        string  `json:"bench"`
	Clips        int     `json:"clips"`
	Variants     int     `json:"variants"`
	Expected     int     `json:"expected"`
	Chance       int     `json:"chance"`
	Found        int     `json:"found"`
	Missed       int     `json:"missed"`
	MissedUntrue int     `json:"missed_untrue"`
	LateP50      float64 `json:"late_p50_s"`
	LateP95      float64 `json:"late_p95_s"`
	LateMax      float64 `json:"late_max_s"`
	Decoded      float64 `json:"decoded_share"`
	QuietDecoded float64 `json:"quiet_decoded_share"`
	FalseWakes   float64 `json:"false_wakes_per_min"`

	tally
}

// tally is what the total is reckoned from.
type tally struct {
	clips, variants map[string]bool
	late            []time.Duration
	units, decoded  int
	quiet, inQuiet  int
	woken           int
}

const (
	quietMargin = 2 * time.Second  // how far a quiet unit is from any track, and
	knownAfter  = 65 * time.Second // from the beginning: until then the gate learns what is usual
)

// judge compares the runs and adds what they show to the total.
func (t *trial) judge(total *recallTotal) recallLine {
	line := recallLine{Bench: "recall", Clip: t.clip.name, Variant: t.variant.String(), Which: []string{}}
	end := t.full.Steps[len(t.full.Steps)-1].At
	var late []time.Duration
	for _, e := range t.full.Events {
		if by, ok := behind(e, t.gated.Events, end, t.variant.tolerance()); ok {
			late = append(late, by)
			continue
		}
		if slices.ContainsFunc(t.later, func(r detect.Replayed) bool { return !t.in(r, e) }) {
			line.Chance++
			continue
		}
		if slices.Contains(t.clip.shows, e.Kind) {
			line.Missed++
		} else {
			line.MissedUntrue++
		}
		line.Which = append(line.Which, fmt.Sprintf("%s %.1f-%.1f", e.Kind, t.second(e.OpenedAt), t.second(closing(e, end))))
	}
	line.Found, line.Expected = len(late), len(t.full.Events)-line.Chance
	line.LateP50, line.LateP95, line.LateMax = quantile(late, 0.5), quantile(late, 0.95), quantile(late, 1)
	decoded, looks := 0, 0
	for _, s := range t.gated.Steps {
		if s.Decoded {
			decoded++
		}
		if s.Want&detect.WantObjects != 0 {
			looks++
		}
	}
	quiet := quietUnits(t.full.Steps)
	count, inQuiet, woken := inQuiet(t.gated.Steps, quiet)
	line.Decoded = share(decoded, len(t.gated.Steps))
	line.Looks = share(looks*recallRate, len(t.gated.Steps))
	line.QuietMinutes = rounded(float64(count) / recallRate / 60)
	line.QuietDecoded, line.FalseWakes = share(inQuiet, count), woken
	total.add(line, late, len(t.gated.Steps), decoded, count, inQuiet)
	return line
}

// in tells whether a run of the trial has an event of the run without a gate.
func (t *trial) in(r detect.Replayed, e detect.ReplayEvent) bool {
	_, ok := behind(e, r.Events, t.full.Steps[len(t.full.Steps)-1].At, t.variant.tolerance())
	return ok
}

func (t *trial) missed(e detect.ReplayEvent) bool { return !t.in(t.gated, e) }

// tolerance is how much later an event may be told: the next look at a camera that sleeps, and the dwell.
func (v variant) tolerance() time.Duration { return max(2*time.Second, v.GOP) + time.Second }

func (t *trial) second(at models.Time) float64 {
	return at.Std().Sub(t.full.Steps[0].At).Seconds()
}

// behind returns how much later the gated run has told of an event; not at all, or too late, is not ok.
func behind(e detect.ReplayEvent, gated []detect.ReplayEvent, end time.Time, tolerance time.Duration) (time.Duration, bool) {
	for _, g := range gated {
		meets := g.OpenedAt <= closing(e, end) && closing(g, end) >= e.OpenedAt
		if by := max(g.Told.Sub(e.Told), 0); g.Kind == e.Kind && meets && by <= tolerance {
			return by, true
		}
	}
	return 0, false
}

func closing(e detect.ReplayEvent, end time.Time) models.Time {
	if e.State == models.EventClosed {
		return e.ClosedAt
	}
	return models.At(end)
}

// quietUnits tells of each unit whether the gate should know the camera by now, and nothing was followed anywhere near.
func quietUnits(steps []detect.Step) []bool {
	quiet := make([]bool, len(steps))
	margin := int(quietMargin.Seconds() * recallRate)
	for n := range steps {
		from, to := max(n-margin, 0), min(n+margin+1, len(steps))
		quiet[n] = steps[n].At.Sub(steps[0].At) >= knownAfter && !slices.ContainsFunc(steps[from:to], func(s detect.Step) bool { return s.Tracks > 0 })
	}
	return quiet
}

// inQuiet counts the quiet units, those of them that were decoded, and the wakes that began there.
func inQuiet(steps []detect.Step, quiet []bool) (count, decoded, woken int) {
	for n, s := range steps {
		if !quiet[n] {
			continue
		}
		count++
		if s.Decoded {
			decoded++
		}
		if s.Awake && n > 0 && !steps[n-1].Awake {
			woken++
		}
	}
	return count, decoded, woken
}

func (t *recallTotal) add(l recallLine, late []time.Duration, units, decoded, quiet, inQuiet int) {
	if t.clips == nil {
		t.clips, t.variants = map[string]bool{}, map[string]bool{}
	}
	t.clips[l.Clip], t.variants[l.Variant] = true, true
	t.Expected, t.Found, t.Missed = t.Expected+l.Expected, t.Found+l.Found, t.Missed+l.Missed
	t.Chance, t.MissedUntrue = t.Chance+l.Chance, t.MissedUntrue+l.MissedUntrue
	t.late = append(t.late, late...)
	t.units, t.decoded = t.units+units, t.decoded+decoded
	t.quiet, t.inQuiet, t.woken = t.quiet+quiet, t.inQuiet+inQuiet, t.woken+l.FalseWakes
}

func (t *recallTotal) sum() {
	t.Clips, t.Variants = len(t.clips), len(t.variants)
	t.LateP50, t.LateP95, t.LateMax = quantile(t.late, 0.5), quantile(t.late, 0.95), quantile(t.late, 1)
	t.Decoded, t.QuietDecoded = share(t.decoded, t.units), share(t.inQuiet, t.quiet)
	t.FalseWakes = share(t.woken*recallRate*60, t.quiet)
}

// recallTable is lines of it: one JSON object each, or one table.
type recallTable []result

func (t recallTable) print(b *bench) error {
	if !b.json {
		return b.print(t)
	}
	for _, l := range t {
		if err := b.print(l); err != nil {
			return err
		}
	}
	return nil
}

func (t recallTable) table(w io.Writer) {
	for _, l := range t {
		l.table(w)
	}
}

func share(part, of int) float64 {
	if of == 0 {
		return 0
	}
	return rounded(float64(part) / float64(of))
}

func (l recallLine) table(w io.Writer) {
	row(w, l.Clip, l.Variant, "found", l.Found, "of", l.Expected, "by chance", l.Chance, "late", l.LateP50, l.LateP95, l.LateMax,
		"decoded", l.Decoded, "looks/s", l.Looks, "quiet min", l.QuietMinutes, "decoded", l.QuietDecoded, "false wakes", l.FalseWakes, l.Which)
}

func (t recallTotal) table(w io.Writer) {
	row(w, "all", fmt.Sprintf("%d clips", t.Clips), fmt.Sprintf("%d variants", t.Variants), "found", t.Found, "of", t.Expected, "untrue missed", t.MissedUntrue, "by chance", t.Chance,
		"late", t.LateP50, t.LateP95, t.LateMax, "decoded", t.Decoded, "in quiet", t.QuietDecoded, "false wakes/min", t.FalseWakes)
}
