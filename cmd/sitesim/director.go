package main

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// step is what happens to one camera at a point of the loop.
type step struct {
	at     time.Duration
	camera string
	do     func(c *camera, now time.Time)
}

// steps are the script's events and the coming and going of its storm, in order. At 0 each camera is as the script says.
func steps(s *Script) []step {
	var all []step
	for _, c := range s.Cameras {
		all = append(all, step{0, c.ID, func(cam *camera, now time.Time) {
			cam.setMode(c.Mode, now)
			cam.show(usual, now)
			cam.weather(false)
		}})
		if s.Storm.To > 0 {
			late := time.Duration(chance(s.Seed, c.ID, "storm") * float64(s.Storm.Spread))
			all = append(all,
				step{s.Storm.From.Std() + late, c.ID, func(cam *camera, _ time.Time) { cam.weather(true) }},
				step{s.Storm.To.Std() + late, c.ID, func(cam *camera, _ time.Time) { cam.weather(false) }})
		}
	}
	for _, e := range s.Events {
		if e.Alarm != (Alarm{}) {
			all = append(all, alarmed(e)...)
			continue
		}
		all = append(all, step{e.At.Std(), e.Camera, func(cam *camera, now time.Time) {
			if e.Scene != "" {
				cam.show(e.Scene, now)
			} else {
				cam.setMode(e.Do.mode(), now)
			}
		}})
	}
	slices.SortStableFunc(all, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	return all
}

// alarmed are the beginning of an alarm and, where it holds, its end.
func alarmed(e Event) []step {
	all := []step{{e.At.Std(), e.Camera, func(c *camera, now time.Time) { c.raise(e.Alarm, true, now) }}}
	if e.Alarm.For > 0 {
		all = append(all, step{(e.At + e.Alarm.For).Std(), e.Camera, func(c *camera, now time.Time) { c.raise(e.Alarm, false, now) }})
	}
	return all
}

// direct plays the script's steps, round after round, until ctx ends. start is the moment 0 of the first round; it may
// lie in the past: then the site is at once as it would have become.
func direct(ctx context.Context, script *Script, cameras map[string]*camera, start time.Time) error {
	all := steps(script)
	for round := start; ; round = round.Add(script.Loop.Std()) {
		for _, s := range all {
			now := round.Add(s.at)
			if !sleepUntil(ctx, now) {
				return nil
			}
			s.do(cameras[s.camera], now)
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
