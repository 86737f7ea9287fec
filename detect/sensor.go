package detect

import (
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// considerEvery is how often an expression is judged while none of its sensors speaks.
const considerEvery = time.Second

// sensor judges the readings of one sensor. Its last value stands until the next, so that a dwell runs out between two
// readings; its silence is judged by a rule of its own.
type sensor struct {
	source
	is    models.Sensor
	value float64
	heard heard
}

// describe takes what the site says of the sensor now. What came by another topic or mapping are other values.
func (s *sensor) describe(is models.Sensor, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.is.Topic != is.Topic || s.is.Mapping != is.Mapping {
		s.heard.forget(at)
		for _, w := range s.watches {
			w.trail = w.rule.Trail()
		}
	}
	s.heard.expect(is.StaleAfter.Std())
	s.is = is
}

func (s *sensor) input(silent bool) rules.Input {
	return rules.Input{Value: s.value, Label: s.is.Kind, Unit: s.is.Unit, Silent: silent}
}

// listen begins the silence that the first reading ends.
func (s *sensor) listen(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silence(at)
}

func (s *sensor) reading(at time.Time, value float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value = value
	s.heard.note(at, value)
	for _, w := range s.watches {
		if w.trail != nil {
			w.trail.Add(at, value)
		}
		if w.rule.Kind != models.SensorExpression { // that one is judged once all know the value, see consider
			s.judge(w, at, false)
		}
	}
	s.silence(at)
}

// kept takes a value that the broker has kept for who comes late. When it was measured is not known: it may be beyond a
// limit, but it is no sign that the sensor lives, and tells of no change.
func (s *sensor) kept(at time.Time, value float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value = value
	for _, w := range s.watches {
		if w.rule.Kind == models.SensorThreshold {
			s.judge(w, at, true)
		}
	}
}

// consider judges the expressions of this sensor, because one of those that they read has spoken.
func (s *sensor) consider(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.watches {
		if w.rule.Kind == models.SensorExpression {
			s.judge(w, at, true)
		}
	}
}

func (s *sensor) judge(w *watch, at time.Time, silent bool) {
	if ev, ok := w.judge(at, s.input(silent)); ok {
		s.post(ev, s.is.Camera)
	}
}

func (s *sensor) silence(at time.Time) {
	for _, w := range s.watches {
		if w.rule.Kind == models.SensorWentStale {
			s.judge(w, at, true)
		}
	}
}

// elapse does what time alone brings about: what is due, and that what an expression reads grows old.
func (s *sensor) elapse(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.watches {
		if due, ok := w.life.due(); ok && !due.After(now) {
			s.judge(w, due, true)
		}
		if w.rule.Kind == models.SensorExpression && now.Sub(w.life.last) >= considerEvery {
			s.judge(w, now, true)
		}
	}
}
