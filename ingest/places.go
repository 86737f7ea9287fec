package ingest

import (
	"context"
	"sync"
	"time"
)

// greetMost is how long a camera may hold a place among those greeted: one that never answers must not keep the others
// waiting.
const greetMost = time.Second

// places bound the cameras that are greeted at the same time, so that neither a start of the hall nor the return of a
// switch is a storm. Doubtful cameras, which let us in the time before and then gave nothing, share a quarter of the places:
// however many they are, the others wait for none of them.
type places struct{ all, doubtful chan struct{} }

func newPlaces(n int) *places {
	return &places{all: make(chan struct{}, n), doubtful: make(chan struct{}, max(1, n/4))}
}

// take waits for a place. leave gives it back, after greetMost by itself; it may be called more than once.
func (p *places) take(ctx context.Context, doubtful bool) (leave func(), err error) {
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
	free := sync.OnceFunc(func() {
		<-p.all
		if doubtful {
			<-p.doubtful
		}
	})
	timer := time.AfterFunc(greetMost, free)
	return func() { timer.Stop(); free() }, nil
}

func enter(ctx context.Context, room chan<- struct{}) error {
	select {
	case room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
