package main

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func (c *camera) currentMode() Mode {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mode
}

func TestDirect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := func(s int) Span { return Span(time.Duration(s) * time.Second) }
		script := &Script{
			Loop:    at(60),
			Cameras: []Camera{{ID: "a"}, {ID: "b", Mode: ModeSilent}},
			Events: []Event{ // in no order
				{at(30), "a", "return", ""}, {at(10), "a", "drop", ""}, {at(40), "b", "garbage", ""}, {at(40), "a", "drop", ""},
			},
		}
		cameras := map[string]*camera{}
		for _, id := range []string{"a", "b"} {
			cameras[id] = &camera{id: id, logger: slog.New(slog.DiscardHandler)}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		start := time.Now()
		go func() { done <- direct(ctx, script, cameras, start) }()
		for _, step := range []struct {
			second int
			a, b   Mode
		}{
			{1, ModePlay, ModeSilent},
			{11, ModeDrop, ModeSilent},
			{31, ModePlay, ModeSilent},
			{41, ModeDrop, ModeGarbage},
			{61, ModePlay, ModeSilent}, // the next round
			{71, ModeDrop, ModeSilent},
			{161, ModeDrop, ModeGarbage},
		} {
			time.Sleep(time.Until(start.Add(time.Duration(step.second) * time.Second)))
			synctest.Wait()
			require.Equal(t, step.a, cameras["a"].currentMode(), "a at %d s", step.second)
			require.Equal(t, step.b, cameras["b"].currentMode(), "b at %d s", step.second)
		}
		cancel()
		require.NoError(t, <-done)
	})
}
