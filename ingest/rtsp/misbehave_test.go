package rtsp

import (
	"context"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

func TestProbeBelievesOnlyRTSP(t *testing.T) {
	for mode, want := range map[rtsptest.Mode]Reason{
		rtsptest.Mute: Silent, rtsptest.Trickle: Silent, rtsptest.Babble: Garbage, rtsptest.HangUp: Ended,
		rtsptest.Play: "", rtsptest.Silent: "",
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			camera := rtsptest.NewRaw(t, mode).Model("gate")
			camera.Username, camera.Password = "operator", "secret" // which a probe does not carry
			began := time.Now()
			err := testSource().Probe(t.Context(), camera)
			require.Less(t, time.Since(began), 5*time.Second)
			if want == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, want, ReasonOf(err), "%v", err)
		})
	}
}

func TestProbeEndsWithItsContext(t *testing.T) {
	camera := rtsptest.NewRaw(t, rtsptest.Mute).Model("gate")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	began := time.Now()
	require.Error(t, testSource().Probe(ctx, camera))
	require.Less(t, time.Since(began), probeWait)
}

// What a camera goes over to in mid-stream ends the stream at once, and says why.
func TestAStreamThatChangesEndsByName(t *testing.T) {
	for _, mode := range []rtsptest.Mode{rtsptest.Recode, rtsptest.Restart} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			p := play(t, rtsptest.NewRaw(t, mode).Model("gate"))
			require.Equal(t, Changed, ReasonOf(p.end(t)))
			require.Len(t, p.units, 10)
		})
	}
}

func TestForeign(t *testing.T) {
	h264 := [][]byte{{0x67, 100}, {0x68, 0xEE}, {0x65, 0x88}, {0x41, 0x9A}, {0x06, 5}, {0x09, 0xF0}, {0x7C, 0x85}, {0x5C, 0x41}, {0x78, 0}, {0x01, 0x9A}}
	h265 := [][]byte{{0x40, 1}, {0x42, 1}, {0x44, 1}, {0x26, 1}, {0x02, 1}, {0x4E, 1}, {0x62, 1}, {0x60, 1}, {0x00, 1}, {0x46, 1}, {0x02, 2}}
	for _, payload := range h264 {
		require.False(t, foreign(models.H264, payload), "%x", payload)
	}
	for _, payload := range h265 {
		require.False(t, foreign(models.H265, payload), "%x", payload)
	}
	for _, payload := range [][]byte{{0x67, 100}, {0x65, 0x88}, {0x41, 0x9A}, {0x7C, 0x85}, {0x78, 0}} {
		require.True(t, foreign(models.H265, payload), "%x", payload)
	}
	for _, payload := range [][]byte{{0x40, 1}, {0x60, 1}} {
		require.True(t, foreign(models.H264, payload), "%x", payload)
	}
	require.False(t, foreign(models.H264, nil))
	require.False(t, foreign(models.H265, []byte{0x41}))
}

// A camera that answers no keep-alive, and asks for one each second, plays on.
func TestADeafCameraPlaysOn(t *testing.T) {
	t.Parallel()
	camera := rtsptest.NewRaw(t, rtsptest.Deaf, "Session: 1;timeout=1")
	p := play(t, camera.Model("gate"))
	require.Eventually(t, func() bool { return len(p.units) >= 60 }, 20*time.Second, 10*time.Millisecond)
	require.Empty(t, p.ended)
}

// A session timeout of 136 years would overflow in gortsplib: its timer would send keep-alives without a pause.
func TestAnEndlessSessionTimeoutIsNoFlood(t *testing.T) {
	for _, test := range []struct{ says, becomes base.HeaderValue }{
		{base.HeaderValue{"1;timeout=4294967295"}, base.HeaderValue{"1"}},
		{base.HeaderValue{"1;timeout=60"}, base.HeaderValue{"1;timeout=60"}},
		{base.HeaderValue{"1"}, base.HeaderValue{"1"}},
		{nil, nil},
	} {
		answer := &base.Response{Header: base.Header{}}
		if test.says != nil {
			answer.Header["Session"] = test.says
		}
		p := &playback{}
		p.hear(answer)
		require.Equal(t, test.becomes, answer.Header["Session"])
		require.True(t, p.answered.Load())
	}
}

// What takes the connection and never answers a TLS handshake is left when the time is over, not held for ever.
func TestATLSHandshakeWithoutAnswerEnds(t *testing.T) {
	camera := hostile(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	camera.URL = "rtsps" + camera.URL[len("rtsp"):]
	p := play(t, camera)
	time.Sleep(200 * time.Millisecond) // into the handshake
	p.cancel(&Fault{Reason: Silent})
	require.Equal(t, Silent, ReasonOf(p.end(t)))
}

// Noise, drips and silence give no unit, hold little, and leave nothing behind.
func TestABrokenStreamGivesNothingAndLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, mode := range []rtsptest.Mode{rtsptest.Noise, rtsptest.Drip, rtsptest.Silent} {
		p := play(t, rtsptest.NewRaw(t, mode).Model("gate"))
		time.Sleep(300 * time.Millisecond)
		p.cancel(&Fault{Reason: Silent})
		require.Equal(t, Silent, ReasonOf(p.end(t)))
		require.Empty(t, p.units)
	}
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+9 }, 5*time.Second, 10*time.Millisecond,
		"the cameras themselves have three each")
}

// The picture's size may change within a session: the newest parameter sets go in front of the key unit that needs them.
func TestAChangedSizeGoesOn(t *testing.T) {
	camera := rtsptest.H264(t)
	p := play(t, camera.Model("gate"))
	sendUntilHeard(t, camera, p, rtsptest.Unit(true))
	drain(p)
	sps := append([]byte{}, rtsptest.SPS()...)
	sps[len(sps)-1]++
	camera.Send(time.Second, append([][]byte{sps, rtsptest.PPS()}, rtsptest.Unit(true)...))
	require.Equal(t, sps, p.next(t).NALUs[0])
	camera.Send(2*time.Second, rtsptest.Unit(true))
	require.Equal(t, sps, p.next(t).NALUs[0])
}
