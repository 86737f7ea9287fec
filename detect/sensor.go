package detect

import (
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// sensor judges the readings of one sensor. Its last value stands until the next, so that a dwell runs out between two
// readings; its silence is judged by a rule of its own.
type sensor struct {
	source
	is    models.Sensor
	value float64
}

// describe takes what the site says of the sensor now.
func (s *sensor) describe(is models.Sensor) {
	s.mu.Lock()
	defer s.mu.Unlock()
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
	for _, w := range s.watches {
		if ev, ok := w.judge(at, s.input(false)); ok {
			s.post(ev, s.is.Camera)
		}
	}
	s.silence(at)
}

func (s *sensor) silence(at time.Time) {
	for _, w := range s.watches {
		if w.rule.Kind != models.SensorWentStale {
			continue
		}
		if ev, ok := w.judge(at, s.input(true)); ok {
			s.post(ev, s.is.Camera)
		}
	}
}

// elapse does what time alone brings about.
func (s *sensor) elapse(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.watches {
		if due, ok := w.life.due(); ok && !due.After(now) {
			if ev, ok := w.judge(due, s.input(true)); ok {
				s.post(ev, s.is.Camera)
			}
		}
	}
}
