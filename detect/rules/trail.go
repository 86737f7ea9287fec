package rules

import (
	"math"
	"slices"
	"time"
)

// trailSteps is into how many steps a trail cuts its window: it keeps one reading of each, and the newest.
const trailSteps = 256

// Trail is how the value of a sensor went over the last window. However often the sensor speaks, it holds trailSteps + 2
// readings at most.
type Trail struct {
	window time.Duration
	points []point // oldest first; the first one may be older than the window, so that its begin lies between two
	newest point
}

type point struct {
	at    time.Time
	value float64
}

// Trail returns an empty trail for the rule's window, nil for a rule without one.
func (r Rule) Trail() *Trail {
	if r.Window == 0 {
		return nil
	}
	return &Trail{window: r.Window.Std()}
}

// Add takes a reading; one that is older than the newest counts as if it came with it.
func (t *Trail) Add(at time.Time, value float64) {
	if len(t.points) > 0 && at.Before(t.newest.at) {
		at = t.newest.at
	}
	t.newest = point{at, value}
	if n := len(t.points); n == 0 || at.Sub(t.points[n-1].at) >= t.window/trailSteps {
		t.points = append(t.points, t.newest)
	}
	begin, over := at.Add(-t.window), 0
	for over+1 < len(t.points) && !t.points[over+1].at.After(begin) {
		over++
	}
	t.points = slices.Delete(t.points, 0, over)
}

// Change is by how much the value has changed over the window that ends with the newest reading; what it was when the
// window began is taken from the readings before and after, in a straight line. whole is false when the first reading is
// younger than that: then it is the change since that one.
func (t *Trail) Change() (change float64, whole bool) {
	if len(t.points) == 0 {
		return 0, false
	}
	first, next, begin := t.points[0], t.newest, t.newest.at.Add(-t.window)
	if first.at.After(begin) {
		return plain(t.newest.value - first.value), false
	}
	if len(t.points) > 1 {
		next = t.points[1]
	}
	share := float64(begin.Sub(first.at)) / float64(next.at.Sub(first.at)) // the window is not empty, so they differ
	return plain(t.newest.value - first.value - share*(next.value-first.value)), true
}

// plain is x without what only comes of decimal fractions in binary: 1.2 − 1 reaches 0.2. It is finite.
func plain(x float64) float64 {
	if r := math.Round(x*1e9) / 1e9; !math.IsNaN(r) && !math.IsInf(r, 0) {
		return r
	}
	if math.IsNaN(x) { // of values that no scale holds
		return 0
	}
	return max(-math.MaxFloat64, min(math.MaxFloat64, x))
}
