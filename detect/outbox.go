package detect

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"zhihui/models"
)

const (
	firstRetry   = 100 * time.Millisecond
	longestRetry = 5 * time.Second
	publishLimit = 10 * time.Second // of one attempt
)

// outbox publishes messages one after the other, oldest first, each until it is accepted. Overflow: nothing is dropped.
// A message that waits is replaced by a newer one of the same event, so what waits is at most an opening and one more
// message an event; an opening is never replaced, and a message after a close says closed too.
type outbox struct {
	publish func(context.Context, models.Event) error
	now     func() time.Time
	metrics *metrics
	log     *slog.Logger
	wake    chan struct{} // capacity 1

	mu     sync.Mutex
	queue  []*models.Event
	later  map[string]*models.Event // of the queue, what may be replaced, by event id
	ending bool
}

func newOutbox(d Deps, m *metrics, log *slog.Logger) *outbox {
	return &outbox{publish: d.Publish, now: d.Now, metrics: m, log: log,
		wake: make(chan struct{}, 1), later: map[string]*models.Event{}}
}

// add queues a message; it never waits.
func (o *outbox) add(ev models.Event) {
	o.mu.Lock()
	if waiting := o.later[ev.ID]; waiting != nil {
		*waiting = ev
		o.metrics.coalesced.Inc()
	} else {
		o.queue = append(o.queue, &ev)
		if ev.Revision > 1 {
			o.later[ev.ID] = &ev
		}
	}
	o.mu.Unlock()
	o.nudge()
}

func (o *outbox) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// end lets run return as soon as everything is accepted.
func (o *outbox) end() {
	o.mu.Lock()
	o.ending = true
	o.mu.Unlock()
	o.nudge()
}

// run publishes until end and nothing is left, or ctx ends. It returns how many messages were not accepted.
func (o *outbox) run(ctx context.Context) int {
	for {
		ev, ok := o.take(ctx)
		if !ok {
			return o.length()
		}
		if !o.deliver(ctx, ev) {
			return 1 + o.length()
		}
	}
}

func (o *outbox) length() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue)
}

// take waits for the oldest message and takes it out; false when there will be none.
func (o *outbox) take(ctx context.Context) (models.Event, bool) {
	for {
		ev, ok, ending := o.pop()
		if ok {
			return ev, true
		}
		if ending || ctx.Err() != nil {
			return models.Event{}, false
		}
		select {
		case <-o.wake:
		case <-ctx.Done():
		}
	}
}

func (o *outbox) pop() (ev models.Event, ok, ending bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) == 0 {
		return models.Event{}, false, o.ending
	}
	first := o.queue[0]
	o.queue[0], o.queue = nil, o.queue[1:]
	if o.later[first.ID] == first {
		delete(o.later, first.ID)
	}
	return *first, true, o.ending
}

// deliver tries until the message is accepted; false when ctx ended first.
func (o *outbox) deliver(ctx context.Context, ev models.Event) bool {
	for wait := firstRetry; ; wait = min(2*wait, longestRetry) {
		err := o.attempt(ctx, ev)
		if err == nil {
			if ev.Revision == 1 {
				o.metrics.delay.Observe(o.now().Sub(ev.CapturedAt.Std()).Seconds())
			}
			return true
		}
		o.metrics.retries.Inc()
		o.log.Warn("event not accepted, will try again", "event", ev.ID, "revision", ev.Revision, "error", err)
		select {
		case <-time.After(wait/2 + rand.N(wait/2)):
		case <-ctx.Done():
			return false
		}
	}
}

func (o *outbox) attempt(ctx context.Context, ev models.Event) error {
	ctx, cancel := context.WithTimeout(ctx, publishLimit)
	defer cancel()
	return o.publish(ctx, ev)
}
