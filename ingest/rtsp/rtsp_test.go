package rtsp

import (
	"context"
	"errors"
	"flag"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// TestMain lets more tests run at a time than there are processors: most of what they do is wait for pictures.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

func testSource() *Source {
	return &Source{DialTimeout: time.Second, AnswerTimeout: 2 * time.Second, Now: time.Now}
}

// playing is a running stream and what it gave.
type playing struct {
	units  chan *models.AccessUnit
	lost   chan int
	ways   chan models.Transport
	sounds chan models.SoundMeasure
	ended  chan error
	cancel context.CancelCauseFunc
}

func play(t *testing.T, camera models.Camera) *playing {
	return playFrom(t, testSource(), camera, false)
}

func playFrom(t *testing.T, source *Source, camera models.Camera, withSound bool) *playing {
	ctx, cancel := context.WithCancelCause(t.Context())
	p := &playing{units: make(chan *models.AccessUnit, 1000), lost: make(chan int, 100), ways: make(chan models.Transport, 10), sounds: make(chan models.SoundMeasure, 100), ended: make(chan error, 1), cancel: cancel}
	go func() {
		sink := Sink{
			Unit: func(u *models.AccessUnit) { p.units <- u },
			Lost: func(n int) { p.lost <- n },

			Playing: func(way models.Transport) { p.ways <- way },
		}
		if withSound {
			sink.Sound = func(m models.SoundMeasure) { p.sounds <- m }
		}
		p.ended <- source.Run(ctx, camera, sink)
	}()
	t.Cleanup(func() { cancel(nil) })
	return p
}

func (p *playing) next(t *testing.T) *models.AccessUnit {
	t.Helper()
	select {
	case u := <-p.units:
		return u
	case err := <-p.ended:
		t.Fatalf("ended: %v", err)
	case <-time.After(30 * time.Second):
		t.Fatal("no unit")
	}
	return nil
}

func (p *playing) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-p.ended:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("did not end")
	}
	return nil
}

// sendUntilHeard repeats a key unit until the stream gives it: nothing tells a server when its client is ready.
func sendUntilHeard(t *testing.T, camera *rtsptest.Camera, p *playing, key [][]byte) *models.AccessUnit {
	t.Helper()
	for i := range 500 {
		camera.Send(-time.Duration(500-i)*100*time.Millisecond, key)
		select {
		case u := <-p.units:
			return u
		case err := <-p.ended:
			t.Fatalf("ended: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("no unit")
	return nil
}

func drain(p *playing) {
	for {
		select {
		case <-p.units:
		case <-p.lost:
		case <-time.After(100 * time.Millisecond):
			return
		}
	}
}

func TestPlaysH264WithDigest(t *testing.T) {
	camera := rtsptest.H264(t)
	p := play(t, camera.Model("gate"))
	first := sendUntilHeard(t, camera, p, rtsptest.Unit(true))
	require.True(t, first.Key)
	require.Equal(t, "gate", first.Camera)
	require.Equal(t, models.H264, first.Codec)
	require.Equal(t, [][]byte{rtsptest.SPS(), rtsptest.PPS()}, first.NALUs[:2], "the parameter sets of the SDP come first")
	require.Equal(t, rtsptest.Unit(true)[0], first.NALUs[2])
	require.WithinDuration(t, time.Now(), first.ReceivedAt, 5*time.Second)

	drain(p)
	camera.Send(time.Second, rtsptest.Unit(true))
	key := p.next(t)
	camera.Send(1100*time.Millisecond, rtsptest.Unit(false))
	small := p.next(t)
	require.False(t, small.Key)
	require.Equal(t, rtsptest.Unit(false), small.NALUs)
	require.InDelta(t, 100*time.Millisecond, small.PTS-key.PTS, float64(time.Millisecond))

	why := errors.New("enough")
	p.cancel(why)
	require.ErrorIs(t, p.end(t), why)
}

func TestPlaysH265WithParametersInBand(t *testing.T) {
	camera := rtsptest.H265(t)
	p := play(t, camera.Model("gate"))
	vps, sps, pps := []byte{0x40, 1, 1}, []byte{0x42, 1, 1}, []byte{0x44, 1, 1}
	idr := []byte{0x26, 1, 0x80, 9, 9}
	first := sendUntilHeard(t, camera, p, [][]byte{vps, sps, pps, idr})
	require.True(t, first.Key)
	require.Equal(t, models.H265, first.Codec)
	require.Equal(t, [][]byte{vps, sps, pps, idr}, first.NALUs)
	drain(p)
	camera.Send(time.Second, [][]byte{idr})
	require.Equal(t, [][]byte{vps, sps, pps, idr}, p.next(t).NALUs, "a key unit gets the parameter sets known")
}

func TestCountsLostUnits(t *testing.T) {
	camera := rtsptest.H264(t)
	p := play(t, camera.Model("gate"))
	sendUntilHeard(t, camera, p, rtsptest.Unit(true))
	drain(p)
	const step = 100 * time.Millisecond
	camera.Send(10*step, rtsptest.Unit(true))
	camera.Send(11*step, rtsptest.Unit(false))
	camera.Send(12*step, rtsptest.Unit(true), 1) // cut in its middle
	camera.Send(13*step, rtsptest.Unit(false), 0)
	camera.Send(14*step, rtsptest.Unit(false), 0)
	camera.Send(15*step, rtsptest.Unit(false))
	p.next(t)
	p.next(t)
	u := p.next(t)
	require.Equal(t, rtsptest.Unit(false), u.NALUs)
	select {
	case n := <-p.lost:
		require.Equal(t, 3, n)
	case <-time.After(5 * time.Second):
		t.Fatal("no loss was counted")
	}
	require.Empty(t, p.units, "the cut unit must not come through")
}

func TestEndsWithAReason(t *testing.T) {
	camera, sound := rtsptest.H264(t), rtsptest.Opus(t)
	model := camera.Model("gate")
	wrong, none, path, noPort := model, model, model, model
	wrong.Password = "guess"
	none.Username, none.Password = "", ""
	path.URL += "/elsewhere"
	noPort.URL = "rtsp://" + freeAddress(t) + "/live"
	tests := []struct {
		name   string
		camera models.Camera
		want   Reason
	}{
		{"wrong password", wrong, AuthRefused},
		{"no credentials", none, AuthRefused},
		{"wrong path", path, NotFound},
		{"nothing listens", noPort, Refused},
		{"sound only", sound.Model("gate"), NoVideo},
		{"no such name", models.Camera{URL: "rtsp://camera.invalid/live"}, UnknownName},
		{"another scheme", models.Camera{URL: "http://127.0.0.1/"}, BadAddress},
		{"credentials in the URL", models.Camera{URL: "rtsp://operator:secret@127.0.0.1/"}, BadAddress},
		{"no URL", models.Camera{}, BadAddress},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := play(t, test.camera).end(t)
			require.Equal(t, test.want, ReasonOf(err), "%v", err)
			for _, secret := range []string{"guess", "secret", rtsptest.Password} {
				require.NotContains(t, err.Error(), secret)
			}
		})
	}
	require.Equal(t, 1, camera.Refused(), "wrong credentials are tried once")
}

func TestEndsWhenTheCameraGoes(t *testing.T) {
	camera := rtsptest.H264(t)
	p := play(t, camera.Model("gate"))
	sendUntilHeard(t, camera, p, rtsptest.Unit(true))
	camera.Close()
	require.Equal(t, Ended, ReasonOf(p.end(t)))
}

func TestProbe(t *testing.T) {
	camera := rtsptest.H264(t)
	require.NoError(t, testSource().Probe(t.Context(), camera.Model("gate")))
	gone := models.Camera{URL: "rtsp://" + freeAddress(t) + "/live"}
	require.Equal(t, Refused, ReasonOf(testSource().Probe(t.Context(), gone)))
	require.Equal(t, BadAddress, ReasonOf(testSource().Probe(t.Context(), models.Camera{URL: "::"})))
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// hostile serves one connection at a time with talk.
func hostile(t *testing.T, talk func(net.Conn)) models.Camera {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			talk(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return models.Camera{ID: "bad", URL: "rtsp://" + l.Addr().String() + "/live", Username: "u", Password: "p"}
}

func TestSurvivesHostileServers(t *testing.T) {
	ok := "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
	read := func(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) }
	untilClosed := func(c net.Conn) {
		for {
			if _, err := c.Read(make([]byte, 4096)); err != nil {
				return
			}
		}
	}
	say := func(text string) func(net.Conn) {
		return func(c net.Conn) { read(c); _, _ = c.Write([]byte(text)); untilClosed(c) }
	}
	sdp := func(body string) func(net.Conn) {
		return func(c net.Conn) {
			read(c)
			_, _ = c.Write([]byte(ok))
			read(c)
			_, _ = c.Write([]byte("RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: " +
				strconv.Itoa(len(body)) + "\r\n\r\n" + body))
			untilClosed(c)
		}
	}
	tests := []struct {
		name string
		talk func(net.Conn)
		want []Reason
	}{
		{"nothing", untilClosed, []Reason{Silent}},
		{"hangs up", func(net.Conn) {}, []Reason{Ended}},
		{"another protocol", say("SSH-2.0-OpenSSH_9.2\r\n"), []Reason{Garbage}},
		{"a broken answer", say("RTSP/1.0 two hundred\r\n\r\n"), []Reason{Garbage}},
		{"an endless header", say("RTSP/1.0 200 OK\r\n" + strings.Repeat("X", 1<<20)), []Reason{Garbage}},
		{"a frame too early", say("$\x00\x00\x04abcd"), []Reason{Garbage}},
		{"half an answer", func(c net.Conn) { read(c); _, _ = c.Write([]byte("RTSP/1.0 200")) }, []Reason{Garbage}},
		{"too busy", say("RTSP/1.0 503 Busy\r\nCSeq: 1\r\n\r\n"), []Reason{Rejected}},
		{"an unknown login", say("RTSP/1.0 401 No\r\nCSeq: 1\r\nWWW-Authenticate: Riddle\r\n\r\n"), []Reason{AuthRefused}},
		{"sent away", sdpRedirect(read, ok), []Reason{Rejected}},
		{"no SDP", sdp("hello"), []Reason{Garbage}},
		{"an SDP without media", sdp("v=0\r\no=- 0 0 IN IP4 0\r\ns=x\r\nt=0 0\r\n"), []Reason{NoVideo, Garbage}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := play(t, hostile(t, test.talk)).end(t)
			require.Contains(t, test.want, ReasonOf(err), "%v", err)
			require.LessOrEqual(t, len(err.Error()), maxDetail+40)
		})
	}
}

func sdpRedirect(read func(net.Conn), ok string) func(net.Conn) {
	return func(c net.Conn) {
		read(c)
		_, _ = c.Write([]byte(ok))
		read(c)
		_, _ = c.Write([]byte("RTSP/1.0 302 Moved\r\nCSeq: 2\r\nLocation: rtsp://thief.invalid/live\r\n\r\n"))
	}
}
