package ingest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// greetMost is how long a camera may hold a place among those greeted: one that never answers must not keep the others
// waiting.
const greetMost = time.Second

// places bound the cameras that are greeted at the same time, so that neither a start of the hall nor the return of a
// switch is a storm. Doubtful cameras, which the time before held a place until they were shown out, share a quarter of the
// places: however many they are, the others wait for none of them.
type places struct{ all, doubtful chan struct{} }

func newPlaces(n int) *places {
	return &places{all: make(chan struct{}, n), doubtful: make(chan struct{}, max(1, n/4))}
}

// place is one of those greeted.
type place struct {
	free  func() // once
	timer *time.Timer
	late  atomic.Bool // the greeting took greetMost, and the place went to the next
}

// take waits for a place.
func (p *places) take(ctx context.Context, doubtful bool) (*place, error) {
	if doubtful {
		if err := enter(ctx, p.doubtful); err != nil {
			return nil, err
		}
	}
	if err := enter(ctx, p.all); err != nil {
		if doubtful {
			<-p.doubtful
		}
		return nil, err
	}
	l := &place{free: sync.OnceFunc(func() {
		<-p.all
		if doubtful {
			<-p.doubtful
		}
	})}
	l.timer = time.AfterFunc(greetMost, func() { l.late.Store(true); l.free() })
	return l, nil
}

// leave gives the place back. It may be called more than once.
func (l *place) leave() {
	l.timer.Stop()
	l.free()
}

func enter(ctx context.Context, room chan<- struct{}) error {
	select {
	case room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
