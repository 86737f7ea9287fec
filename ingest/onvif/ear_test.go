package onvif

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// Nothing is lost at once; after a minute without a word it is, once, however long the next try is away.
func TestWhenADeviceIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var lost []time.Duration
		l := NewListener(ListenerSettings{}, Hears{Lost: func(string) { lost = append(lost, time.Since(began)) }}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
		e := &ear{Listener: l, cameras: []models.Camera{{ID: "gate"}}}
		e.rest(t.Context(), time.Hour)
		require.Empty(t, lost, "it was never heard")
		e.heard = time.Now()
		began = time.Now()
		e.rest(t.Context(), 40*time.Second)
		require.Empty(t, lost)
		e.rest(t.Context(), time.Hour)
		require.Equal(t, []time.Duration{lostAfter}, lost)
		require.Equal(t, time.Hour+40*time.Second, time.Since(began), "the pause stays as long")
		e.rest(t.Context(), time.Hour)
		require.Len(t, lost, 1)
		e.heard = time.Now().Add(-2 * lostAfter) // the try itself took long
		e.rest(t.Context(), time.Second)
		require.Len(t, lost, 2)
		e.heard = time.Now()
		ctx, stop := context.WithCancel(t.Context())
		stop()
		e.rest(ctx, time.Hour)
		require.Len(t, lost, 2, "the hall stops: what holds is taken over by the next process")
	})
}
