package ingest

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
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
	asked := camera.Model("")
	asked.Transport = models.TransportUDP // which this camera does not have
	found, picture := NewProber(home).Probe(t.Context(), asked)
	require.Equal(t, models.TransportTCP, found.Transport)
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

// rhythm sends ten pictures a second, every gop-th a key picture; 0 = never one.
func rhythm(gop int) scripted {
	return func(ctx context.Context, sink rtsp.Sink) error {
		sink.Open(models.SoundMeasure{Codec: "G711", Kept: true})
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

// alone is a camera that offers nothing else.
func alone(context.Context, models.Camera) ([]models.ProbeStream, error) { return nil, nil }

func TestProbeTakesItsTime(t *testing.T) {
	for name, c := range map[string]struct {
		gop   int
		probe time.Duration
		study time.Duration
		code  string
	}{
		"a short rhythm":    {10, 3100 * time.Millisecond, 10100 * time.Millisecond, ""},
		"a long one":        {60, 6100 * time.Millisecond, 10100 * time.Millisecond, ""},
		"one that is never": {1000, probeMost, studyMost, ""},
		"no key pictures":   {0, probeMost, studyMost, "no_key_units"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &Prober{player: rhythm(c.gop), describe: alone, now: time.Now}
				for _, look := range []struct {
					at   func(context.Context, models.Camera) (models.Probe, *models.AccessUnit)
					took time.Duration
				}{{p.Probe, c.probe}, {p.Study, c.study}} {
					found, _ := look.at(t.Context(), models.Camera{})
					require.Equal(t, c.code, found.Code)
					require.Equal(t, look.took.Milliseconds(), found.TookMs)
					require.InDelta(t, 10, found.FPS, 0.01)
					require.InDelta(t, 40_000, found.BitRate, 2000)
					require.Equal(t, []any{"G711", int64(2), int64(-1500)}, []any{found.Audio, found.Lost, *found.OffsetMs})
				}
			})
		})
	}
}

// What else there is comes from the address itself and from its twin's, each asked once; one that answers with an error has none.
func TestProbeNamesTheOtherStreams(t *testing.T) {
	const main, sub = "rtsp://192.0.2.1/Streaming/Channels/101", "rtsp://192.0.2.1/Streaming/Channels/102"
	thermal := models.ProbeStream{URL: main, Track: 2, Codec: "H.264 High", Width: 384, Height: 288}
	small := models.ProbeStream{URL: sub, Track: 1, Codec: "H.265 Main", Width: 640, Height: 360}
	said := map[string][]models.ProbeStream{main: {{URL: main, Track: 1, Codec: "H.265 Main"}, thermal}, sub: {small}}
	for name, c := range map[string]struct {
		failing string
		want    []models.ProbeStream
	}{
		"both":      {"", []models.ProbeStream{thermal, small}},
		"no twin":   {sub, []models.ProbeStream{thermal}},
		"only twin": {main, []models.ProbeStream{small}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked []string
				p := &Prober{player: rhythm(10), now: time.Now, describe: func(_ context.Context, camera models.Camera) ([]models.ProbeStream, error) {
					asked = append(asked, camera.URL+" "+camera.Username)
					if camera.URL == c.failing {
						return nil, &rtsp.Fault{Reason: rtsp.NotFound}
					}
					return slices.Clone(said[camera.URL]), nil
				}}
				found, _ := p.Probe(t.Context(), models.Camera{URL: main, Username: "u"})
				require.True(t, found.OK)
				require.Equal(t, c.want, found.Streams)
				require.Equal(t, []string{main + " u", sub + " u"}, asked)
			})
		})
	}
}

// A camera that gives no picture is asked for nothing else: a wrong password is not tried three times.
func TestProbeThatFailsAsksNoFurther(t *testing.T) {
	refusing := scripted(func(context.Context, rtsp.Sink) error { return &rtsp.Fault{Reason: rtsp.AuthRefused} })
	p := &Prober{player: refusing, now: time.Now} // describe would panic
	found, _ := p.Probe(t.Context(), models.Camera{URL: "rtsp://192.0.2.1/stream1"})
	require.Equal(t, []any{"auth_refused", false, []models.ProbeStream{}}, []any{found.Code, found.OK, found.Streams})
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

// A camera that counts from its start, and not from 1970 on, tells no time: its clock is not 126 years slow.
func TestProbeOfACameraWithoutADate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		undated := scripted(func(ctx context.Context, sink rtsp.Sink) error {
			return rhythm(10)(ctx, rtsp.Sink{Open: sink.Open, Lost: sink.Lost, Unit: func(u *models.AccessUnit) {
				u.NTP = time.Date(1900, 1, 1, 0, 3, 0, 0, time.UTC)
				sink.Unit(u)
			}})
		})
		found, _ := (&Prober{player: undated, describe: alone, now: time.Now}).Probe(t.Context(), models.Camera{})
		require.True(t, found.OK)
		require.Nil(t, found.OffsetMs)
	})
}
