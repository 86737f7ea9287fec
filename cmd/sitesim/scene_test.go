package main

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func reelOf(t *testing.T, phase time.Duration) reel {
	t.Helper()
	clip, err := parseFootage(CodecH264, testFootage())
	require.NoError(t, err)
	return reel{map[take]*footage{{}: clip, {storm: true}: clip}, phase}
}

// What a camera shows depends on the time since its scene began, whoever reads it.
func TestCameraPlace(t *testing.T) {
	begin := time.Now()
	for _, tc := range []struct {
		phase, gone time.Duration
		want        int
	}{
		{0, 0, 0}, {350 * time.Millisecond, 0, 3}, {1200 * time.Millisecond, 0, 0}, {2 * time.Second, 0, 8},
		{0, 550 * time.Millisecond, 5}, {time.Second, 10 * time.Minute, 10}, {0, -200 * time.Millisecond, 10},
	} {
		c := newCamera(Camera{ID: "a"}, map[string]reel{usual: reelOf(t, tc.phase)}, time.Time{}, slog.New(slog.DiscardHandler))
		require.Equal(t, tc.want, c.place(moment{scene: usual, since: begin}, begin.Add(tc.gone)), tc)
	}
}

// Another scene, or other weather, comes with the next keyframe of what is to come; the weather takes nothing of the time.
func TestCameraTurnsAtKeyframes(t *testing.T) {
	usualReel, other := reelOf(t, 0), reelOf(t, 0)
	fair, storm := other.takes[take{}], reelOf(t, 0).takes[take{}]
	other.takes[take{storm: true}] = storm
	c := newCamera(Camera{ID: "a"}, map[string]reel{usual: usualReel, "car": other}, time.Time{}, slog.New(slog.DiscardHandler))
	begin := time.Now()
	at := func(units int) time.Time { return begin.Add(time.Duration(units) * unitPeriod) }
	c.turn(moment{scene: usual, since: begin}, at(0))
	require.Equal(t, begin, c.from.since)

	car := moment{scene: "car", since: at(6)}
	c.turn(car, at(6))
	require.Same(t, fair, c.clip, "a scene begins with its first picture")
	car.storm = true
	for units := 7; units < 10; units++ {
		c.turn(car, at(units))
		require.Same(t, fair, c.clip, "not in the middle of a group of pictures")
	}
	c.turn(car, at(10))
	require.Same(t, storm, c.clip)
	require.Equal(t, 4, c.place(c.from, at(10)))
}

// A running session sees the other scene without a break: the numbers and the clock go on.
func TestCameraChangesSceneWithinASession(t *testing.T) {
	s, stop := startSite(t, &Script{Cameras: []Camera{{ID: "cam-01"}}})
	cam := s.server.cameras["cam-01"]
	cam.reels["car"] = reelOf(t, 400*time.Millisecond)
	r := play(t, s, "cam-01")
	before := r.next(t)
	cam.show("car", time.Now())
	cam.weather(true)
	for range 8 {
		u := r.next(t)
		require.Equal(t, before.number+1, u.number)
		require.Equal(t, before.clock+unitTicks, u.clock)
		before = u
	}
	report := stop()
	require.Equal(t, report.Cameras[0].Sent, before.number+r.drain(t))
	require.Equal(t, uint64(1), report.Cameras[0].Sessions)
}
