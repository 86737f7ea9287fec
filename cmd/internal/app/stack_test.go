package app

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func until(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestStackStopsTheLastStartedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStack(slog.New(slog.DiscardHandler), func(error) {})
		var order []string
		for _, name := range []string{"store", "bus", "dashboard"} {
			s.run(name, func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Second) // a part that starts to stop early would be seen out of order
				order = append(order, name)
				return ctx.Err()
			})
		}
		require.NoError(t, s.close(time.Minute))
		require.Equal(t, []string{"dashboard", "bus", "store"}, order)
	})
}

func TestStackTellsOfAPartThatEnds(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"with an error":    {errors.New("the disk is full"), "store: the disk is full"},
		"without an error": {nil, "store: ended without an error"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, giveUp := context.WithCancelCause(t.Context())
			s := newStack(slog.New(slog.DiscardHandler), giveUp)
			s.run("bus", until)
			s.run("store", func(context.Context) error { return c.err })
			<-ctx.Done()
			require.EqualError(t, context.Cause(ctx), c.want)
			require.ErrorIs(t, s.close(time.Minute), c.err)
		})
	}
}

func TestStackLeavesAPartBehindThatDoesNotStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStack(slog.New(slog.DiscardHandler), func(error) {})
		stuck := make(chan struct{})
		s.push("vision", func() error { <-stuck; return nil })
		require.EqualError(t, s.close(5*time.Second), "vision did not stop within 5s")
		close(stuck)
	})
}
