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
				{At: at(30), Camera: "a", Do: "return"}, {At: at(10), Camera: "a", Do: "drop"}, {At: at(40), Camera: "b", Do: "garbage"}, {At: at(40), Camera: "a", Do: "drop"},
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

// Scenes begin at their moments, the storm comes and goes within its spread, and a site that begins in the middle of a
// round is as if it had begun at its start.
func TestDirectScenesAndStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		script := &Script{
			Seed: 4, Loop: seconds(60), Storm: Storm{From: seconds(20), To: seconds(40), Spread: seconds(5)},
			Cameras: []Camera{{ID: "a", Scenes: map[string][]Clip{"car": {}}}},
			Events:  []Event{{At: seconds(10), Camera: "a", Scene: "car"}, {At: seconds(30), Camera: "a", Scene: usual}},
		}
		for _, begin := range []int{0, 17, 33, 59} {
			cam := &camera{id: "a", logger: slog.New(slog.DiscardHandler)}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			start := time.Now().Add(-time.Duration(begin) * time.Second)
			go func() { done <- direct(ctx, script, map[string]*camera{"a": cam}, start) }()
			for _, want := range []struct {
				second int
				scene  string
				storm  bool
				since  int
			}{
				{5, usual, false, 0}, {11, "car", false, 10}, {18, "car", false, 10}, {26, "car", true, 10}, {34, usual, true, 30},
				{46, usual, false, 30}, {61, usual, false, 60}, {72, "car", false, 70}, {86, "car", true, 70},
			} {
				if want.second <= begin {
					continue
				}
				time.Sleep(time.Until(start.Add(time.Duration(want.second) * time.Second)))
				synctest.Wait()
				got := cam.look(time.Now()).wanted
				require.Equal(t, moment{want.scene, start.Add(time.Duration(want.since) * time.Second), take{storm: want.storm}}, got, want.second)
			}
			cancel()
			require.NoError(t, <-done)
		}
	})
}
