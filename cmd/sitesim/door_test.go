package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func testCamera(t *testing.T, c Camera, out *bytes.Buffer) *camera {
	t.Helper()
	return newCamera(c, map[string]reel{usual: reelOf(t, 0)}, time.Time{}, slog.New(slog.NewTextHandler(out, nil)))
}

func TestCameraCountsSessions(t *testing.T) {
	c := testCamera(t, Camera{ID: "a"}, &bytes.Buffer{})
	one, two := &link{}, &link{}
	now := time.Now()
	come := func(l *link) { c.meet(l); c.enter(l, now) }
	for _, step := range []struct {
		name          string
		do            func()
		alone, joined bool
		sessions      uint64
	}{
		{"nobody", func() {}, true, false, 0},
		{"one asks", func() { c.meet(one) }, true, false, 0},
		{"the first comes", func() { come(one) }, false, true, 1},
		{"it is known", func() {}, false, false, 1},
		{"it plays again", func() { come(one) }, false, false, 1},
		{"the second comes to a camera in use", func() { come(two) }, false, false, 2},
		{"one leaves", func() { c.leave(one) }, false, false, 2},
		{"who left leaves again", func() { c.leave(one) }, false, false, 2},
		{"who left comes too late", func() { c.enter(one, now) }, false, false, 2},
		{"the last leaves and the first returns at once", func() { c.leave(two); come(one) }, false, true, 3},
		{"all leave", func() { c.leave(one) }, true, false, 3},
	} {
		step.do()
		see := c.look(now)
		require.Equal(t, step.alone, len(see.readers) == 0, step.name)
		require.Equal(t, step.joined, see.joined, step.name)
		require.Equal(t, step.sessions, c.report().Sessions, step.name)
	}
	require.Equal(t, now.UnixMilli(), c.report().LiveAt)
}

func TestCameraReport(t *testing.T) {
	c := testCamera(t, Camera{ID: "a"}, &bytes.Buffer{})
	c.count(true, true, 0)
	c.count(true, false, 0)
	c.count(true, false, 0)
	c.count(false, false, 1)
	got := c.report()
	require.WithinDuration(t, time.Now(), time.UnixMilli(got.LastAt), patience)
	got.LastAt = 0
	require.Equal(t, CameraReport{ID: "a", Sent: 3, Overflow: 1, Headless: 1}, got)
	au := c.accessUnit(c.clip.units[0], ModePlay)
	n, ok := decodeSEI(au[2])
	require.True(t, ok, "SPS, PPS, number, slices")
	require.Equal(t, uint64(4), n)
}

func TestCameraTellsItsModeOnce(t *testing.T) {
	var out bytes.Buffer
	c := testCamera(t, Camera{ID: "a", Mode: ModeSilent}, &out)
	now := time.Now()
	c.setMode(ModeSilent, now)
	require.Empty(t, out.String())
	require.Zero(t, c.report().BackAt)
	c.setMode("", now)
	require.GreaterOrEqual(t, c.report().BackAt, now.UnixMilli())
	c.setMode(ModePlay, now)
	require.Equal(t, 1, strings.Count(out.String(), "mode=play"))
}
