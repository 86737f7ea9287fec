package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// stack holds the running parts of the process in the order in which they were started and takes them down in the
// opposite order, so that nothing outlives what it leans on.
type stack struct {
	log    *slog.Logger
	giveUp context.CancelCauseFunc // told of a part that ended by itself; the first one counts, the others are only logged
	parts  []part
}

type part struct {
	name string
	stop func() error // asks the part to end and waits until it has
}

func newStack(log *slog.Logger, giveUp context.CancelCauseFunc) *stack {
	return &stack{log: log, giveUp: giveUp}
}

// run starts f, which must go on until its context is cancelled; ending before that is a failure of the process.
func (s *stack) run(name string, f func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		err := f(ctx)
		if ctx.Err() == nil {
			s.fail(name, err)
		} else if errors.Is(err, context.Canceled) {
			err = nil
		}
		done <- err
	}()
	s.push(name, func() error {
		cancel()
		return <-done
	})
}

func (s *stack) fail(name string, err error) {
	if err == nil {
		err = errors.New("ended without an error")
	}
	s.log.Error("a part ended", "part", name, "error", err)
	s.giveUp(fmt.Errorf("%s: %w", name, err))
}

// push adds a part that was opened rather than started.
func (s *stack) push(name string, stop func() error) {
	s.parts = append(s.parts, part{name, stop})
}

// close takes all parts down, last started first. A part that is not down within the limit is named and left behind,
// since the process ends anyway.
func (s *stack) close(limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	var errs []error
	for i := len(s.parts) - 1; i >= 0; i-- {
		p := s.parts[i]
		begun := time.Now()
		done := make(chan error, 1)
		go func() { done <- p.stop() }()
		select {
		case err := <-done:
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", p.name, err))
			}
			s.log.Debug("stopped", "part", p.name, "took", time.Since(begun).Round(time.Millisecond))
		case <-timer.C:
			return errors.Join(append(errs, fmt.Errorf("%s did not stop within %s", p.name, limit))...)
		}
	}
	s.parts = nil
	return errors.Join(errs...)
}
