package recording

import (
	"maps"
	"slices"
	"sync"

	"zhihui/models"
)

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

// apply takes the cameras as they are now; those that are gone end with the next round.
func (w *writer) apply(cameras []models.Camera) {
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
