package detect

import (
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// Why an event was closed although its condition did not go away; it stands in the event's Facts.
const (
	ruleRemoved   = "rule_removed"
	sourceRemoved = "source_removed"
)

// policy is how a lifecycle takes the verdicts of its rule.
type policy struct {
	dwell      time.Duration // the condition must hold this long before an event opens
	gap        time.Duration // an absence up to this long does not break the dwell
	maxSilence time.Duration // with no verdict for longer, the dwell begins anew; 0 = silence is no matter
	closeDelay time.Duration // the condition must be away this long before the event closes
	cooldown   time.Duration // from a close to the next opening at least
	update     time.Duration // between two updates at least,
	graver     time.Duration // or this long when things got worse
}

// lifecycle makes the verdicts of one rule at one source into events: at most one is open at a time, each that opens
// closes once, and each message about it has a revision one higher. It is pure: time comes in with the verdicts, is
// compared by the monotonic clock where it carries one, and never runs backwards.
type lifecycle struct {
	policy policy
	base   models.Event // what all its events share: kind, severity, area, source, rule
	speak  func(models.EventKind, models.Facts) string

	last   time.Time // of the newest verdict
	since  time.Time // the condition holds since, gaps bridged; zero = it does not
	away   time.Time // the condition is away since; zero = it holds
	told   time.Time // when facts were told last
	closed time.Time
	event  models.Event // the newest message
	taken  bool         // over from the process before this one: the event was open when that ended
}

func (l *lifecycle) open() bool { return l.event.State == models.EventOpen }

// held tells whether the condition held when it was judged last, or its event has not closed yet.
func (l *lifecycle) held() bool { return l.open() || !l.since.IsZero() }

// doubtful tells whether an event may open or close soon.
func (l *lifecycle) doubtful() bool {
	if l.open() {
		return !l.away.IsZero()
	}
	return !l.since.IsZero()
}

// step takes one verdict, whose evidence was received at. It returns a message to publish, if there is one.
func (l *lifecycle) step(at time.Time, v rules.Verdict) (models.Event, bool) {
	received := at
	if at.Before(l.last) {
		at = l.last
	}
	l.note(at, v.Holds)
	switch {
	case l.open() && l.passed(l.away, l.policy.closeDelay, at):
		return l.close(at, ""), true
	case l.open() && v.Holds && l.worthTelling(at, v.Facts):
		return l.tell(at, v.Facts), true
	case !l.open() && v.Holds && l.ripe(at):
		l.event = l.base
		l.event.ID, l.event.State = models.NewID(received), models.EventOpen
		l.event.OpenedAt, l.event.CapturedAt = models.At(received), models.At(received)
		return l.tell(at, v.Facts), true
	}
	return models.Event{}, false
}

// note keeps since and away.
func (l *lifecycle) note(at time.Time, holds bool) {
	blind := l.policy.maxSilence > 0 && !l.last.IsZero() && at.Sub(l.last) > l.policy.maxSilence
	if blind && !l.open() {
		l.since = time.Time{}
	}
	l.last = at
	if holds {
		l.away = time.Time{}
		if l.since.IsZero() {
			l.since = at
		}
		return
	}
	if l.away.IsZero() {
		l.away = at
	}
	if !l.open() && l.passed(l.away, l.policy.gap, at) {
		l.since = time.Time{}
	}
}

func (l *lifecycle) passed(from time.Time, d time.Duration, at time.Time) bool {
	return !from.IsZero() && at.Sub(from) >= d
}

func (l *lifecycle) ripe(at time.Time) bool {
	return l.passed(l.since, l.policy.dwell, at) && (l.closed.IsZero() || at.Sub(l.closed) >= l.policy.cooldown)
}

// due is when step has something to do though nothing new comes: a dwell, a cooldown or a close delay runs out.
func (l *lifecycle) due() (time.Time, bool) {
	switch {
	case l.open():
		return l.away.Add(l.policy.closeDelay), !l.away.IsZero()
	case l.since.IsZero() || !l.away.IsZero():
		return time.Time{}, false
	}
	ripe := l.since.Add(l.policy.dwell)
	if cool := l.closed.Add(l.policy.cooldown); !l.closed.IsZero() && cool.After(ripe) {
		ripe = cool
	}
	return ripe, true
}

// worthTelling keeps the messages few: what changed is told now and then, what got worse soon.
func (l *lifecycle) worthTelling(at time.Time, f models.Facts) bool {
	quiet := at.Sub(l.told)
	old := l.event.Facts
	changed := f.Measured != old.Measured || f.Count != old.Count || f.Label != old.Label || f.Reason != old.Reason
	return changed && quiet >= l.policy.update || graver(old, f) && quiet >= l.policy.graver
}

// graver tells whether more people or vehicles are there, or the measured value is further beyond its limit.
func graver(old, now models.Facts) bool {
	beyond := func(f models.Facts) float64 {
		if f.Reason == string(rules.Below) {
			return f.Limit - f.Measured
		}
		return f.Measured - f.Limit
	}
	return now.Count > old.Count || beyond(now) > beyond(old)
}

// tell makes the next message of the event with new facts.
func (l *lifecycle) tell(at time.Time, f models.Facts) models.Event {
	f.ForMs = max(0, at.Sub(l.since).Milliseconds())
	f.DwellMs = l.policy.dwell.Milliseconds()
	l.told = at
	l.event.Facts, l.event.Why = f, l.speak(l.event.Kind, f)
	return l.stamp(at)
}

// close ends the open event. Reason is why, when it is not that the condition went away. How long it held is counted to
// when it was seen last, and the why says so too.
func (l *lifecycle) close(at time.Time, reason string) models.Event {
	end := at
	if !l.away.IsZero() {
		end = l.away
	}
	l.event.Facts.ForMs = max(0, end.Sub(l.since).Milliseconds())
	l.event.Why = l.speak(l.event.Kind, l.event.Facts)
	if reason != "" {
		l.event.Facts.Reason = reason
	}
	l.event.State = models.EventClosed
	l.event.ClosedAt = max(models.At(at), l.event.OpenedAt)
	l.closed, l.since, l.taken = at, time.Time{}, false
	return l.stamp(at)
}

// attach gives the event its snapshot, unless the lifecycle has gone on to another.
func (l *lifecycle) attach(id, snapshot string, at time.Time) (models.Event, bool) {
	if l.event.ID != id {
		return models.Event{}, false
	}
	l.event.Snapshot = snapshot
	return l.stamp(at), true
}

func (l *lifecycle) stamp(at time.Time) models.Event {
	l.event.Revision++
	l.event.UpdatedAt = max(models.At(at), l.event.OpenedAt)
	return l.event
}

// resume takes over an event that was open when the process before this one ended. It stays open until its condition
// is judged again.
func (l *lifecycle) resume(ev models.Event) {
	l.taken = true
	l.event, l.since = ev, ev.OpenedAt.Std().Add(-time.Duration(ev.Facts.DwellMs)*time.Millisecond)
}
