package alerting

import (
	"zhihui/models"
)

// verdict names what a message about an event meant for its alert.
type verdict string

const (
	redelivered verdict = "redelivered" // known already, or older than what is known: nothing to do
	opened      verdict = "opened"      // the first event of a new alert
	joined      verdict = "joined"      // one more event of an alert that is live
	updated     verdict = "updated"     // news of an event that the alert already has
	resolved    verdict = "resolved"    // the last open event closed, and so the alert is over
)

// fingerprint is the same for the events that one alert gathers: one kind, at one source, by one rule. The slash can be
// in none of the first two, so different events never share one.
func fingerprint(e models.Event) string {
	return string(e.Kind) + "/" + e.Source + "/" + e.Rule
}

// stale tells whether e says nothing that prev, the same event as stored (nil = never seen), does not say already. A
// message that cannot be about the same event is Invalid: taking it would lose one of the two.
func stale(prev *models.Event, e models.Event) (bool, error) {
	switch {
	case prev == nil:
		return false, nil
	case fingerprint(*prev) != fingerprint(e):
		return false, models.FieldError("id", "event %s is known as %s, it cannot become %s", e.ID, fingerprint(*prev), fingerprint(e))
	case e.Revision <= prev.Revision:
		return true, nil
	case prev.State == models.EventClosed && e.State == models.EventOpen:
		return false, models.FieldError("state", "event %s closed at %s, it cannot open again: a new situation is a new event", e.ID, prev.ClosedAt)
	}
	return false, nil
}

// gather takes e into a, the alert that already has it or else the live one of its fingerprint; the zero Alert where
// there is neither. prev is the event as stored before, nil for its first message, which may well be its closing one.
// A rejected alert stays rejected, whatever its events do.
func gather(a models.Alert, prev *models.Event, e models.Event, now models.Time) (models.Alert, verdict) {
	v := updated
	switch {
	case a.ID == "":
		a, v = begin(e, now), opened
	case prev == nil:
		v = joined
	}
	if prev == nil {
		a.Event, a.Events = e.ID, a.Events+1
	}
	a.OpenEvents += isOpen(&e) - isOpen(prev)
	a.Severity = a.Severity.Graver(e.Severity)
	a.UpdatedAt = now
	if a.Event == e.ID {
		a = tell(a, e)
	}
	if a.OpenEvents == 0 && a.State.Live() {
		a.State, a.ResolvedAt = models.AlertResolved, e.ClosedAt
		if v != opened {
			v = resolved
		}
	}
	return a, v
}

func isOpen(e *models.Event) int {
	if e != nil && e.State == models.EventOpen {
		return 1
	}
	return 0
}

func begin(e models.Event, now models.Time) models.Alert {
	return models.Alert{
		ID: models.NewID(now.Std()), Kind: e.Kind, State: models.AlertOpen, Fingerprint: fingerprint(e),
		Area: e.Area, Source: e.Source, SourceType: e.SourceType,
		OpenedAt: e.OpenedAt, CapturedAt: e.CapturedAt,
	}
}

// tell lets a say what its newest event says; an empty text takes none away.
func tell(a models.Alert, e models.Event) models.Alert {
	a.Facts = e.Facts
	if e.Why != "" {
		a.Why = e.Why
	}
	if e.Snapshot != "" {
		a.Snapshot = e.Snapshot
	}
	return a
}
