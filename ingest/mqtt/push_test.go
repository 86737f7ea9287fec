package mqtt

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestAPushedPayloadIsLikeOneThatCame(t *testing.T) {
	h := start(t, DefaultConfig(), sensor("t", "weather", "temp"), sensor("h", "weather", "hum"))
	known, err := h.Push(t.Context(), "weather", []byte(`{"temp":21.5,"hum":40}`))
	require.NoError(t, err)
	require.True(t, known)
	eventually(t, "both", func() bool {
		return slices.Equal(h.values("t"), []float64{21.5}) && slices.Equal(h.values("h"), []float64{40})
	})
	require.Equal(t, models.SensorOK, h.status("t").State)
	known, err = h.Push(t.Context(), "nobody", []byte("1"))
	require.NoError(t, err)
	require.False(t, known)
	eventually(t, "a person can make a sensor of it", func() bool { return len(h.Heard("nobody")) == 1 })
	_, err = h.Push(t.Context(), "weather", make([]byte, maxPayload+1))
	require.NoError(t, err)
	eventually(t, "it is shown", func() bool { return h.status("t").LastFault == "too_large" })
}

func TestAPushWaitsForNobodyForLong(t *testing.T) {
	c := NewClient(DefaultConfig(), slog.New(slog.DiscardHandler), prometheus.NewRegistry(), nil, nil)
	for range queueLength {
		c.push(message{})
	}
	_, err := c.Push(t.Context(), "w", []byte("1"))
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Push(ctx, "w", []byte("1"))
	require.ErrorIs(t, err, context.Canceled)
}
