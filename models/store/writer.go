package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/uptrace/bun"

	"zhihui/models"
)

const (
	queueLength = 1024 // writes that wait; when full, callers wait
	groupSize   = 256  // writes that share one COMMIT
)

// writer is the one goroutine that changes the database. It runs the writes that wait in one transaction, each inside its
// own savepoint, so that they share one fsync and a failing one takes only itself back.
type writer struct {
	store   *Store
	db      *bun.DB
	queue   chan *write
	closing chan struct{}
	stopped chan struct{}
}

// write is one caller's change set and its answer.
type write struct {
	ctx     context.Context
	f       func(*Tx) error
	err     error
	changed bool
	done    chan error // room for one: the writer never waits for a caller
}

// Write runs f, which makes one atomic change set, and returns nil once it is on the disk. f runs at most once, on the
// writer's goroutine, and must neither block nor call Write: everybody's writes wait behind it. An error of f (or a panic) takes back what f
// did, and is returned. When ctx ends before f has begun, f does not run; later it has no effect.
func (s *Store) Write(ctx context.Context, f func(*Tx) error) error {
	w := &write{ctx: ctx, f: f, done: make(chan error, 1)}
	select {
	case s.writer.queue <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.writer.closing:
		return errClosed()
	}
	select {
	case err := <-w.done:
		return err
	case <-s.writer.stopped:
	}
	select { // answered, perhaps, in the writer's last moment
	case err := <-w.done:
		return err
	default:
		return errClosed()
	}
}

func errClosed() error {
	return models.Errorf(models.Unavailable, "the store is closed, nothing was written")
}

func startWriter(s *Store, db *bun.DB) *writer {
	w := &writer{
		store: s, db: db,
		queue:   make(chan *write, queueLength),
		closing: make(chan struct{}),
		stopped: make(chan struct{}),
	}
	s.metrics = newMetrics(func() float64 { return float64(len(w.queue)) })
	go w.run()
	return w
}

func (w *writer) close() error {
	close(w.closing)
	<-w.stopped
	return w.db.Close()
}

func (w *writer) run() {
	defer close(w.stopped)
	for {
		select {
		case first := <-w.queue:
			w.commit(w.gather(first))
		case <-w.closing:
			for len(w.queue) > 0 {
				w.commit(w.gather(<-w.queue))
			}
			return
		}
	}
}

// gather takes what waits now and does not wait for more: while one group is being synced the next one fills by itself.
func (w *writer) gather(first *write) []*write {
	group := []*write{first}
	for len(group) < groupSize {
		select {
		case next := <-w.queue:
			group = append(group, next)
		default:
			return group
		}
	}
	return group
}

// commit runs the group in one transaction and answers everybody.
func (w *writer) commit(group []*write) {
	begun := time.Now()
	broken := w.judge(group, w.transact(group))
	rang := false
	for _, m := range group {
		if broken != nil {
			m.err = broken
		}
		rang = rang || m.err == nil && m.changed
		m.done <- m.err
	}
	if rang {
		w.store.bell.ring()
	}
	w.store.metrics.observe(len(group), time.Since(begun), broken)
}

// judge gives a fault of the disk or the database its sentence, and remembers it. One write may meet a full disk and be
// taken back alone.
func (w *writer) judge(group []*write, broken error) error {
	code, broken := w.store.refusal(broken)
	err, written := broken, false
	for _, m := range group {
		c := models.CheckCode("")
		if c, m.err = w.store.refusal(m.err); code == "" && c != "" {
			code, err = c, m.err
		}
		written = written || m.err == nil
	}
	if broken == nil && code == "" && !written {
		return nil // nothing was tried
	}
	switch news := w.store.health.note(models.At(w.store.now()), code, err); {
	case news && code != "":
		w.store.log.Error("the store refuses writes", "code", code, "error", err)
	case news:
		w.store.log.Info("the store takes writes again")
	}
	return broken
}

// transact returns an error when nothing of the group was committed. Statements run without the callers' contexts: SQLite
// takes the whole transaction back when one is interrupted.
func (w *writer) transact(group []*write) error {
	ctx := context.Background()
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a write: %w", err)
	}
	for _, m := range group {
		if err := w.runOne(ctx, tx, m); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		return errors.Join(fmt.Errorf("commit a write: %w", err), tx.Rollback())
	}
	return nil
}

// runOne runs one write inside its savepoint. Its error means that the transaction itself is gone (a full disk, for
// example): going on would commit later writes of the group on their own and report them as failed.
func (w *writer) runOne(ctx context.Context, tx bun.Tx, m *write) error {
	if m.err = m.ctx.Err(); m.err != nil {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
		return fmt.Errorf("begin a change set: %w", err)
	}
	t := &Tx{ctx: ctx, db: tx, store: w.store, now: models.At(w.store.now())}
	if m.err = call(m.f, t); m.err != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
			return errors.Join(fmt.Errorf("take a change set back: %w", err), m.err)
		}
	}
	m.changed = t.changed
	if _, err := tx.ExecContext(ctx, "RELEASE one"); err != nil {
		return fmt.Errorf("end a change set: %w", err)
	}
	return nil
}

// call turns a panic of f into an error: it must not take the writer, and with it the hall, along.
func call(f func(*Tx) error, t *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return f(t)
}
