package detect

import (
	"context"
	"sync"
	"time"

	"zhihui/models"
)

const (
	tickEvery   = 100 * time.Millisecond // how late a dwell without new evidence may be noticed
	rejoinAfter = time.Second            // after a reader ended by itself
)

// Run watches until ctx ends, then publishes what waits, for DrainLimit at most. The error says how much was not
// accepted until then; a condition that still holds is an event again after the next start.
func (e *Engine) Run(ctx context.Context) error {
	publish, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	left := make(chan int, len(e.outs))
	for _, o := range e.outs {
		go func() { left <- o.run(publish) }()
	}
	var work sync.WaitGroup
	work.Go(func() { e.followCameras(ctx) })
	work.Go(func() { e.takeResults(ctx) })
	work.Go(func() { e.tick(ctx) })
	work.Go(func() { e.glanceAll(ctx) })
	for range shooters {
		work.Go(func() { e.takeShots(ctx) })
	}
	work.Wait()

	limit := time.AfterFunc(e.cfg.DrainLimit.Std(), stop)
	defer limit.Stop()
	lost := 0
	for _, o := range e.outs {
		o.end()
	}
	for range e.outs {
		lost += <-left
	}
	if lost > 0 {
		return models.Errorf(models.Unavailable, "%d messages about events were not accepted before the end", lost)
	}
	return nil
}

// tick lets time do its part: dwells, cooldowns and close delays of what comes without pictures.
func (e *Engine) tick(ctx context.Context) {
	t := time.NewTicker(tickEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			e.elapse(e.deps.Now())
		case <-ctx.Done():
			return
		}
	}
}

func (e *Engine) elapse(now time.Time) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, c := range e.cameras {
		c.elapse(now)
	}
	for _, s := range e.sensors {
		s.elapse(now)
	}
}

func (e *Engine) takeResults(ctx context.Context) {
	if e.deps.Vision == nil {
		return
	}
	for {
		select {
		case r, ok := <-e.deps.Vision.Results():
			if !ok {
				return
			}
			if c := e.camera(r.Camera); c != nil {
				c.result(r)
			} else {
				e.metrics.unknown.Inc()
			}
		case <-ctx.Done():
			return
		}
	}
}

// following is the goroutine that reads one camera.
type following struct {
	camera *camera
	stop   context.CancelFunc
	done   chan struct{}
}

// followCameras keeps one goroutine for each camera that is analysed.
func (e *Engine) followCameras(ctx context.Context) {
	if e.deps.Vision == nil {
		return
	}
	all := map[string]*following{}
	for {
		want := e.analysed()
		for id, f := range all {
			if want[id] != f.camera {
				f.stop()
				<-f.done
				delete(all, id)
				e.deps.Vision.Forget(id)
			}
		}
		for id, c := range want {
			if all[id] == nil {
				all[id] = e.follow(ctx, id, c)
			}
		}
		select {
		case <-e.changed:
		case <-ctx.Done():
			for _, f := range all {
				f.stop()
				<-f.done
			}
			return
		}
	}
}

// analysed returns the cameras whose pictures somebody must look at.
func (e *Engine) analysed() map[string]*camera {
	e.mu.RLock()
	defer e.mu.RUnlock()
	all := map[string]*camera{}
	for id, c := range e.cameras {
		if c.analysed() {
			all[id] = c
		}
	}
	return all
}

func (e *Engine) follow(ctx context.Context, id string, c *camera) *following {
	c.begin()
	ctx, stop := context.WithCancel(ctx)
	f := &following{camera: c, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(f.done)
		for ctx.Err() == nil {
			e.read(ctx, id, c)
			select {
			case <-time.After(rejoinAfter):
			case <-ctx.Done():
			}
		}
	}()
	return f
}

// read hands the units of one reader to the camera until the reader is done with.
func (e *Engine) read(ctx context.Context, id string, c *camera) {
	r := e.deps.Subscribe(id)
	defer r.Close()
	for {
		u, err := r.Next(ctx)
		if err != nil {
			if ctx.Err() == nil {
				e.log.Info("reader ended, will join again", "camera", id, "reason", err)
			}
			return
		}
		c.unit(u)
	}
}
