package detect

import (
	"context"
	"hash/fnv"
	"sync"
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

const (
	glanceEvery = 40 * time.Second // at each camera, as a default; with three glances in doubt it is still known within 90 s what is wrong
	doubtEvery  = 10 * time.Second // while a condition may be about to begin or to end, or there was nothing to look at
	glanceLimit = 5 * time.Second  // longest wait for one
	glanceTick  = 250 * time.Millisecond
	glancers    = 4           // at the same time
	newestAge   = time.Minute // an older key unit tells nothing of now
)

// glancing is what a camera's condition is found out with, whether it is analysed or not.
type glancing struct {
	due        time.Time // of the next glance
	busy       bool
	seq        uint64 // of the unit that was glanced at last
	appearance appearance
	kept       time.Time                                   // when its views were read or written last
	newest     func(camera string) *models.AccessUnit      // its newest key unit; nil = nobody looks at any
	shoot      func(ev models.Event, u *models.AccessUnit) // asks for a snapshot of that unit; never waits
}

// glanceAll has the newest key unit of each camera looked at in its turn, the cameras spread over that time. Who is due
// waits for a glancer that is free; nothing queues.
func (e *Engine) glanceAll(ctx context.Context) {
	if !e.glances() {
		return
	}
	due := make(chan *camera)
	var work sync.WaitGroup
	defer work.Wait()
	defer close(due)
	for range glancers {
		work.Go(func() {
			for c := range due {
				e.glance(ctx, c)
			}
		})
	}
	tick := time.NewTicker(glanceTick)
	defer tick.Stop()
	for {
		for _, c := range e.dueCameras(e.deps.Now()) {
			select {
			case due <- c:
			case <-ctx.Done():
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// glances tells whether somebody looks at how pictures are.
func (e *Engine) glances() bool { return e.deps.Vision != nil && e.deps.Newest != nil }

func (e *Engine) dueCameras(now time.Time) (due []*camera) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	for id, c := range e.cameras {
		if c.glanceDue(now, spread(id, e.cfg.GlanceEvery.Std())) {
			due = append(due, c)
		}
	}
	return due
}

// spread is where in the time between two glances a camera has its turn.
func spread(id string, every time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(id))
	return time.Duration(h.Sum64() % uint64(every))
}

// glanceDue tells whether it is the camera's turn, and takes it. A camera that has just come waits for first.
func (c *camera) glanceDue(now time.Time, first time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	g := &c.glances
	switch {
	case g.due.IsZero():
		g.due = now.Add(first)
		return false
	case g.busy || now.Before(g.due):
		return false
	}
	g.busy = true
	return true
}

// glance looks at one camera, and says when to do so again.
func (e *Engine) glance(ctx context.Context, c *camera) {
	pause := doubtEvery
	if u := c.freshUnit(e.deps.Now()); u != nil {
		ctx, cancel := context.WithTimeout(ctx, glanceLimit)
		s, err := e.deps.Vision.Glance(ctx, u, false)
		cancel()
		e.metrics.glanced(err)
		if err == nil {
			e.recallViews(c)
			before := c.views()
			if !c.seen(u, s) {
				pause = e.cfg.GlanceEvery.Std()
			}
			e.keepViews(c, c.views() > before)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.glances.busy, c.glances.due = false, e.deps.Now().Add(pause)
}

// views counts what the camera is known to show.
func (c *camera) views() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.glances.appearance.learnt() {
		return 0
	}
	return len(c.glances.appearance.views)
}

// freshUnit takes the newest key unit, where it tells of now and has not been looked at; nil = it does not.
func (c *camera) freshUnit(now time.Time) *models.AccessUnit {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.glances.newest(c.is.ID)
	if u == nil || u.Seq == c.glances.seq || now.Sub(u.ReceivedAt) > newestAge || rules.Away(c.status.State) {
		return nil
	}
	c.glances.seq = u.Seq
	return u
}

// seen takes what a glance has shown. It tells whether that left a doubt, which another glance soon settles.
func (c *camera) seen(u *models.AccessUnit, s Sight) (doubt bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if rules.Away(c.status.State) { // it went while it was looked at
		return false
	}
	v, settled := c.glances.appearance.see(u.ReceivedAt, s)
	v.Camera = c.is.ID
	c.picture = v
	for _, w := range c.watches {
		if w.rule.Subject != rules.OfPicture {
			continue
		}
		if settled && w.rule.Kind == models.CameraMoved && w.life.open() {
			w.life.event.Facts.Reason = string(rules.ViewLearnt) // so that the why says it too
			c.emit(w.life.close(u.ReceivedAt, ""))
		} else if ev, ok := w.judge(u.ReceivedAt, c.input()); ok {
			if c.emit(ev); ev.Revision == 1 {
				c.glances.shoot(ev, u)
			}
		}
		doubt = doubt || w.life.doubtful()
	}
	return doubt
}
