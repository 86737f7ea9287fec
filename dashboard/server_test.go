package dashboard

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

// stream opens the stream of changes; the reader gives it line by line.
func (p *person) stream(query string, headers ...string) *bufio.Scanner {
	p.hall.t.Helper()
	req, err := http.NewRequestWithContext(p.hall.t.Context(), "GET", p.hall.url+"/api/v1/changes/stream"+query, nil)
	require.NoError(p.hall.t, err)
	req.AddCookie(p.cookie)
	req.Header.Set("Accept-Encoding", "gzip")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(p.hall.t, err)
	p.hall.t.Cleanup(func() { resp.Body.Close() })
	require.Equal(p.hall.t, http.StatusOK, resp.StatusCode)
	require.Empty(p.hall.t, resp.Header.Get("Content-Encoding"), "a compressed stream comes in lumps")
	return bufio.NewScanner(resp.Body)
}

// find reads on to a line that begins with what.
func find(t *testing.T, lines *bufio.Scanner, what string) string {
	t.Helper()
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), what) {
			return lines.Text()
		}
	}
	t.Fatalf("the stream ended before %q: %v", what, lines.Err())
	return ""
}

func TestTheStreamThroughTheWholeServer(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Viewer)
	last, err := h.store.LastChange(t.Context())
	require.NoError(t, err)
	lines := p.stream("")
	find(t, lines, "event: heartbeat")
	require.NoError(t, h.store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.PutAlert(models.Alert{ID: "01Z", Fingerprint: "z", State: models.AlertOpen})
	}))
	find(t, lines, "event: change")
	require.Contains(t, find(t, lines, "data: "), `"entity":"01Z"`)
	h.server.Publish(models.Reading{Sensor: "water", Value: 1.5, At: 1})
	find(t, lines, "event: reading")

	resumed := p.stream("?since=0", "Last-Event-ID", "1")
	find(t, resumed, "event: change")
	require.Equal(t, "id: 2", find(t, resumed, "id: "), "what the browser has seen last counts, not its first address")
	require.NotZero(t, last)
}

func TestLiveVideoTellsWhyNot(t *testing.T) {
	h := openHall(t)
	for _, c := range []struct {
		path string
		who  *person
		code websocket.StatusCode
	}{
		{"/api/v1/cameras/gate/live", &person{hall: h}, 4401},
		{"/api/v1/cameras/gate/live", h.as(models.GridWorker), 4403},
		{"/api/v1/cameras/nothing/live", h.as(models.Viewer), 4404},
	} {
		_, _, err := c.who.watch(c.path).Read(t.Context())
		require.Equal(t, c.code, websocket.CloseStatus(err), "%s: %v", c.path, err)
	}
}

func (p *person) watch(path string) *websocket.Conn {
	p.hall.t.Helper()
	header := http.Header{}
	if p.cookie != nil {
		header.Set("Cookie", p.cookie.String())
	}
	conn, _, err := websocket.Dial(p.hall.t.Context(), p.hall.url+path, &websocket.DialOptions{HTTPHeader: header})
	require.NoError(p.hall.t, err)
	p.hall.t.Cleanup(func() { conn.CloseNow() })
	return conn
}

// A stop with streams open is quick and leaves nothing behind (goleak looks at the rest).
func TestStopWithOpenStreams(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Viewer)
	lines := p.stream("")
	find(t, lines, "event: heartbeat")
	conn := p.watch("/api/v1/cameras/gate/live")
	require.Eventually(t, func() bool {
		return strings.Contains(p.do("GET", "/metrics", "").body, "zhihui_live_viewers 1\n")
	}, 5*time.Second, 10*time.Millisecond)
	begun := time.Now()
	h.stop()
	require.Less(t, time.Since(begun), 3*time.Second)
	for lines.Scan() {
	}
	_, _, err := conn.Read(t.Context())
	require.Error(t, err)
}

func TestHealthAndReadiness(t *testing.T) {
	fault := errors.New("the site is not seeded")
	h := openHall(t, func(_ *Config, d *Deps) { d.Ready = func(context.Context) error { return fault } })
	p := &person{hall: h}
	require.Equal(t, http.StatusOK, p.do("GET", "/healthz", "").code)
	got := p.do("GET", "/readyz", "")
	require.Equal(t, http.StatusServiceUnavailable, got.code)
	require.NotContains(t, got.body, "seeded")
	fault = nil
	require.Equal(t, http.StatusOK, p.do("GET", "/readyz", "").code)
	require.Contains(t, p.do("GET", "/metrics", "").body, "zhihui_capture_to_wall_seconds_count 0")
}

func TestAnAddressInUseIsToldAtOnce(t *testing.T) {
	h := openHall(t)
	cfg := DefaultConfig()
	cfg.Listen = h.server.Addr()
	_, err := New(cfg, Deps{Store: h.store, Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler)})
	require.ErrorContains(t, err, cfg.Listen)
	cfg.Listen = "nowhere"
	_, err = New(cfg, Deps{})
	require.Equal(t, models.Invalid, models.CodeOf(err))
}

func TestPanicsStayInside(t *testing.T) {
	h := openHall(t, func(_ *Config, d *Deps) { d.Alerts = nil })
	got := h.as(models.Operator).do("POST", "/api/v1/alerts/01A/acknowledge", "")
	require.Equal(t, http.StatusInternalServerError, got.code)
	require.Contains(t, got.body, `"code":"internal"`)
	require.NotContains(t, got.body, "nil pointer")
	h.stop()
	require.Contains(t, h.log.String(), "nil pointer")
}

func TestTheAPIIsCompressed(t *testing.T) {
	h := openHall(t)
	got := h.as(models.Viewer).do("GET", "/api/v1/overview", "", "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", got.header.Get("Content-Encoding"))
	require.Equal(t, "no-store", got.header.Get("Cache-Control"))
	_, err := io.ReadAll(strings.NewReader(got.body))
	require.NoError(t, err)
}

func TestABodyThatNeverEndsIsCutOff(t *testing.T) {
	read := make(chan error, 1)
	srv := httptest.NewServer(impatient(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		read <- err
	}), 50*time.Millisecond, time.Minute))
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /api/v1/session HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{")
	require.NoError(t, err)
	require.ErrorIs(t, <-read, os.ErrDeadlineExceeded)
	_, err = io.ReadAll(conn)
	require.NoError(t, err, "and the connection is closed")
}

// Strangers who ask for a page and never read it must not keep their connections.
func TestAnAnswerThatNobodyReadsIsCutOff(t *testing.T) {
	wrote := make(chan error, 1)
	srv := httptest.NewServer(impatient(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for err == nil {
			_, err = w.Write(make([]byte, 64<<10))
		}
		wrote <- err
	}), time.Minute, 50*time.Millisecond))
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	require.NoError(t, err)
	require.ErrorIs(t, <-wrote, os.ErrDeadlineExceeded)
}
