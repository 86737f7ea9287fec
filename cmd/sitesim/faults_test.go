package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/stretchr/testify/require"
)

// oneCamera runs a site of one camera that behaves.
func oneCamera(t *testing.T, c Camera) (s *site, cam *camera, stop func() CameraReport) {
	t.Helper()
	t.Parallel()
	c.ID = "cam-01"
	s, end := startSite(t, &Script{Cameras: []Camera{c}})
	return s, s.server.cameras["cam-01"], func() CameraReport { return end().Cameras[0] }
}

// ask sends a request as it is and returns the connection.
func ask(t *testing.T, s *site, method string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.server.addr())
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	_, err = fmt.Fprintf(c, "%s rtsp://%s/cam-01 RTSP/1.0\r\nCSeq: 1\r\n\r\n", method, s.server.addr())
	require.NoError(t, err)
	return c
}

// isBack holds that a camera that misbehaved plays again, from a keyframe on, with nothing lost that it counted.
func isBack(t *testing.T, s *site, cam *camera, stop func() CameraReport) {
	t.Helper()
	time.Sleep(2 * unitPeriod) // a picture that was just being sent is counted
	before := cam.report()
	cam.setMode(ModePlay, time.Now())
	r := play(t, s, "cam-01")
	u := r.next(t)
	require.True(t, u.key)
	require.Equal(t, before.Sent+1, u.number)
	report := stop()
	require.Equal(t, report.Sent, before.Sent+1+r.drain(t))
	require.GreaterOrEqual(t, report.LiveAt, report.BackAt)
	require.Greater(t, report.BackAt, before.BackAt)
}

func TestCameraRefuses(t *testing.T) {
	s, cam, stop := oneCamera(t, Camera{Listen: "127.0.0.1:0"})
	r := play(t, s, "cam-01")
	r.next(t)
	cam.setMode(ModeRefuse, time.Now())
	got := 1 + r.drain(t)
	require.Equal(t, cam.report().Sent, got, "the sessions end, and lose nothing")
	require.ErrorIs(t, dial(cam.port.address, patience), syscall.ECONNREFUSED)
	_, err := connect(t, s, "cam-01", "secret")
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	isBack(t, s, cam, stop)
}

func TestCameraIsABlackHole(t *testing.T) {
	s, cam, stop := oneCamera(t, Camera{Listen: "127.0.0.1:0"})
	r := play(t, s, "cam-01")
	r.next(t)
	cam.setMode(ModeBlackhole, time.Now())
	require.Eventually(t, func() bool { return timesOut(dial(cam.port.address, 300*time.Millisecond)) }, patience, time.Millisecond)
	require.Len(t, cam.look(time.Now()).readers, 1, "who plays is not told")
	isBack(t, s, cam, stop)
	r.drain(t) // it was closed when the camera came back
}

func TestCameraBabbles(t *testing.T) {
	s, cam, stop := oneCamera(t, Camera{})
	r := play(t, s, "cam-01")
	r.next(t)
	cam.setMode(ModeBabble, time.Now())
	r.drain(t) // the client finds no frame and gives up
	c := ask(t, s, "DESCRIBE")
	require.NoError(t, c.SetReadDeadline(time.Now().Add(patience)))
	b := make([]byte, 3*babbleSize)
	_, err := io.ReadFull(c, b)
	require.NoError(t, err)
	require.NotContains(t, string(b), "RTSP/1.0")
	_, err = connect(t, s, "cam-01", "secret")
	require.Error(t, err)
	isBack(t, s, cam, stop)
	_, err = io.Copy(io.Discard, c)
	require.NoError(t, err, "who was babbled to is closed")
}

func TestCameraIsMute(t *testing.T) {
	s, cam, stop := oneCamera(t, Camera{})
	r := play(t, s, "cam-01")
	r.next(t)
	cam.setMode(ModeMute, time.Now())
	c := ask(t, s, "OPTIONS")
	require.NoError(t, c.SetReadDeadline(time.Now().Add(300*time.Millisecond)))
	_, err := c.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.Len(t, cam.look(time.Now()).readers, 1, "its session stays, and gets nothing")
	isBack(t, s, cam, stop)
	require.NoError(t, c.SetReadDeadline(time.Now().Add(patience)))
	_, err = c.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}

func TestCameraTrickles(t *testing.T) {
	s, cam, stop := oneCamera(t, Camera{Mode: ModeTrickle})
	c := ask(t, s, "OPTIONS")
	require.NoError(t, c.SetReadDeadline(time.Now().Add(patience)))
	begin := time.Now()
	b := make([]byte, 100)
	for _, want := range "RT" {
		n, err := c.Read(b)
		require.NoError(t, err)
		require.Equal(t, string(want), string(b[:n]), "a byte at a time")
	}
	require.GreaterOrEqual(t, time.Since(begin), 900*time.Millisecond)
	isBack(t, s, cam, stop)
}

// A deaf camera plays on, and a keep-alive has no answer; a new session has its answers up to PLAY.
func TestCameraIsDeaf(t *testing.T) {
	s, cam, stop := oneCamera(t, Camera{Mode: ModeDeaf})
	r := play(t, s, "cam-01")
	before := r.next(t).number
	u, err := base.ParseURL(fmt.Sprintf("rtsp://%s/cam-01", s.server.addr()))
	require.NoError(t, err)
	asked := make(chan error, 1)
	go func() {
		_, err := r.client.Options(u)
		asked <- err
	}()
	require.Equal(t, before+1, r.next(t).number)
	require.Error(t, <-asked)
	r.client.Close()
	require.Eventually(t, func() bool { return len(cam.look(time.Now()).readers) == 0 }, patience, time.Millisecond)
	isBack(t, s, cam, stop)
}

// The other size comes within the session, with a keyframe and its parameters, and the first one returns.
func TestCameraResizes(t *testing.T) {
	s, cam, stop := oneCamera(t, Camera{Mode: ModeResize})
	r := play(t, s, "cam-01")
	first := r.next(t)
	cam.setMode(ModePlay, time.Now())
	cam.setMode(ModeResize, time.Now().Add(-changePeriod))
	isOther := func(u received) bool { return u.key && !slices.EqualFunc(u.params, first.params, bytes.Equal) }
	other := r.skipTo(t, isOther)
	require.Len(t, other.params, 2)
	cam.setMode(ModePlay, time.Now())
	last := r.skipTo(t, func(u received) bool { return u.key && !isOther(u) })
	report := stop()
	require.Equal(t, report.Sent, last.number+r.drain(t))
	require.Equal(t, uint64(1), report.Sessions)
}

// First the other codec comes within the session, then the session ends and the other codec is described.
func TestCameraRecodes(t *testing.T) {
	s, cam, stop := oneCamera(t, Camera{Mode: ModeRecode})
	in := func(step int) {
		cam.setMode(ModePlay, time.Now())
		cam.setMode(ModeRecode, time.Now().Add(-time.Duration(step)*changePeriod))
	}
	session := func() *reader {
		r := play(t, s, "cam-01")
		require.True(t, r.next(t).key)
		return r
	}
	r := session()
	require.IsType(t, &format.H264{}, r.format)
	given := cam.report().Sent
	in(1)
	require.Eventually(t, func() bool { return cam.report().Sent > given+5 }, patience, unitPeriod, "it goes on in the session")
	require.Len(t, cam.look(time.Now()).readers, 1)
	in(2)
	r.drain(t)
	r = session()
	require.IsType(t, &format.H265{}, r.format)
	require.Equal(t, CodecH265, r.next(t).codec)
	in(3)
	in(4)
	r.drain(t)
	r = session()
	require.IsType(t, &format.H264{}, r.format)
	require.Equal(t, CodecH264, r.next(t).codec)
	require.Equal(t, uint64(3), stop().Sessions)
}

// It breaks off in the middle of a GOP, answers on, and goes on with a keyframe and the number that was not complete.
func TestCameraStalls(t *testing.T) {
	s, cam, stop := oneCamera(t, Camera{Mode: ModeStall})
	r := play(t, s, "cam-01")
	require.True(t, r.next(t).key)
	require.Equal(t, uint64(2), r.next(t).number)
	select {
	case u := <-r.units:
		require.Fail(t, "a unit came", u.number)
	case <-time.After(5 * unitPeriod): // a unit that came later would be a keyframe, and fail below
	}
	require.Equal(t, uint64(2), cam.report().Sent)
	_, err := connect(t, s, "cam-01", "secret")
	require.NoError(t, err)
	cam.setMode(ModePlay, time.Now())
	u := r.skipTo(t, func(u received) bool { return len(u.slices) > 0 }) // what a decoder may make of the half is no picture
	require.Equal(t, uint64(3), u.number)
	require.True(t, u.key)
	require.Equal(t, stop().Sent, 3+r.drain(t))
}

func TestMiddle(t *testing.T) {
	f, err := parseFootage(CodecH264, testFootage())
	require.NoError(t, err)
	for i, want := range []bool{false, false, true, true, false, false, true, true, false, false, true, true} {
		require.Equal(t, want, f.middle(i), i)
	}
	f.units = f.units[:1]
	require.True(t, f.middle(0), "a clip of keyframes has its middle too")
}

// A camera that begins live shows the picture of now; what a reader cannot decode of it is counted by itself.
func TestCameraBeginsLive(t *testing.T) {
	s, cam, stop := oneCamera(t, Camera{Begin: BeginLive})
	var headless uint64
	for round := uint64(1); ; round++ {
		r := play(t, s, "cam-01")
		u := r.next(t)
		for ; !u.key; u = r.next(t) {
			headless++
		}
		require.Equal(t, headless, cam.report().Headless)
		if headless > 0 {
			require.Equal(t, stop().Sent, u.number+r.drain(t))
			require.Equal(t, round, cam.report().Sessions)
			return
		}
		r.client.Close() // it happened to begin with a keyframe
		require.Eventually(t, func() bool { return len(cam.look(time.Now()).readers) == 0 }, patience, time.Millisecond)
	}
}

// The wall time of the RTP clock is told with the first picture.
func TestCameraTellsTheTime(t *testing.T) {
	s, _, stop := oneCamera(t, Camera{})
	r := play(t, s, "cam-01")
	r.next(t)
	select {
	case at := <-r.clocks:
		require.WithinDuration(t, time.Now(), at, patience)
	case <-time.After(patience):
		require.Fail(t, "no sender report came")
	}
	stop()
}
