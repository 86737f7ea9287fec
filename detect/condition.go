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
	if c == nil {
		e.metrics.unknown.Inc()
		return
	}
	c.setStream(received(v.At, e.deps.Now()), v)
}

// setStream judges the units. What was still on its way when the camera went tells nothing of it any more.
func (c *camera) setStream(at time.Time, v models.StreamVital) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !rules.Away(c.status.State) {
		c.stream = v
		c.judge(at, rules.OfStream)
	}
}

// judge lets the rules about a subject look at what is known now.
func (c *camera) judge(at time.Time, of rules.Subject) {
	for _, w := range c.watches {
		if w.rule.Subject != of {
			continue
		}
		if ev, ok := w.judge(at, c.input()); ok {
			c.tell(ev, of)
		}
	}
}

// tell hands over a message. What opens about a stream, or because the camera itself reports it, shows the newest key unit,
// where somebody can make a picture of it.
func (c *camera) tell(ev models.Event, about rules.Subject) {
	c.emit(ev)
	if ev.Revision > 1 || about != rules.OfStream && about != rules.OfAlarm || c.glances.newest == nil {
		return
	}
	if u := c.glances.newest(c.is.ID); u != nil {
		c.glances.shoot(ev, u)
	}
}

// input is what is known of the camera beside what is in its picture.
func (c *camera) input() rules.Input {
	return rules.Input{Status: c.status, Stream: c.stream, Picture: c.picture, Alarms: c.alarms.holding()}
}
