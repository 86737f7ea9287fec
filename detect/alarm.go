package detect

import (
	"slices"
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// How long an alarm holds of which its camera says no more. Cameras repeat an alarm, or end it; many a one does neither, and
// an event that stays open would hide the next. After ten minutes somebody has long looked at the alert that came of it.
const (
	pulseHolds = 2 * time.Second
	stateHolds = 10 * time.Minute
	takenHolds = time.Minute // what was open when the process before this one ended, until the camera says how it is
)

// alarmsMost bounds what holds at one camera at the same time. Overflow: the longest goes.
const alarmsMost = 64

// Alarm takes what a camera reports by itself. It never waits; calls about one camera keep their order.
func (e *Engine) Alarm(a models.Alarm) {
	c := e.camera(a.Camera)
	if c == nil {
		e.metrics.unknown.Inc()
		return
	}
	c.setAlarm(received(a.At, e.deps.Now()), a)
}

// AlarmsLost tells that nobody hears any more what a camera reports by itself: nothing of it holds. It never waits.
func (e *Engine) AlarmsLost(camera string) {
	if c := e.camera(camera); c != nil {
		c.loseAlarms(e.deps.Now())
	}
}

func (c *camera) setAlarm(at time.Time, a models.Alarm) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alarms.take(at, a)
	c.judge(at, rules.OfAlarm)
}

func (c *camera) loseAlarms(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alarms = nil
	c.judge(at, rules.OfAlarm)
}

// assume lets what was open when the process before this one ended hold for a while.
func (c *camera) assume(now time.Time, resumed []models.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ev := range resumed {
		if ev.Facts.By == models.ByCamera {
			c.alarms.hold(models.Alarm{Kind: ev.Kind, Name: ev.Facts.Zone, Label: ev.Facts.Label}, now.Add(takenHolds))
		}
	}
}

// alarms are what a camera reports by itself and holds, the longest first.
type alarms []alarm

type alarm struct {
	models.Alarm
	until time.Time
}

// take takes a report. One that ends ends its like; where it does not say which object it is about, those of all.
func (all *alarms) take(at time.Time, a models.Alarm) {
	switch {
	case !a.Active:
		*all = slices.DeleteFunc(*all, func(o alarm) bool {
			return o.Kind == a.Kind && o.Name == a.Name && (o.Object == a.Object || a.Object == "" || o.Object == "")
		})
	case a.Pulse:
		all.hold(a, at.Add(pulseHolds))
	default:
		all.hold(a, at.Add(stateHolds))
	}
}

// hold lets an alarm hold until then; its like in its place.
func (all *alarms) hold(a models.Alarm, until time.Time) {
	same := func(o alarm) bool { return o.Kind == a.Kind && o.Name == a.Name && o.Object == a.Object }
	if i := slices.IndexFunc(*all, same); i >= 0 {
		(*all)[i] = alarm{a, until}
		return
	}
	*all = append(*all, alarm{a, until})
	if len(*all) > alarmsMost {
		*all = slices.Delete(*all, 0, 1)
	}
}

// lapse lets go of what has held long enough, and tells whether there was any.
func (all *alarms) lapse(now time.Time) bool {
	before := len(*all)
	*all = slices.DeleteFunc(*all, func(o alarm) bool { return !now.Before(o.until) })
	return len(*all) < before
}

func (all alarms) holding() []models.Alarm {
	if len(all) == 0 {
		return nil
	}
	hold := make([]models.Alarm, len(all))
	for i, a := range all {
		hold[i] = a.Alarm
	}
	return hold
}
