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
	written := make(chan string, 10)
	when := func(what string) func() { return func() { written <- what } }
	known, err := h.Push(t.Context(), "weather", []byte(`{"temp":21.5,"hum":40}`), when("both"))
	require.NoError(t, err)
	require.True(t, known)
	eventually(t, "both", func() bool {
		return slices.Equal(h.values("t"), []float64{21.5}) && slices.Equal(h.values("h"), []float64{40})
	})
	require.Equal(t, models.SensorOK, h.status("t").State)
	require.Equal(t, "both", <-written, "once for both")
	known, err = h.Push(t.Context(), "nobody", []byte("1"), when("nobody"))
	require.NoError(t, err)
	require.False(t, known)
	eventually(t, "a person can make a sensor of it", func() bool { return len(h.Heard("nobody")) == 1 })
	require.Equal(t, "nobody", <-written)
	_, err = h.Push(t.Context(), "weather", make([]byte, maxPayload+1), when("large"))
	require.NoError(t, err)
	eventually(t, "it is shown", func() bool { return h.status("t").LastFault == "too_large" })
	require.Equal(t, "large", <-written)
	require.Empty(t, written)
}

func TestAPushWaitsForNobodyForLong(t *testing.T) {
	c := NewClient(DefaultConfig(), slog.New(slog.DiscardHandler), prometheus.NewRegistry(), nil, nil)
	for range queueLength {
		c.push(message{})
	}
	_, err := c.Push(t.Context(), "w", []byte("1"), nil)
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Push(ctx, "w", []byte("1"), nil)
	require.ErrorIs(t, err, context.Canceled)
}
