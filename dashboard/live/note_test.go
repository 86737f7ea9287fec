package live

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4/mp4test"
)

// noted serves one camera to viewers whose looks are noted.
func noted(t *testing.T, camera *tape, note func() (func(), error)) (url string) {
	rooms := NewRooms(func(string) (UnitReader, error) { return camera, nil }, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rooms.View(r.Context(), w, r, Visit{Camera: "c1", Note: note})
	}))
	t.Cleanup(func() { rooms.Close(); srv.Close() })
	return srv.URL
}

// A look is noted once, before its first picture and not before there is one; its end is noted when the viewer has gone.
func TestALookIsNoted(t *testing.T) {
	film := mp4test.Footage(t, models.H264, "64x64", "1")
	camera := newTape()
	var begun, ended atomic.Int32
	s := look(t, noted(t, camera, func() (func(), error) { begun.Add(1); return func() { ended.Add(1) }, nil }))
	camera.play(t, film[0]) // of which the length is not known yet, or it is: then it is seen
	camera.play(t, film[1])
	s.record(1)
	require.EqualValues(t, 1, begun.Load())
	s.watch(camera, film[2:6])
	require.EqualValues(t, []int32{1, 0}, []int32{begun.Load(), ended.Load()})
	require.NoError(t, s.conn.CloseNow())
	require.Eventually(t, func() bool { return ended.Load() == 1 }, 10*time.Second, 5*time.Millisecond)
}

func TestWhoseLookCannotBeNotedSeesNothing(t *testing.T) {
	film := mp4test.Footage(t, models.H264, "64x64", "1")
	camera := newTape()
	s := look(t, noted(t, camera, func() (func(), error) { return nil, models.Errorf(models.Unavailable, "it cannot be noted") }))
	camera.play(t, film[0])
	camera.play(t, film[1])
	text, b, err := s.read()
	require.Empty(t, text)
	require.Empty(t, b)
	var closed websocket.CloseError
	require.ErrorAs(t, err, &closed)
	require.Equal(t, websocket.CloseError{Code: closedUnavailable, Reason: "it cannot be noted"}, closed)
}

func TestWhoSeesNothingIsNotNoted(t *testing.T) {
	camera := newTape()
	var begun atomic.Int32
	s := look(t, noted(t, camera, func() (func(), error) { begun.Add(1); return func() {}, nil }))
	close(camera.units)
	_, _, err := s.read()
	require.Equal(t, closedUnavailable, websocket.CloseStatus(err))
	require.Zero(t, begun.Load())
}
