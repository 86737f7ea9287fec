package dashboard

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4"
)

// recordMuch is record with so many bytes in one picture that no connection holds them.
func (h *hall) recordMuch(camera string, at models.Time) {
	h.t.Helper()
	var film mp4.Film
	u := key()
	u.NALUs[2] = append(u.NALUs[2], bytes.Repeat([]byte{0x55}, 24<<20)...)
	s, ok, err := film.Add(u)
	require.NoError(h.t, err)
	require.True(h.t, ok)
	s.Length = mp4.Ticks
	file := film.Header().AppendPart(bytes.Clone(film.Header().Init), 1, 0, []mp4.Sample{s})
	segment := models.Segment{Camera: camera, From: at, To: at + 1000, Bytes: int64(len(file)), Units: 1, MIME: film.Header().MIME}
	path := filepath.Join(h.dir, segment.File())
	require.NoError(h.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(h.t, os.WriteFile(path, file, 0o600))
	require.NoError(h.t, h.store.PutSegment(h.t.Context(), segment))
}

// dawdle asks and reads no more than the head of the answer, until its end.
func (p *person) dawdle(path string) (code int, end func()) {
	p.hall.t.Helper()
	narrow := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(16 << 10)
		}
		return c, err
	}}
	req, err := http.NewRequestWithContext(p.hall.t.Context(), http.MethodGet, p.hall.url+path, nil)
	require.NoError(p.hall.t, err)
	req.AddCookie(p.cookie)
	resp, err := narrow.RoundTrip(req)
	require.NoError(p.hall.t, err)
	return resp.StatusCode, func() {
		require.NoError(p.hall.t, resp.Body.Close())
		narrow.CloseIdleConnections()
	}
}

// Who takes a film away and does not read it keeps nobody else from theirs, and gets no second one meanwhile.
func TestWhoDoesNotReadKeepsNobodyElseWaiting(t *testing.T) {
	h := openHall(t)
	h.recordMuch("gate", noon)
	film := at("gate", "download", 0, "&to="+(noon+1000).String())
	operator := h.as(models.Operator)
	code, end := operator.dawdle(film)
	require.Equal(t, http.StatusOK, code)
	again := operator.do("GET", film, "")
	require.Equal(t, http.StatusTooManyRequests, again.code)
	require.Contains(t, again.body, "being sent to you already")
	require.Equal(t, http.StatusOK, h.as(models.Dispatcher).do("GET", film, "").code, "there is room for somebody else")
	end()
	require.Eventually(t, func() bool { return operator.do("GET", film, "").code == http.StatusOK }, 10*time.Second, 20*time.Millisecond)

	viewer := h.as(models.Viewer)
	piece := at("gate", "footage", 0, "")
	for range 64 {
		code, end := viewer.dawdle(piece)
		require.Equal(t, http.StatusOK, code)
		defer end()
	}
	require.Equal(t, http.StatusTooManyRequests, viewer.do("GET", piece, "").code)
	require.Equal(t, http.StatusOK, operator.do("GET", piece, "").code)
}
