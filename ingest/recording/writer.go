package recording

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"zhihui/models"
)

// roundEvery is how often what has come is written: a kill takes no more than that, and the unit whose length is not known yet.
const roundEvery = 500 * time.Millisecond

// writer does the rounds of some cameras: one goroutine for all of them, since what is written of each at a time is little. While
// the disk holds it up, units wait in the readers.
type writer struct {
	rec  *Recorder
	wake chan struct{} // capacity 1: there are events

	mu     sync.Mutex
	tapes  map[string]*tape
	events map[string][]models.Event // by camera, not looked at yet; events are few, and none is ever dropped
}

func newWriter(r *Recorder) *writer {
	return &writer{rec: r, wake: make(chan struct{}, 1), tapes: map[string]*tape{}, events: map[string][]models.Event{}}
}

// apply takes the cameras as they are now, and what the last process has left of any; those that are gone end with the next round.
func (w *writer) apply(cameras []models.Camera, leaves map[string]*left) {
	w.mu.Lock()
	defer w.mu.Unlock()
	gone := maps.Clone(w.tapes)
	for _, c := range cameras {
		delete(gone, c.ID)
		if t := w.tapes[c.ID]; t != nil {
			t.apply(c)
		} else {
			w.tapes[c.ID] = newTape(w.rec, c)
		}
	}
	for camera, l := range leaves {
		t := w.tapes[camera]
		if t == nil {
			t = newTape(w.rec, models.Camera{ID: camera})
			gone[camera], w.tapes[camera] = t, t
		}
		t.left = l
	}
	for _, t := range gone {
		t.remove()
	}
}

func (w *writer) event(camera string, e models.Event) {
	w.mu.Lock()
	w.events[camera] = append(w.events[camera], e)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *writer) tape(camera string) *tape {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tapes[camera]
}

func (w *writer) all() []*tape {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Values(w.tapes))
}

// run does rounds until ctx ends, and then the last.
func (w *writer) run(ctx context.Context) {
	tick := time.NewTicker(roundEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			w.last(context.WithoutCancel(ctx))
			return
		case <-w.wake:
			w.urgent(ctx)
		case <-tick.C:
			w.urgent(ctx)
			for _, t := range w.all() {
				if ctx.Err() == nil && !t.round(ctx, w.rec.deps.Now()) {
					w.forget(t)
				}
			}
		}
	}
}

// urgent looks at the events that have come, and does the rounds of their cameras at once: their clips are to be seen soon.
func (w *writer) urgent(ctx context.Context) {
	w.mu.Lock()
	all := w.events
	w.events = map[string][]models.Event{}
	w.mu.Unlock()
	for camera, events := range all {
		if t := w.tape(camera); t != nil {
			t.events(events, w.rec.deps.Now())
			t.round(ctx, w.rec.deps.Now())
		}
	}
}

// last ends what is open; clips go on after the next start.
func (w *writer) last(ctx context.Context) {
	w.urgent(ctx)
	for _, t := range w.all() {
		t.round(ctx, w.rec.deps.Now())
		t.close()
	}
}

// forget lets go of a camera that the site does not have any more, unless it has come back.
func (w *writer) forget(t *tape) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, gone := t.settle(w.rec.deps.Now()); gone {
		delete(w.tapes, t.clips.camera)
	}
}
