package live

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	amp4 "github.com/abema/go-mp4"
	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4/mp4test"
)

// openRooms serves rooms whose cameras are tapes by name; opened counts how often each was subscribed to.
func openRooms(t *testing.T, tapes map[string]*tape) (rooms *Rooms, url string, opened map[string]int) {
	t.Helper()
	opened = map[string]int{}
	rooms = NewRooms(func(camera string) (UnitReader, error) {
		c, ok := tapes[camera]
		if !ok {
			return nil, models.Errorf(models.NotFound, "no such camera")
		}
		opened[camera]++
		return c, nil
	}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var allowed error
		if r.URL.Query().Has("stranger") {
			allowed = models.Errorf(models.Unauthenticated, "log in first")
		}
		rooms.View(r.Context(), w, r, Visit{Camera: strings.TrimPrefix(r.URL.Path, "/"), Refused: allowed})
	}))
	t.Cleanup(func() { rooms.Close(); srv.Close() })
	return rooms, srv.URL, opened
}

// screen is a browser's end of a WebSocket.
type screen struct {
	t    *testing.T
	conn *websocket.Conn
}

func look(t *testing.T, url string) *screen {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url, nil)
	require.NoError(t, err)
	conn.SetReadLimit(-1)
	t.Cleanup(func() { conn.CloseNow() })
	return &screen{t, conn}
}

// read returns the next message; text is empty for a binary one.
func (s *screen) read() (text string, b []byte, err error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	kind, b, err := s.conn.Read(ctx)
	if kind == websocket.MessageText {
		return string(b), nil, err
	}
	return "", b, err
}

// record reads n fragments and returns them behind their initialisation segment, and the names of the codecs.
func (s *screen) record(n int) (film []byte, mimes []string) {
	s.t.Helper()
	for n > 0 {
		text, b, err := s.read()
		require.NoError(s.t, err)
		switch {
		case text != "":
			var m struct{ Mime string }
			require.NoError(s.t, json.Unmarshal([]byte(text), &m))
			mimes = append(mimes, m.Mime)
		case string(b[4:8]) == "moof":
			n--
		}
		film = append(film, b...)
	}
	return film, mimes
}

// watch plays the units and records each as it comes, so that however slow this machine is the viewer never is.
func (s *screen) watch(camera *tape, units []*models.AccessUnit) (film []byte, mimes []string) {
	s.t.Helper()
	for _, u := range units {
		camera.play(s.t, u)
		part, names := s.record(1)
		film, mimes = append(film, part...), append(mimes, names...)
	}
	return film, mimes
}

// frame is what ffprobe says of one decoded picture.
type frame struct {
	Time string `json:"pts_time"`
	Key  int    `json:"key_frame"`
}

func (f frame) seconds(t *testing.T) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(f.Time, 64)
	require.NoError(t, err)
	return v
}

func probe(t *testing.T, film []byte) (frames []frame) {
	t.Helper()
	if _, err := exec.LookPath("ffprobe"); err != nil {
		t.Skip("ffprobe judges the film and is not installed")
	}
	file := filepath.Join(t.TempDir(), "film.mp4")
	require.NoError(t, os.WriteFile(file, film, 0o600))
	cmd := exec.Command("ffprobe", "-v", "error", "-show_frames", "-of", "json", file)
	var fault strings.Builder
	cmd.Stderr = &fault
	out, err := cmd.Output()
	require.NoError(t, err)
	require.Empty(t, fault.String(), "every picture can be decoded")
	var answer struct{ Frames []frame }
	require.NoError(t, json.Unmarshal(out, &answer))
	return answer.Frames
}

func TestABrowserCanPlayWhatComes(t *testing.T) {
	for _, c := range []struct {
		name  string
		codec models.Codec
		mime  string
		more  []string
	}{
		{"H.264", models.H264, `video/mp4; codecs="avc1.42c0`, []string{"-profile:v", "baseline"}},
		{"H.264 with B-frames", models.H264, `video/mp4; codecs="avc1.6400`, []string{"-bf", "2"}},
		{"H.265", models.H265, `video/mp4; codecs="hvc1.1.6.L`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			film := mp4test.Footage(t, c.codec, "320x180", "5", c.more...)
			camera := newTape()
			_, url, _ := openRooms(t, map[string]*tape{"c1": camera})
			s := look(t, url+"/c1")
			played, mimes := s.watch(camera, film)
			require.Len(t, mimes, 1)
			require.Contains(t, mimes[0], c.mime)

			frames := probe(t, played)
			require.Len(t, frames, len(film))
			require.Equal(t, 1, frames[0].Key)
			var mvhd amp4.Mvhd
			box := bytes.Index(played, []byte("mvhd"))
			_, err := amp4.Unmarshal(bytes.NewReader(played[box+4:]), 100, &mvhd, amp4.Context{})
			require.NoError(t, err)
			require.EqualValues(t, math.MaxInt32, mvhd.DurationV0, "or Chrome drops what comes late")
			require.InDelta(t, 4.9, frames[len(frames)-1].seconds(t), 0.3, "it lasts as long as at the camera")
		})
	}
}

// A late viewer sees a picture at once: the running group is sent from its key picture. One camera, one muxer.
func TestALateViewerSeesAPictureAtOnce(t *testing.T) {
	film := mp4test.Footage(t, models.H264, "320x180", "4")
	camera := newTape()
	rooms, url, opened := openRooms(t, map[string]*tape{"c1": camera})
	first := look(t, url+"/c1")
	first.watch(camera, film[:26])

	late := look(t, url+"/c1")
	part, _ := late.record(6) // 20 to 25, without a further unit from the camera
	frames := probe(t, part)
	require.Len(t, frames, 6)
	require.Equal(t, 1, frames[0].Key)
	require.Equal(t, "0.000000", frames[0].Time, "each viewer has its own time line")
	require.Equal(t, 1, opened["c1"])
	require.EqualValues(t, 2, testutil.ToFloat64(rooms.metrics.viewers))

	first.conn.CloseNow()
	late.conn.CloseNow()
	select {
	case <-camera.closed:
	case <-time.After(10 * time.Second):
		t.Fatal("the camera is still read though nobody looks")
	}
}

func TestAGapIsNeverShown(t *testing.T) {
	film := mp4test.Footage(t, models.H264, "320x180", "6")
	camera := newTape()
	_, url, _ := openRooms(t, map[string]*tape{"c1": camera})
	s := look(t, url+"/c1")
	// Pictures 25 to 27 are lost: nothing before the key picture 40 can be decoded.
	before, _ := s.watch(camera, film[:25])
	for _, u := range film[28:40] {
		camera.play(t, u)
	}
	after, _ := s.watch(camera, film[40:])
	frames := probe(t, append(before, after...))
	require.Len(t, frames, 45)
	require.Equal(t, 1, frames[25].Key)
	require.InDelta(t, 0.1, frames[25].seconds(t)-frames[24].seconds(t), 0.06, "no hole in the time line")
}

func TestNewParametersBringANewHeader(t *testing.T) {
	small, large := mp4test.Footage(t, models.H264, "320x180", "2"), mp4test.Footage(t, models.H264, "640x360", "2")
	for i, u := range large {
		u.Session, u.Seq = 2, uint64(len(small)+i+1)
	}
	camera := newTape()
	_, url, _ := openRooms(t, map[string]*tape{"c1": camera})
	s := look(t, url+"/c1")
	played, mimes := s.watch(camera, append(small, large...))
	require.Len(t, mimes, 2)
	second := strings.LastIndex(string(played), "ftyp") - 4
	require.Len(t, probe(t, played[:second]), len(small))
	require.Len(t, probe(t, played[second:]), len(large))
}

func TestWhyThereIsNoPicture(t *testing.T) {
	ended := newTape()
	close(ended.units)
	_, url, _ := openRooms(t, map[string]*tape{"ended": ended})
	for path, want := range map[string]websocket.StatusCode{
		"/nobody":         closedNotFound,
		"/ended":          closedUnavailable,
		"/ended?stranger": closedUnauthenticated,
	} {
		_, _, err := look(t, url+path).read()
		require.Equal(t, want, websocket.CloseStatus(err), path)
	}
	resp, err := http.Get(url + "/ended")
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, http.StatusUpgradeRequired, resp.StatusCode)
}

func TestOtherSitesMayNotLook(t *testing.T) {
	_, url, _ := openRooms(t, map[string]*tape{"c1": newTape()})
	_, resp, err := websocket.Dial(t.Context(), url+"/c1", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"https://evil.example"}}})
	require.Error(t, err)
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
}

func TestASlowViewerDisturbsNobody(t *testing.T) {
	film := mp4test.Footage(t, models.H264, "1280x720", "8", "-qp", "10")
	camera := newTape()
	_, url, _ := openRooms(t, map[string]*tape{"c1": camera})
	slow, quick := look(t, url+"/c1"), look(t, url+"/c1")
	quick.watch(camera, film)
	slow.record(1) // what it gets it gets in one piece
}
