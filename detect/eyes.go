package detect

import (
	"zhihui/detect/coding"
	"zhihui/models"
)

// eyes are what a camera's way from units to Results needs: what waits, what is on its way, and what is known of both.
type eyes struct {
	gate    gate
	kept    kept
	flow    flow
	purse   purse
	meter   coding.Meter
	level   level
	tally   tally
	told    bool // the trial is because of what the units told
	off     bool // no rule's hours
	limited bool // it is awake, and its share is less than all
}

// begin makes the camera one that was never looked at: somebody begins to read its units, and its worker knows nothing of
// it. What its units tell is known still.
func (c *camera) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.eyes = eyes{meter: c.eyes.meter, level: c.eyes.level}
	c.objects.reset()
	c.motions.reset()
	c.sighted = false
}

// unit takes the next access unit of the camera.
func (c *camera) unit(u *models.AccessUnit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := &c.eyes
	if e.flow.unit(u) {
		e.gate.begin(u.ReceivedAt, c.cfg.FirstSight.Std())
	}
	c.feel(u)
	reason := brokenSkip
	if e.kept.add(u) {
		reason = c.forward()
	} else if c.need(); e.limited { // which goes on to claim its share
		reason = slowedSkip
	}
	if reason != "" {
		c.count(reason)
	}
}

// feel takes what u tells without being decoded. A camera that sleeps is put on trial when that stands out, and for one
// picture when it has told nothing yet and a look is due before the next key unit.
func (c *camera) feel(u *models.AccessUnit) {
	e, quiet := &c.eyes, c.cfg.QuietAfter.Std()
	high := false
	if reading, ok := e.meter.Read(u); ok {
		high = e.level.note(reading, u.ReceivedAt, !e.gate.moving(u.ReceivedAt, quiet))
	}
	next := e.kept.oldest()
	peek := next != nil && !next.Key && !u.Key && e.level.blind() && e.gate.due(u.ReceivedAt, c.cfg.LookEvery.Std())
	asleep := !e.off && !e.gate.awake(u.ReceivedAt, quiet) && e.gate.trial == 0 && e.flow.onTrial() == 0
	if !asleep || !high && !peek {
		return
	}
	pictures := 1
	if high {
		pictures = trialPictures
	}
	if c.load.try(c.now(), float64(e.kept.len()+pictures)*e.flow.picture()) {
		e.gate.rouse(pictures)
		e.told, e.flow.vain = high, 0
	}
}

// forward sends what is kept as far as the gate lets it go. It returns why the newest unit stays; "" = it went.
func (c *camera) forward() gateReason {
	e := &c.eyes
	n := c.need()
	e.off = n.offDuty && !n.watching
	for u := e.kept.oldest(); u != nil; u = e.kept.oldest() {
		n.behind = e.kept.len() - 1
		n.slowed = e.limited && e.purse.has < e.flow.picture()
		v := e.gate.decide(u, n)
		switch {
		case v.reason == slowedSkip:
			e.kept.drop()
			return slowedSkip
		case !v.decode:
			return v.reason
		case !c.vision.Analyse(u, v.want):
			return noCreditNow
		}
		e.kept.pop()
		e.gate.sent(u, v)
		e.flow.sent(u, c.now(), v.reason)
		if v.want&WantObjects != 0 {
			c.budget.took()
		}
		if v.reason.awake() {
			e.purse.has -= e.flow.picture()
		}
		c.count(v.reason)
	}
	return ""
}

// need gathers what the gate goes by, and claims the camera's shares where it wants any.
func (c *camera) need() need {
	e := &c.eyes
	n := need{now: e.flow.last, watching: c.watching(), doubt: c.objects.doubts() || e.gate.looked.IsZero(),
		lookEvery: c.cfg.LookEvery.Std(), quiet: c.cfg.QuietAfter.Std()}
	n.offDuty = !c.onDuty(n.now)
	awake := e.gate.awake(n.now, n.quiet) && (!n.offDuty || n.watching)
	if awake || n.watching || n.doubt {
		n.every, n.spare = c.budget.share(c.is.ID, n.now)
	} else if next := e.kept.oldest(); next != nil && next.Key && e.gate.due(n.now, n.lookEvery) && n.now.Sub(e.gate.looked) >= c.cfg.PatrolEvery.Std() {
		n.patrol = !n.offDuty && c.budget.patrol(n.now)
	}
	e.limited = false
	if awake {
		may, all := c.load.share(c.is.ID, c.now(), e.flow.wants())
		if e.limited = !all; e.limited {
			e.purse.fill(c.now(), may)
		}
	}
	return n
}

// answer takes r off what is waited for, and tells what was asked; it is not ok when nothing was.
func (c *camera) answer(r Result) (asked, bool) {
	e := &c.eyes
	a, ok := e.flow.answered(r)
	if r.Reset {
		e.gate.lost()
		if next := e.kept.oldest(); next == nil || !next.Key { // a key unit that waits heals it
			e.kept.drop()
		}
	}
	if !ok {
		return a, false
	}
	now, before := c.now(), r.InferTime
	if !a.reason.awake() {
		before += r.DecodeTime + r.MotionTime
	}
	c.load.took(before, now.Sub(a.at))
	e.tally.add(now, r, a.reason)
	return a, true
}

// moved takes what a comparison showed. A trial that showed nothing has taught what nothing looks like; one whose end a
// worker that is behind left out has not.
func (c *camera) moved(r Result, a asked) {
	e, quiet := &c.eyes, c.cfg.QuietAfter.Std()
	switch {
	case r.HasMotion && r.Motion >= c.cfg.MinMotion:
		if e.gate.seen(r.ReceivedAt, quiet) && !c.watching() { // who was in view before the quiet is not followed on
			c.objects.reset()
			c.motions.reset()
		}
	case r.HasMotion && e.told && a.reason == trialMotion && e.gate.trial == 0 && e.flow.onTrial() == 0 && !e.gate.awake(r.ReceivedAt, quiet):
		e.level.refuse(e.flow.vain)
	}
}

func (c *camera) count(reason gateReason) {
	c.metrics.units.WithLabelValues(string(reason)).Inc()
}
