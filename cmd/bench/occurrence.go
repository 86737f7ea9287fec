package main

import (
	"time"

	"zhihui/models"
)

// occurrence is something that happens in the script, once a round or always, and must become an event.
type occurrence struct {
	source    string
	kind      models.EventKind
	at, until time.Duration // of the round
	always    bool
}

// lateness is how much later than what it is about an event may open and still belong to it.
const lateness = 3 * time.Second

// expect counts what has happened wholly between from and to, and how much of it became an event. The rounds of the
// script begin at start.
func expect(all []occurrence, events []models.Event, start time.Time, loop time.Duration, from, to time.Time) (expected, found int) {
	for _, o := range all {
		for _, span := range o.spans(start, loop, from, to) {
			expected++
			if o.within(events, span) {
				found++
			}
		}
	}
	return expected, found
}

// between is a stretch of time.
type between struct{ from, to time.Time }

func (o occurrence) spans(start time.Time, loop time.Duration, from, to time.Time) []between {
	if o.always {
		return []between{{start, to}}
	}
	var all []between
	for round := start; round.Before(to); round = round.Add(loop) {
		b := between{round.Add(o.at), round.Add(o.until + lateness)}
		if !b.from.Before(from) && !b.to.After(to) {
			all = append(all, b)
		}
	}
	return all
}

func (o occurrence) within(events []models.Event, b between) bool {
	for _, e := range events {
		opened := e.OpenedAt.Std()
		if e.Source == o.source && e.Kind == o.kind && !opened.Before(b.from) && !opened.After(b.to) {
			return true
		}
	}
	return false
}
