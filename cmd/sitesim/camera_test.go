package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/models"
)

// testFootage is 12 pictures with a keyframe every 4, big enough to need several packets.
func testFootage() []byte {
	var nalus [][]byte
	for i := range 12 {
		if i%4 == 0 {
			nalus = append(nalus, testSPS, testPPS, append([]byte{0x65, 0x88}, bytes.Repeat([]byte{byte(i + 1)}, 4000)...))
		} else {
			nalus = append(nalus, append([]byte{0x41, 0x9a}, bytes.Repeat([]byte{byte(i + 1)}, 2000)...))
		}
	}
	return annexB(nalus...)
}

// testFootage265 is the same in H.265.
func testFootage265() []byte {
	var nalus [][]byte
	for i := range 12 {
		if i%4 == 0 {
			nalus = append(nalus, testVPS265, testSPS265, testPPS265, append([]byte{40, 1, 0x80}, bytes.Repeat([]byte{byte(i + 1)}, 4000)...))
		} else {
			nalus = append(nalus, append([]byte{2, 1, 0x80}, bytes.Repeat([]byte{byte(i + 1)}, 2000)...))
		}
	}
	return annexB(nalus...)
}

// testShots are those clips on disk, as every variant of the usual scene; the small one has other parameters.
func testShots(t *testing.T) shots {
	t.Helper()
	folder := t.TempDir()
	file := func(codec Codec, name string, text []byte) choice {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, text, 0o644))
		return choice{cached: path, encoding: Encoding{Codec: codec}}
	}
	h264 := file(CodecH264, "clip.h264", testFootage())
	little := file(CodecH264, "small.h264", bytes.ReplaceAll(testFootage(), testPPS, []byte{0x68, 0xee, 0x3c, 0xb0}))
	h265 := file(CodecH265, "clip.h265", testFootage265())
	return shots{usual: {
		take{}: h264, take{storm: true}: h264, take{variant: small}: little, take{true, small}: little,
		take{variant: recoded}: h265, take{true, recoded}: h265,
	}}
}

// startSite runs the script's cameras on testFootage; stop ends it and returns what it reports.
func startSite(t *testing.T, script *Script) (s *site, stop func() Report) {
	t.Helper()
	all := make([]shots, len(script.Cameras))
	for i := range all {
		all[i] = testShots(t)
	}
	script.settle()
	script.RTSP = RTSP{Listen: "127.0.0.1:0", Username: "zhihui", Password: "secret"}
	script.Loop = Span(time.Hour)
	return runSite(t, script, all)
}

// runSite runs the script's cameras on what they show; stop ends it and returns what it reports.
func runSite(t *testing.T, script *Script, all []shots) (s *site, stop func() Report) {
	t.Helper()
	s, err := newSite(script, all, time.Now(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, s.listen())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.run(ctx, "") }()
	t.Cleanup(cancel)
	return s, func() Report {
		cancel()
		require.NoError(t, <-done)
		return s.report()
	}
}

func TestCamerasNumberTheirUnits(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, stop := startSite(t, &Script{Cameras: []Camera{{ID: "cam-01"}, {ID: "cam-02"}}})
	one, two := play(t, s, "cam-01"), play(t, s, "cam-02")
	const n = 16 // more than the clip has: the clock and the numbers go on over its end
	for _, r := range []*reader{one, two} {
		first := r.next(t)
		require.Equal(t, uint64(1), first.number)
		require.True(t, first.key, "a session starts with a keyframe")
		before := first
		for range n - 1 {
			u := r.next(t)
			require.Equal(t, before.number+1, u.number)
			require.Equal(t, before.clock+unitTicks, u.clock)
			before = u
		}
	}
	report := stop()
	for i, r := range []*reader{one, two} {
		require.Equal(t, report.Cameras[i].Sent, n+r.drain(t), "received is what was sent")
		require.Equal(t, uint64(1), report.Cameras[i].Sessions)
		require.Zero(t, report.Cameras[i].Overflow)
	}
}

func TestCameraDropsAndReturns(t *testing.T) {
	s, stop := startSite(t, &Script{Cameras: []Camera{{ID: "cam-01"}}})
	cam := s.server.cameras["cam-01"]
	r := play(t, s, "cam-01")
	got := uint64(1)
	r.next(t)
	cam.setMode(ModeDrop, time.Now())
	got += r.drain(t)
	require.Equal(t, cam.report().Sent, got, "the drop loses nothing that was counted")

	_, err := connect(t, s, "cam-01", "secret")
	require.ErrorIs(t, err, io.EOF, "it hangs up")

	cam.setMode(ModePlay, time.Now())
	r = play(t, s, "cam-01")
	u := r.next(t)
	require.Equal(t, got+1, u.number, "the numbers go on")
	require.True(t, u.key)
	report := stop()
	require.Equal(t, report.Cameras[0].Sent, got+1+r.drain(t))
	require.Equal(t, uint64(2), report.Cameras[0].Sessions)
}

func TestCameraRefusesWrongCredentials(t *testing.T) {
	s, stop := startSite(t, &Script{Cameras: []Camera{{ID: "cam-01"}}})
	var refused liberrors.ErrClientBadStatusCode
	_, err := connect(t, s, "cam-01", "wrong")
	require.ErrorAs(t, err, &refused)
	require.Equal(t, base.StatusUnauthorized, refused.Code)
	_, err = connect(t, s, "cam-99", "wrong")
	require.ErrorAs(t, err, &refused)
	require.Equal(t, base.StatusUnauthorized, refused.Code, "who cannot log in does not learn which cameras there are")
	_, err = connect(t, s, "cam-99", "secret")
	require.ErrorAs(t, err, &refused)
	require.Equal(t, base.StatusNotFound, refused.Code)
	require.Zero(t, stop().Cameras[0].Sessions)
}

// A password in clear text must not be asked for nor taken.
func TestCameraTakesDigestAlone(t *testing.T) {
	s, _ := startSite(t, &Script{Cameras: []Camera{{ID: "cam-01"}}})
	conn, err := net.Dial("tcp", s.server.addr())
	require.NoError(t, err)
	defer conn.Close()
	basic := base64.StdEncoding.EncodeToString([]byte("zhihui:secret"))
	_, err = fmt.Fprintf(conn, "DESCRIBE rtsp://%s/cam-01 RTSP/1.0\r\nCSeq: 1\r\n\r\n", s.server.addr())
	require.NoError(t, err)
	var res base.Response
	in := bufio.NewReader(conn)
	require.NoError(t, res.Unmarshal(in))
	require.Equal(t, base.StatusUnauthorized, res.StatusCode)
	require.Len(t, res.Header["WWW-Authenticate"], 1)
	require.Contains(t, res.Header["WWW-Authenticate"][0], "Digest ")
	_, err = fmt.Fprintf(conn, "DESCRIBE rtsp://%s/cam-01 RTSP/1.0\r\nCSeq: 2\r\nAuthorization: Basic %s\r\n\r\n", s.server.addr(), basic)
	require.NoError(t, err)
	require.NoError(t, res.Unmarshal(in))
	require.Equal(t, base.StatusUnauthorized, res.StatusCode)
}

// A silent camera lets a reader in and sends nothing, until it plays: then with number 1.
func TestCameraIsSilent(t *testing.T) {
	s, stop := startSite(t, &Script{Cameras: []Camera{{ID: "cam-01", Mode: ModeSilent}}})
	cam := s.server.cameras["cam-01"]
	r := play(t, s, "cam-01")
	require.Zero(t, cam.report().Sent)
	require.Empty(t, r.units)
	cam.setMode(ModePlay, time.Now())
	u := r.next(t)
	require.Equal(t, uint64(1), u.number)
	require.True(t, u.key)
	require.Equal(t, stop().Cameras[0].Sent, 1+r.drain(t))
}

// Garbage has the numbers and the kinds of the pictures, and noise for the rest.
func TestCameraSendsGarbage(t *testing.T) {
	s, stop := startSite(t, &Script{Cameras: []Camera{{ID: "cam-01", Mode: ModeGarbage}}})
	r := play(t, s, "cam-01")
	clip, err := parseFootage(CodecH264, testFootage())
	require.NoError(t, err)
	for i := range 3 {
		u := r.next(t)
		require.Equal(t, uint64(i+1), u.number)
		require.Equal(t, i == 0, u.key)
		require.Len(t, u.slices[0], len(clip.units[i].slices[0]))
		require.NotContains(t, string(u.slices[0]), string(bytes.Repeat([]byte{byte(i + 1)}, 16)))
	}
	require.Equal(t, stop().Cameras[0].Sent, 3+r.drain(t))
}

// Readers that come to a camera in use start in the middle, and a reader that leaves does not stop it.
func TestCameraServesSeveral(t *testing.T) {
	s, stop := startSite(t, &Script{Cameras: []Camera{{ID: "cam-01"}}})
	one := play(t, s, "cam-01")
	got := one.next(t).number
	two := play(t, s, "cam-01")
	require.Greater(t, two.next(t).number, got)
	two.client.Close()
	for range 3 {
		got++
		require.Equal(t, got, one.next(t).number)
	}
	report := stop()
	require.Equal(t, uint64(2), report.Cameras[0].Sessions)
	require.Equal(t, report.Cameras[0].Sent, got+one.drain(t))
}

func TestPictureAfter(t *testing.T) {
	for _, tc := range []struct {
		name string
		n    int
		gone time.Duration
		want int
	}{
		{"in time", 7, 705 * time.Millisecond, 8},
		{"before its time", 7, 600 * time.Millisecond, 8},
		{"late, it makes up", 7, 1500 * time.Millisecond, 8},
		{"a second late", 7, 1799 * time.Millisecond, 8},
		{"the machine slept", 7, time.Hour, 36000},
	} {
		require.Equal(t, tc.want, pictureAfter(tc.n, tc.gone), tc.name)
	}
}

func TestServerPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	err = newServer(RTSP{Listen: l.Addr().String()}, slog.New(slog.DiscardHandler)).listen()
	require.ErrorContains(t, err, "the cameras cannot listen on "+l.Addr().String())
	require.Equal(t, models.Unavailable, models.CodeOf(err))
}
