package detect

import (
	"log/slog"
	"slices"
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// maxBacklog bounds the units kept to catch up with when a camera wakes: those since the key unit that showed motion,
// which the worker took a moment to see. Beyond it the camera waits for its next key unit.
const maxBacklog = 30

// camera judges one camera: its status always, its pictures when it is analysed.
type camera struct {
	source
	is      models.Camera
	cfg     Config
	vision  analyser
	budget  *budget
	metrics *metrics
	log     *slog.Logger

	status  models.CameraStatus
	gate    gate
	backlog []*models.AccessUnit
	objects tracker
	motions tracker
	sighted bool // the network has looked at this camera
	fault   string
}

// describe takes what the site says of the camera now.
func (c *camera) describe(is models.Camera) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.is = is
}

// analysed tells whether somebody must look at the camera's pictures.
func (c *camera) analysed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.watches, func(w *watch) bool { return w.rule.Pictures })
}

func (c *camera) setStatus(at time.Time, s models.CameraStatus) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = s
	for _, w := range c.watches {
		if w.rule.Pictures {
			continue
		}
		if ev, ok := w.judge(at, rules.Input{Status: s}); ok {
			c.post(ev, "")
		}
	}
}

// elapse does what time alone brings about. Pictures have no part in it: without them nothing is known to have changed.
func (c *camera) elapse(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.watches {
		if w.rule.Pictures {
			continue
		}
		if due, ok := w.life.due(); ok && !due.After(now) {
			if ev, ok := w.judge(due, rules.Input{Status: c.status}); ok {
				c.post(ev, "")
			}
		}
	}
}

// unit takes the next access unit of the camera.
func (c *camera) unit(u *models.AccessUnit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if u.Key {
		c.backlog = nil
	}
	if reason := c.pass(u); reason == asleepSkip || reason == watchSkip {
		c.keep(u)
	}
}

// pass does with a unit what the gate decides, and returns why.
func (c *camera) pass(u *models.AccessUnit) gateReason {
	n := need{watching: c.watching(), offDuty: !c.onDuty(u.ReceivedAt)}
	if n.watching || u.ReceivedAt.Before(c.gate.awakeUntil) {
		n.every = c.budget.share(c.is.ID, u.ReceivedAt)
	}
	want, reason := c.gate.decide(u, n)
	switch {
	case want == 0:
	case c.vision.Analyse(u, want):
		c.gate.sent(u, want)
	default:
		reason = noCreditNow
	}
	c.metrics.units.WithLabelValues(string(reason)).Inc()
	return reason
}

// keep holds on to a skipped unit while the decoder could still follow from its last one.
func (c *camera) keep(u *models.AccessUnit) {
	next := c.gate.seq + uint64(len(c.backlog)) + 1
	switch {
	case c.gate.seq == 0 || u.Session != c.gate.session || u.Seq != next:
	case len(c.backlog) == maxBacklog:
		c.backlog = nil
	default:
		c.backlog = append(c.backlog, u)
	}
}

// watching tells whether a condition in the picture holds or its event is open.
func (c *camera) watching() bool {
	return slices.ContainsFunc(c.watches, func(w *watch) bool { return w.rule.Pictures && w.life.held() })
}

// onDuty tells whether the hours of any rule about the picture contain an instant.
func (c *camera) onDuty(at time.Time) bool {
	return slices.ContainsFunc(c.watches, func(w *watch) bool { return w.rule.Pictures && w.rule.OnDuty(at) })
}

// result takes what came of one unit.
func (c *camera) result(r Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Reset {
		c.gate.lost()
		c.backlog = nil
	}
	if c.hasFault(r.Fault) {
		return
	}
	if r.Motion >= c.cfg.MinMotion && c.gate.moved(r.ReceivedAt, c.cfg.QuietAfter.Std()) {
		c.wake()
	}
	c.follow(r)
	in := rules.Input{Tracks: append(c.objects.present(), c.motions.present()...)}
	for _, w := range c.watches {
		if !w.rule.Pictures {
			continue
		}
		if ev, ok := w.judge(r.ReceivedAt, in); ok {
			c.post(ev, c.is.ID)
		}
	}
}

// follow takes what the network found, and what moves where it found nothing. Two looks must have found nothing before a
// movement is believed; without a network every movement counts.
func (c *camera) follow(r Result) {
	if r.HasObjects {
		c.sighted = true
		c.metrics.looks.Inc()
		c.objects.update(r.ReceivedAt, r.Objects)
	}
	if r.HasObjects || !c.sighted {
		c.motions.drop(func(k *track) bool { return c.objects.covers(k.Box) })
		c.motions.update(r.ReceivedAt, unnamed(r.MotionBoxes, c.objects.covers))
	}
}

// wake begins to decode every unit, from the key unit on that showed motion. Who was in view before the quiet is not
// followed on, unless a condition kept the camera watched.
func (c *camera) wake() {
	if !c.watching() {
		c.objects.reset()
		c.motions.reset()
	}
	units := c.backlog
	c.backlog = nil
	for _, u := range units {
		c.pass(u)
	}
}

// hasFault tells whether the analysis failed, and says so once per fault and not once per unit.
func (c *camera) hasFault(fault string) bool {
	if fault != "" {
		c.metrics.faults.Inc()
	}
	if fault != c.fault {
		if fault == "" {
			c.log.Info("analysis is back", "camera", c.is.ID)
		} else {
			c.log.Warn("analysis failed, what was last seen stands", "camera", c.is.ID, "fault", fault)
		}
		c.fault = fault
	}
	return fault != ""
}
