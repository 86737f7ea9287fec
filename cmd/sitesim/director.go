package main

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// direct plays the script's events, round after round, until ctx ends. At the start of a round each camera is in the mode
// that the script gives it; start is the moment 0 of the first round.
func direct(ctx context.Context, script *Script, cameras map[string]*camera, start time.Time) error {
	events := slices.Clone(script.Events)
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	for round := start; ; round = round.Add(script.Loop.Std()) {
		for _, c := range script.Cameras {
			cameras[c.ID].setMode(c.Mode)
		}
		for _, e := range events {
			if !sleepUntil(ctx, round.Add(e.At.Std())) {
				return nil
			}
			cameras[e.Camera].setMode(e.Do.mode())
		}
		if !sleepUntil(ctx, round.Add(script.Loop.Std())) {
			return nil
		}
	}
}

// sleepUntil tells whether the moment came before the end of ctx.
func sleepUntil(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
