package ingest

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp"
	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// home is where the tests' cameras are.
var home = models.Reach{"127.0.0.0/8"}

func TestProbeOfARealCamera(t *testing.T) {
	camera := rtsptest.H264(t)
	defer sending(camera)()
	found, picture := NewProber(home).Probe(t.Context(), camera.Model(""))
	require.True(t, found.OK, found.Code)
	require.NotNil(t, picture)
	require.True(t, picture.Key)
	require.Equal(t, []any{"H.264 High", 352, 288, int64(400), ""}, []any{found.Codec, found.Width, found.Height, found.GOPMs, found.Audio})
	require.Positive(t, found.FPS) // how many exactly is for the test with a clock of its own
	require.Positive(t, found.BitRate)
	require.Positive(t, found.FirstMs)
}

// listen answers each connection with the handler; nil leaves it alone.
func listen(t *testing.T, answer func(net.Conn)) models.Camera {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			if answer != nil {
				answer(c)
			}
		}
	}()
	t.Cleanup(func() { require.NoError(t, l.Close()); <-done })
	return models.Camera{URL: "rtsp://" + l.Addr().String() + "/live", Username: "u", Password: rtsptest.Password}
}

func TestProbeSaysWhyNot(t *testing.T) {
	camera := rtsptest.H264(t)
	wrong, path := camera.Model(""), camera.Model("")
	wrong.Password = "not-" + rtsptest.Password
	path.URL += "/elsewhere"
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	for want, c := range map[rtsp.Reason]models.Camera{
		rtsp.AuthRefused: wrong,
		rtsp.NotFound:    path,
		rtsp.Silent:      listen(t, nil),
		rtsp.Garbage:     listen(t, func(c net.Conn) { _, _ = c.Write([]byte(strings.Repeat("\x00\xff garbage \r\n", 50))) }),
		rtsp.NoVideo:     rtsptest.Opus(t).Model(""),
		rtsp.WrongCodec:  rtsptest.MJPEG(t).Model(""),
		rtsp.UnknownName: {URL: "rtsp://camera.invalid/live"},
		rtsp.Refused:     {URL: "rtsp://" + closed.Addr().String() + "/live"},
		rtsp.BadAddress:  {URL: "rtsp://operator:" + rtsptest.Password + "@127.0.0.1/live"},
	} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			found, picture := NewProber(home).Probe(t.Context(), c)
			require.Equal(t, string(want), found.Code)
			require.False(t, found.OK)
			require.NotEmpty(t, found.Reason)
			require.Nil(t, picture)
			told, err := json.Marshal(found)
			require.NoError(t, err)
			require.NotContains(t, string(told), rtsptest.Password)
		})
	}
	found, _ := NewProber(home).Probe(t.Context(), models.Camera{URL: strings.Replace(web.URL, "http", "rtsp", 1) + "/"})
	require.Equal(t, string(rtsp.Garbage), found.Code, "a web server")
}

// scripted is a camera without a network.
type scripted func(ctx context.Context, sink rtsp.Sink) error

func (s scripted) Run(ctx context.Context, _ models.Camera, sink rtsp.Sink) error {
	return s(ctx, sink)
}
func (scripted) Probe(context.Context, models.Camera) error { return nil }

func TestProbeTakesItsTime(t *testing.T) {
	rhythm := func(gop int) scripted {
		return func(ctx context.Context, sink rtsp.Sink) error {
			sink.Open("G711")
			sink.Lost(2)
			for i := 0; ; i++ {
				select {
				case <-ctx.Done():
					return context.Cause(ctx)
				case <-time.After(100 * time.Millisecond):
				}
				u := &models.AccessUnit{Codec: models.H264, Key: gop > 0 && i%gop == 0, PTS: time.Duration(i) * 100 * time.Millisecond,
					ReceivedAt: time.Now(), NTP: time.Now().Add(-1500 * time.Millisecond), NALUs: [][]byte{make([]byte, 500)}}
				sink.Unit(u)
			}
		}
	}
	for name, c := range map[string]struct {
		gop  int
		took time.Duration
		code string
	}{
		"a short rhythm":    {10, 3100 * time.Millisecond, ""},
		"a long one":        {60, 6100 * time.Millisecond, ""},
		"one that is never": {1000, probeMost, ""},
		"no key pictures":   {0, probeMost, "no_key_units"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &Prober{player: rhythm(c.gop), now: time.Now}
				found, _ := p.Probe(t.Context(), models.Camera{})
				require.Equal(t, c.code, found.Code)
				require.Equal(t, c.took.Milliseconds(), found.TookMs)
				require.InDelta(t, 10, found.FPS, 0.01)
				require.InDelta(t, 40_000, found.BitRate, 2000)
				require.Equal(t, []any{"G711", int64(2), int64(-1500)}, []any{found.Audio, found.Lost, *found.OffsetMs})
			})
		})
	}
}

func TestProbeEndsWithItsPerson(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	began := time.Now()
	found, _ := NewProber(home).Probe(ctx, listen(t, nil))
	require.Less(t, time.Since(began), 2*time.Second)
	require.False(t, found.OK)
}

// A camera's address opens nothing on this machine that was not allowed.
func TestProbeStaysInItsNetworks(t *testing.T) {
	found, _ := NewProber(nil).Probe(t.Context(), listen(t, nil))
	require.Equal(t, string(rtsp.OutOfReach), found.Code)
	require.NotEmpty(t, found.Reason)
}
