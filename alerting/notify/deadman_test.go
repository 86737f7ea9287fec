package notify

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// outside is an address that hears pings.
type outside struct {
	*httptest.Server
	heard  atomic.Int64
	status atomic.Int64
}

func newOutside(t *testing.T) *outside {
	o := &outside{}
	o.status.Store(http.StatusOK)
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			t.Error("a redirect was followed")
		}
		o.heard.Add(1)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(int(o.status.Load()))
	}))
	t.Cleanup(o.Close)
	return o
}

func deadmanAt(address string, able func(context.Context) error) *Deadman {
	c := DefaultDeadman()
	c.URL, c.Timeout = address, models.Duration(2*time.Second)
	return NewDeadman(c, able, time.Now, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
}

func TestDeadmanIsHeardOnlyWhileTheHallCanWork(t *testing.T) {
	o := newOutside(t)
	var unable error
	d := deadmanAt(o.URL, func(context.Context) error { return unable })
	d.turn(t.Context())
	require.EqualValues(t, 1, o.heard.Load())
	require.NotZero(t, d.Status().SentAt)

	unable = errors.New("the store refuses writes")
	d.turn(t.Context())
	require.EqualValues(t, 1, o.heard.Load(), "silence says it")
	s := d.Status()
	require.Equal(t, "the store refuses writes", s.Unable)
	require.NotZero(t, s.Since)

	unable = nil
	d.turn(t.Context())
	require.EqualValues(t, 2, o.heard.Load())
	require.Empty(t, d.Status().Unable)
	require.Zero(t, d.Status().Since)
}

func TestDeadmanSaysThatItIsNotHeard(t *testing.T) {
	o := newOutside(t)
	d := deadmanAt(o.URL+"/secret-token", func(context.Context) error { return nil })
	for status, what := range map[int64]string{302: "302", 404: "404", 500: "500"} {
		o.status.Store(status)
		d.turn(t.Context())
		require.Contains(t, d.Status().Fault, what)
	}
	since := d.Status().Since
	require.NotZero(t, since)
	o.Close()
	d.turn(t.Context())
	require.NotEmpty(t, d.Status().Fault)
	require.NotContains(t, d.Status().Fault, "secret-token")
	require.Equal(t, since, d.Status().Since, "since the first time")
}

func TestDeadmanTurnsEachMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := 0
		d := deadmanAt("http://192.0.2.1/", func(ctx context.Context) error {
			turns++
			<-ctx.Done() // a hall that hangs is one that cannot work
			return ctx.Err()
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		time.Sleep(10*time.Minute + time.Second)
		synctest.Wait()
		require.Equal(t, 11, turns, "one at once and one a minute")
		stop()
		require.ErrorIs(t, <-ended, context.Canceled)
		require.Equal(t, "context deadline exceeded", d.Status().Unable)
	})
}

func TestDeadmanOff(t *testing.T) {
	d := deadmanAt("", func(context.Context) error { t.Error("asked"); return nil })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, d.Run(ctx), context.Canceled)
	require.True(t, d.Status().Off)
}

func TestDeadmanSettings(t *testing.T) {
	ok := DefaultConfig()
	require.NoError(t, ok.Validate())
	ok.Deadman.URL = "https://outside.example/ping/token"
	require.NoError(t, ok.Validate())
	for field, spoil := range map[string]func(*DeadmanConfig){
		"url":     func(c *DeadmanConfig) { c.URL = "ftp://outside.example" },
		"every":   func(c *DeadmanConfig) { c.Every = models.Duration(time.Millisecond) },
		"timeout": func(c *DeadmanConfig) { c.Timeout = models.Duration(time.Hour) },
	} {
		c := ok
		spoil(&c.Deadman)
		err := c.Validate()
		var e *models.Error
		require.ErrorAs(t, err, &e, field)
		require.Equal(t, "notify.deadman."+field, e.Field)
	}
}
