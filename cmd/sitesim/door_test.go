package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/stretchr/testify/require"
)

func testCamera(t *testing.T, c Camera, out *bytes.Buffer) *camera {
	t.Helper()
	clip, err := parseFootage(testFootage())
	require.NoError(t, err)
	cam, err := newCamera(c, map[string]reel{usual: {clip, clip, 0}}, time.Time{}, nil, slog.New(slog.NewTextHandler(out, nil)))
	require.NoError(t, err)
	return cam
}

func TestCameraOffers(t *testing.T) {
	c := testCamera(t, Camera{ID: "a"}, &bytes.Buffer{})
	require.Nil(t, c.offer(), "before its first picture it has nothing to offer")
	stream := &gortsplib.ServerStream{}
	c.setStream(stream)
	for mode, want := range map[Mode]*gortsplib.ServerStream{
		ModePlay: stream, ModeSilent: stream, ModeGarbage: stream, ModeDrop: nil,
	} {
		c.setMode(mode)
		require.Equal(t, want, c.offer(), mode)
	}
}

func TestCameraCountsSessions(t *testing.T) {
	c := testCamera(t, Camera{ID: "a"}, &bytes.Buffer{})
	one, two := &gortsplib.ServerSession{}, &gortsplib.ServerSession{}
	for _, step := range []struct {
		name          string
		do            func()
		alone, joined bool
		sessions      uint64
	}{
		{"nobody", func() {}, true, false, 0},
		{"the first comes", func() { c.enter(one) }, false, true, 1},
		{"it is known", func() {}, false, false, 1},
		{"it plays again", func() { c.enter(one) }, false, false, 1},
		{"the second comes to a camera in use", func() { c.enter(two) }, false, false, 2},
		{"one leaves", func() { c.leave(one) }, false, false, 2},
		{"who left leaves again", func() { c.leave(one) }, false, false, 2},
		{"the last leaves and the first returns at once", func() { c.leave(two); c.enter(one) }, false, true, 3},
		{"all leave", func() { c.leave(one) }, true, false, 3},
	} {
		step.do()
		_, _, alone, joined := c.look()
		require.Equal(t, step.alone, alone, step.name)
		require.Equal(t, step.joined, joined, step.name)
		require.Equal(t, step.sessions, c.report().Sessions, step.name)
	}
}

func TestCameraReport(t *testing.T) {
	c := testCamera(t, Camera{ID: "a"}, &bytes.Buffer{})
	for range 3 {
		c.countSent()
	}
	c.countOverflow()
	require.Equal(t, CameraReport{ID: "a", Sent: 3, Overflow: 1}, c.report())
	au := c.accessUnit(c.clip.units[0], ModePlay)
	n, ok := decodeSEI(au[2])
	require.True(t, ok, "SPS, PPS, number, slices")
	require.Equal(t, uint64(4), n)
}

func TestCameraTellsItsModeOnce(t *testing.T) {
	var out bytes.Buffer
	c := testCamera(t, Camera{ID: "a", Mode: ModeSilent}, &out)
	c.setMode(ModeSilent)
	require.Empty(t, out.String())
	c.setMode("")
	c.setMode(ModePlay)
	require.Equal(t, 1, strings.Count(out.String(), "mode=play"))
}
