package detect

import (
	"log/slog"
	"slices"
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// camera judges one camera: its status always, its pictures when it is analysed.
type camera struct {
	source
	is      models.Camera
	cfg     Config
	vision  analyser
	budget  *budget
	load    *load
	metrics *metrics
	log     *slog.Logger
	now     func() time.Time

	status  models.CameraStatus
	stream  models.StreamVital  // newest; zero = none since the camera came
	picture models.PictureVital // likewise
	alarms  alarms              // what it reports by itself
	glances glancing
	eyes    eyes
	objects tracker
	motions tracker
	sighted bool // the network has looked at this camera
	fault   string
}

// describe takes what the site says of the camera now. At another address is another one, of which nothing is known yet.
func (c *camera) describe(is models.Camera) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.is.URL != is.URL {
		c.stream, c.picture, c.glances.appearance = models.StreamVital{}, models.PictureVital{}, appearance{}
		c.glances.kept = time.Time{}
	}
	c.is = is
}

// analysed tells whether somebody must look at the camera's pictures.
func (c *camera) analysed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.watches, func(w *watch) bool { return w.rule.Subject == rules.OfTracks })
}

// setStatus takes the camera's state. Of one that is away nothing else is known any more: its conditions and its own alarms
// close, each by its delay, and open again when it is back and they hold still.
func (c *camera) setStatus(at time.Time, s models.CameraStatus) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = s
	c.judge(at, rules.OfStatus)
	if rules.Away(s.State) {
		c.stream, c.picture, c.alarms = models.StreamVital{}, models.PictureVital{}, nil
		c.judge(at, rules.OfStream)
		c.judge(at, rules.OfPicture)
		c.judge(at, rules.OfAlarm)
	}
}

// elapse does what time alone brings about. Pictures have no part in it, unless the camera is away: without them nothing is
// known to have changed. Nor does what was told last of a stream open anything: it is told each second, or not at all because
// the hall itself was slow.
func (c *camera) elapse(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.alarms.lapse(now) {
		c.judge(now, rules.OfAlarm)
	}
	away := rules.Away(c.status.State)
	for _, w := range c.watches {
		switch of := w.rule.Subject; {
		case of == rules.OfTracks, of == rules.OfPicture && !away, of == rules.OfStream && !w.life.open():
			continue
		}
		if due, ok := w.life.due(); ok && !due.After(now) {
			if ev, ok := w.judge(due, c.input()); ok {
				c.tell(ev, w.rule.Subject)
			}
		}
	}
}

// watching tells whether a condition in the picture holds or its event is open.
func (c *camera) watching() bool {
	return slices.ContainsFunc(c.watches, func(w *watch) bool { return w.rule.Subject == rules.OfTracks && w.life.held() })
}

// onDuty tells whether the hours of any rule about the picture contain an instant.
func (c *camera) onDuty(at time.Time) bool {
	return slices.ContainsFunc(c.watches, func(w *watch) bool { return w.rule.Subject == rules.OfTracks && w.rule.OnDuty(at) })
}

// result takes what came of one unit.
func (c *camera) result(r Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	asked, ok := c.answer(r)
	if c.hasFault(r.Fault) {
		return
	}
	if ok {
		c.moved(r, asked)
	}
	c.follow(r)
	in := rules.Input{Tracks: append(c.objects.present(), c.motions.present()...)}
	for _, w := range c.watches {
		if w.rule.Subject != rules.OfTracks {
			continue
		}
		if ev, ok := w.judge(r.ReceivedAt, in); ok {
			c.post(ev, c.is.ID)
		}
	}
	c.forward()
}

// follow takes what the network found, and what moves where it found nothing. Two looks must have found nothing before a
// movement is believed; without a network every movement counts.
func (c *camera) follow(r Result) {
	if r.HasObjects {
		c.sighted = true
		c.metrics.looks.Inc()
		c.objects.update(r.ReceivedAt, r.Objects)
	}
	if r.HasObjects || r.HasMotion && !c.sighted {
		c.motions.drop(func(k *track) bool { return c.objects.covers(k.Box) })
		c.motions.update(r.ReceivedAt, unnamed(r.MotionBoxes, c.objects.covers))
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
