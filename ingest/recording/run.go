package recording

import (
	"context"
	"fmt"
	"sync"
	"time"

	"zhihui/models"
)

// endWithin bounds how long the end waits for a disk and a store that do not answer: the next start finds what they left.
const endWithin = 2 * time.Second

// Resume takes the events that were open when the last process ended, so that their clips go on. Call it once, before the first Apply.
func (r *Recorder) Resume(ctx context.Context, open []models.Event) error {
	clips, err := r.deps.Store.GrowingClips(ctx)
	if err != nil {
		return fmt.Errorf("read the clips that have no end yet: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clips, r.opened = clips, open
	return nil
}

// left is what the last process has left of a camera.
type left struct {
	clips []models.Clip // without an end
	open  map[string]models.Event
}

// takeLeft returns what was left by camera, once.
func (r *Recorder) takeLeft() map[string]*left {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]*left{}
	of := func(camera string) *left {
		if all[camera] == nil {
			all[camera] = &left{open: map[string]models.Event{}}
		}
		return all[camera]
	}
	for _, c := range r.clips {
		of(c.Camera).clips = append(of(c.Camera).clips, c)
	}
	for _, e := range r.opened {
		if camera := r.cameraOf(e); camera != "" {
			of(camera).open[e.ID] = e
		}
	}
	r.clips, r.opened = nil, nil
	return all
}

// Run records until ctx ends.
func (r *Recorder) Run(ctx context.Context) error {
	behind, stop := context.WithCancel(context.WithoutCancel(ctx)) // what goes on until everything is written
	defer stop()
	var writers, others sync.WaitGroup
	for _, w := range r.writers {
		writers.Go(func() { w.run(ctx) })
		others.Go(func() { r.finisher.run(behind) })
	}
	others.Go(func() { r.clerk.run(behind) })
	others.Go(func() { r.agree(ctx) })
	<-ctx.Done()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		writers.Wait()
		for behind.Err() == nil && !(r.finisher.idle() && r.clerk.idle()) {
			time.Sleep(10 * time.Millisecond)
		}
		stop()
		others.Wait()
	}()
	select {
	case <-ended:
		return ctx.Err()
	case <-time.After(endWithin):
	}
	stop()
	select {
	case <-ended:
	case <-time.After(endWithin / 10):
		r.log.Error("recording: the disk does not answer; the next start brings what was not written to an end")
	}
	return ctx.Err()
}
