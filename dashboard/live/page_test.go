package live

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// wire is a connection that takes everything at once.
type wire struct {
	mu     sync.Mutex
	sent   bytes.Buffer
	header http.Header
}

func (w *wire) Header() http.Header { return w.header }
func (w *wire) WriteHeader(int)     {}
func (w *wire) Flush()              {}
func (w *wire) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent.Write(b)
}
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

func (w *wire) count(s string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Count(w.sent.String(), s)
}

func TestAHeartbeatEveryFiveSeconds(t *testing.T) {
	st := openStore(t) // outside the bubble: its goroutines are not ours
	synctest.Test(t, func(t *testing.T) {
		f, err := NewFeed(context.Background(), st, slog.New(slog.DiscardHandler), time.Now, prometheus.NewRegistry())
		require.NoError(t, err)
		ctx, stop := context.WithCancel(t.Context())
		w := &wire{header: http.Header{}}
		ended := make(chan error)
		go func() { ended <- f.Follow(ctx, w, FromNow, models.User{}) }()
		for i := range 5 {
			time.Sleep(heartbeat)
			synctest.Wait()
			require.Equal(t, i+2, w.count("event: heartbeat"), "one at once and one each 5 seconds")
		}
		stop()
		require.NoError(t, <-ended)
	})
}

// A page whose person may see something else now reads its lists again, and resumes where it was.
func TestAPageOfAnotherScopeReadsTheListsAgain(t *testing.T) {
	st := openStore(t)
	put(t, st, "A")
	f, err := NewFeed(t.Context(), st, slog.New(slog.DiscardHandler), time.Now, prometheus.NewRegistry())
	require.NoError(t, err)
	ctx, end := context.WithCancelCause(t.Context())
	w := &wire{header: http.Header{}}
	ended := make(chan error)
	go func() { ended <- f.Follow(ctx, w, FromNow, models.User{}) }()
	require.Eventually(t, func() bool { return w.count("event: heartbeat") == 1 }, 5*time.Second, time.Millisecond)
	end(ErrOtherScope)
	require.NoError(t, <-ended)
	require.Equal(t, 1, w.count("event: reset\nid: 1\ndata: {\"last\":1}\n\n"))
}
