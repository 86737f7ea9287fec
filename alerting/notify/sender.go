package notify

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
	"zhihui/models/store"
)

const (
	pollEvery   = time.Second      // how soon a new row is seen
	mostPause   = time.Minute      // between two tries at a target that is down
	mostBackoff = time.Hour        // between two tries of one message
	leaseMargin = 30 * time.Second // over the target's timeout, for the store
	mostTries   = 40
)

// target is where messages go.
type target interface {
	name() string // for people
	channel() string
	timeout() time.Duration // of one try, at most
	// patience is after how many tries a message is given up, 0 = never, and the longest pause between two.
	patience() (tries int, pause time.Duration)
	// deliver makes one try. The error repeats no secret.
	deliver(ctx context.Context, n store.Notification, now time.Time) error
	close()
}

// Sender delivers what Outbox has written.
type Sender struct {
	targets []target
	store   *store.Store
	now     func() time.Time
	log     *slog.Logger
	metrics metrics
}

// New returns a sender for c's targets; publish gives a message to the broker where there is one, and returns nil when that has
// taken it. now must be the store's clock.
func New(c Config, st *store.Store, publish Publish, now func() time.Time, log *slog.Logger, reg prometheus.Registerer) *Sender {
	s := &Sender{store: st, now: now, log: log, metrics: newMetrics(reg)}
	for _, w := range c.Webhooks {
		s.targets = append(s.targets, newTarget(w))
	}
	if c.Broker {
		s.targets = append(s.targets, broker{publish})
	}
	return s
}

// Run serves every target until ctx ends; without targets it only waits.
func (s *Sender) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, t := range s.targets {
		all.Go(func() { s.serve(ctx, t) })
	}
	<-ctx.Done()
	all.Wait()
	return nil
}

// serve takes the target's rows one by one. It slows down as long as tries fail: a target that is down is not hammered,
// and each try costs the store two writes.
func (s *Sender) serve(ctx context.Context, t target) {
	defer t.close()
	failures := 0
	for ctx.Err() == nil {
		sent, err := s.serveOne(ctx, t)
		switch {
		case err != nil:
			failures++
			sleep(ctx, backoff(failures, mostPause))
		case sent:
			failures = 0
		default:
			sleep(ctx, pollEvery)
		}
	}
}

// serveOne claims one row and makes one try; false without an error means that no row is due.
func (s *Sender) serveOne(ctx context.Context, t target) (bool, error) {
	rows, err := s.store.ClaimNotifications(ctx, t.channel(), models.At(s.now()), t.timeout()+leaseMargin, 1)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Error("messages could not be claimed", "target", t.name(), "error", err)
		}
		return false, err
	}
	if len(rows) == 0 {
		return false, nil
	}
	n := rows[0]
	fault := t.deliver(ctx, n, s.now())
	return fault == nil, s.finish(ctx, t, n, fault)
}

// finish writes what became of a try, also when ctx has just ended: else a message that was taken would go out again. It
// returns the fault or, when that could not be written, why.
func (s *Sender) finish(ctx context.Context, t target, n store.Notification, fault error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	outcome, retry := "sent", models.Time(0)
	tries, most := t.patience()
	switch {
	case fault != nil && tries > 0 && n.Attempts >= tries:
		outcome = "given_up"
		s.log.Error("a message was given up", "target", t.name(), "key", n.Key, "entity", n.Entity, "tries", n.Attempts, "error", fault)
	case fault != nil:
		outcome, retry = "failed", models.At(s.now().Add(backoff(n.Attempts, most)))
		s.log.Warn("a message was not delivered", "target", t.name(), "key", n.Key, "tries", n.Attempts, "retry_at", retry, "error", fault)
	}
	s.metrics.tries.WithLabelValues(t.name(), outcome).Inc()
	if err := s.store.FinishNotification(ctx, n.ID, fault, retry); err != nil {
		s.log.Error("what became of a message could not be written, it may go out again", "target", t.name(), "key", n.Key, "error", err)
		return err
	}
	return fault
}

// backoff doubles from a second up to most, less up to a quarter by chance, so that many do not come back at once.
func backoff(tries int, most time.Duration) time.Duration {
	d := most
	if tries < 20 {
		d = min(time.Second<<(max(tries, 1)-1), most)
	}
	return d - rand.N(d/4)
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
