package detect

import (
	"sync"
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// watch is one rule at one source with the life of its events.
type watch struct {
	rule   rules.Rule
	life   lifecycle
	trail  *rules.Trail      // of a rule with a window
	inputs map[string]*heard // the sensors that the rule reads, as far as the site has them
}

func (w *watch) judge(at time.Time, in rules.Input) (models.Event, bool) {
	in.Held, in.Taken, in.Trail = w.life.held(), w.life.taken, w.trail
	if len(w.inputs) > 0 {
		in.Heard = listenAll(w.inputs, at)
	}
	v := w.rule.Judge(at, in)
	if v.Unknown && w.life.open() {
		return models.Event{}, false
	}
	return w.life.step(at, v)
}

// inherit takes over the life of the same rule before an edit.
func (w *watch) inherit(old *watch) {
	policy, base, speak := w.life.policy, w.life.base, w.life.speak
	w.life = old.life
	w.life.policy, w.life.base, w.life.speak = policy, base, speak
	w.inputs = old.inputs // until link
	if w.rule.Window == old.rule.Window {
		w.trail = old.trail
	}
}

func (w *watch) same(key string, kind models.EventKind) bool {
	return w.rule.Key() == key && w.rule.Kind == kind
}

// source is what cameras and sensors have in common: rules that watch it, and where their events go. Everything about
// one source happens under its lock, in the order of the calls; nothing under it waits.
type source struct {
	emit  func(models.Event)                // queues a message; never waits
	shoot func(ev models.Event, pic string) // asks for the snapshot of an opening; never waits

	mu      sync.Mutex
	watches []*watch
}

// post hands over a message. An opening gets a picture of the camera pic; "" = there is none.
func (s *source) post(ev models.Event, pic string) {
	s.emit(ev)
	if ev.Revision == 1 && pic != "" {
		s.shoot(ev, pic)
	}
}

// adopt puts new watches in the place of the old ones: a rule that stays keeps its events, one that went closes its own,
// and one that was open when the last process ended takes it up again.
func (s *source) adopt(at time.Time, next []*watch, resumed []models.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range s.watches {
		if w := find(next, old.rule.Key(), old.rule.Kind); w != nil {
			w.inherit(old)
		} else if old.life.open() {
			s.emit(old.life.close(at, ruleRemoved))
		}
	}
	s.watches = next
	for _, ev := range resumed {
		if w := find(next, ev.Rule, ev.Kind); w != nil && !w.life.open() {
			w.life.resume(ev)
		} else {
			s.emit(closed(ev, at, ruleRemoved))
		}
	}
}

// abandon closes what is open because the source is gone.
func (s *source) abandon(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.watches {
		if w.life.open() {
			s.emit(w.life.close(at, sourceRemoved))
		}
	}
	s.watches = nil
}

// attach gives the event of a rule its snapshot.
func (s *source) attach(ev models.Event, snapshot string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := find(s.watches, ev.Rule, ev.Kind)
	if w == nil {
		return
	}
	if ev, ok := w.life.attach(ev.ID, snapshot, at); ok {
		s.emit(ev)
	}
}

// closed is the closing message of an event that no lifecycle looks after, in the words that it had.
func closed(ev models.Event, at time.Time, reason string) models.Event {
	l := lifecycle{speak: func(models.EventKind, models.Facts) string { return ev.Why }}
	l.resume(ev)
	return l.close(at, reason)
}

func find(watches []*watch, key string, kind models.EventKind) *watch {
	for _, w := range watches {
		if w.same(key, kind) {
			return w
		}
	}
	return nil
}

// received is the instant of a stored time on the clock of now, so that it can be compared when the wall clock steps. A
// time that is not from the last seconds is one from before a step, or of something old that is only told now.
func received(at models.Time, now time.Time) time.Time {
	if age := now.Sub(at.Std()); age >= 0 && age < 5*time.Second {
		return now.Add(-age)
	}
	return now
}
