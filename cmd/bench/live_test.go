package main

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// A viewer that gets no more picture looks again; one that may not look gives up.
func TestLook(t *testing.T) {
	var visits atomic.Int64
	h := pretend(t, map[string]func(http.ResponseWriter, *http.Request){
		"/api/v1/changes/stream": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "event: heartbeat\ndata: {\"last\":1}\n\nevent: change\ndata: {\"topic\":\"camera\",\"entity\":\"c1\",\"data\":{\"state\":\"offline\"}}\n\n")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"/api/v1/cameras/c1/live": func(w http.ResponseWriter, r *http.Request) {
			conn, err := websocket.Accept(w, r, nil)
			if err != nil {
				return
			}
			defer conn.CloseNow()
			code := websocket.StatusCode(4503)
			if visits.Add(1) == 3 {
				code = 4403
			}
			for _, fragment := range [][]byte{box("mdat", nalus([]byte{0x41})), box("mdat", nalus([]byte{0x65}))} {
				_ = conn.Write(r.Context(), websocket.MessageBinary, fragment) // the test sees what came
			}
			_ = conn.Close(code, "")
		},
	})
	b := newBench(t)
	begun := time.Now()
	w := newWatch(b.ctx)
	w.group.Go(func() error { return w.changes(h) })
	w.group.Go(func() error { return w.look(h, h.client, "c1") })
	require.Eventually(t, func() bool { return w.failed() != nil }, 10*time.Second, 10*time.Millisecond)
	require.ErrorContains(t, w.failed(), "camera c1")
	w.stop()
	require.Len(t, w.pictures["c1"], 3, "one picture a visit that needs no other")
	_, ok := w.offline("c1", begun)
	require.True(t, ok)
}
