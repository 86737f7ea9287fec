package notify

import (
	"context"
	"errors"
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
	// most is how many messages a try may hold. With more than one they stay in their order: none overtakes one that failed.
	most() int
	// deliver makes one try. It returns how many, from the first on, are delivered, and why not the next. The error repeats no secret.
	deliver(ctx context.Context, rows []store.Notification, now time.Time) (int, error)
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

// serve takes the target's rows, as many at once as it takes. It slows down as long as tries fail: a target that is down is not
// hammered, and each try costs the store two writes. What a process that was killed had claimed goes first: nobody else sends.
func (s *Sender) serve(ctx context.Context, t target) {
	defer t.close()
	if err := s.store.ReleaseNotifications(ctx, t.channel()); err != nil && ctx.Err() == nil {
		s.log.Error("what was claimed before the start waits until its lease ends", "target", t.name(), "error", err)
	}
	failures := 0
	for ctx.Err() == nil {
		sent, err := s.serveSome(ctx, t)
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

// serveSome claims rows and makes one try; false without an error means that no row is due.
func (s *Sender) serveSome(ctx context.Context, t target) (bool, error) {
	rows, err := s.store.ClaimNotifications(ctx, t.channel(), models.At(s.now()), t.timeout()+leaseMargin, t.most())
	if err != nil {
		if ctx.Err() == nil {
			s.log.Error("messages could not be claimed", "target", t.name(), "error", err)
		}
		return false, err
	}
	if len(rows) == 0 {
		return false, nil
	}
	delivered, fault := t.deliver(ctx, rows, s.now())
	return true, s.finish(ctx, t, rows, delivered, fault)
}

// finish writes what became of a try, also when ctx has just ended: else messages that were taken would go out again. It
// returns the fault or, when what became could not be written, why.
func (s *Sender) finish(ctx context.Context, t target, rows []store.Notification, delivered int, fault error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	s.metrics.tries.WithLabelValues(t.name(), "sent").Add(float64(delivered))
	sent, rest := rows[:delivered], rows[delivered:]
	var err error
	switch {
	case fault == nil:
	case t.most() > 1 && !errors.Is(fault, errNothing): // they wait for their turn, all of them
		s.metrics.tries.WithLabelValues(t.name(), "failed").Inc()
		s.log.Warn("messages were not delivered", "target", t.name(), "first", rest[0].Key, "tries", rest[0].Attempts, "error", fault)
	default:
		err, rest = s.fail(ctx, t, rest[0], fault), rest[1:]
	}
	if errors.Is(fault, errNothing) {
		fault = nil // the next has a turn at once
	}
	if err := errors.Join(err, s.store.EndNotifications(ctx, ids(sent), ids(rest))); err != nil {
		s.log.Error("what became of messages could not be written, they may go out again", "target", t.name(), "first", rows[0].Key, "error", err)
		return err
	}
	return fault
}

func ids(rows []store.Notification) (all []int64) {
	for _, n := range rows {
		all = append(all, n.ID)
	}
	return all
}

// fail writes that a message was not delivered, and when it has its next turn.
func (s *Sender) fail(ctx context.Context, t target, n store.Notification, fault error) error {
	outcome, retry := "failed", models.Time(0)
	tries, most := t.patience()
	switch {
	case tries > 0 && n.Attempts >= tries, errors.Is(fault, errNothing):
		outcome = "given_up"
		s.log.Error("a message was given up", "target", t.name(), "key", n.Key, "entity", n.Entity, "tries", n.Attempts, "error", fault)
	default:
		retry = models.At(s.now().Add(backoff(n.Attempts, most)))
		s.log.Warn("a message was not delivered", "target", t.name(), "key", n.Key, "tries", n.Attempts, "retry_at", retry, "error", fault)
	}
	s.metrics.tries.WithLabelValues(t.name(), outcome).Inc()
	return s.store.FinishNotification(ctx, n.ID, fault, retry)
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
