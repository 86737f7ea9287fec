package ingest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestWhoWaitsForAProcessor(t *testing.T) {
	var long, all uint64
	w := &waits{read: func() (uint64, uint64) { return long, all }}
	for _, c := range []struct {
		long, all uint64
		want      bool
	}{
		{0, 5000, false}, {500, 5000, false}, {501, 5000, true}, {0, 5000, false}, {99, 99, false}, {11, 100, true}, {0, 0, false},
	} {
		long, all = long+c.long, all+c.all
		require.Equal(t, c.want, w.starved(), c)
	}
}

func TestTheRuntimeCountsWhoWaits(t *testing.T) {
	w := newWaits()
	long, all := w.read()
	gone := make(chan struct{}, 1000)
	for range cap(gone) {
		go func() { gone <- struct{}{} }()
	}
	for range cap(gone) {
		<-gone
	}
	longer, more := w.read()
	require.Greater(t, more, all+50, "one in eight, or more")
	require.GreaterOrEqual(t, longer, long)
	require.LessOrEqual(t, longer-long, more-all)
}

// What comes while this process has too little processor, and for a window after, says nothing of the cameras.
func TestAHallThatIsStarvedTellsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(DefaultConfig())
		began := time.Now()
		gone := func() time.Duration { return time.Since(began) }
		h.starved = func() bool { return gone() > 20*time.Second && gone() < 40*time.Second }
		var told []time.Duration
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- h.Run(ctx, func(models.StreamVital) { told = append(told, gone()) }) }()
		for range 600 {
			u := unit(1, true)
			u.ReceivedAt = time.Now()
			h.Publish(u)
			time.Sleep(100 * time.Millisecond)
			switch at := gone(); {
			case at < 20*time.Second, at > 53*time.Second:
				require.False(t, h.Starved(), at)
			case at > 22*time.Second && at < 50*time.Second:
				require.True(t, h.Starved(), at)
			}
		}
		cancel()
		require.NoError(t, <-done)
		for i, at := range told {
			require.False(t, at > 20*time.Second && at < 50*time.Second, "%d: %v", i, at)
		}
		require.Greater(t, len(told), 20)
	})
}
