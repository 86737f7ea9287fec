package detect

import (
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// StreamVital takes what a camera's units tell of its health, about once a second. It never waits; calls about one camera
// keep their order.
func (e *Engine) StreamVital(v models.StreamVital) {
	c := e.camera(v.Camera)
	switch {
	case c == nil:
		e.metrics.unknown.Inc()
	case e.glances():
		c.setStream(received(v.At, e.deps.Now()), v, e.deps.Newest)
	default: // nobody could make a picture
		c.setStream(received(v.At, e.deps.Now()), v, nil)
	}
}

// setStream judges the units. What was still on its way when the camera went tells nothing of it any more. What opens shows
// the newest key unit; without newest nothing is shown.
func (c *camera) setStream(at time.Time, v models.StreamVital, newest func(camera string) *models.AccessUnit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if rules.Away(c.status.State) {
		return
	}
	c.stream = v
	for _, ev := range c.judge(at, rules.OfStream) {
		if ev.Revision > 1 || newest == nil {
			continue
		}
		if u := newest(c.is.ID); u != nil {
			c.glances.shoot(ev, u)
		}
	}
}

// judge lets the rules about a subject look at what is known now, and returns the messages that came of it.
func (c *camera) judge(at time.Time, of rules.Subject) (told []models.Event) {
	for _, w := range c.watches {
		if w.rule.Subject != of {
			continue
		}
		if ev, ok := w.judge(at, c.input()); ok {
			c.emit(ev)
			told = append(told, ev)
		}
	}
	return told
}

// input is what is known of the camera beside what is in its picture.
func (c *camera) input() rules.Input {
	return rules.Input{Status: c.status, Stream: c.stream, Picture: c.picture}
}
