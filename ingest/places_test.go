package ingest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDoubtfulCamerasShareAQuarterOfThePlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(8)
		began := time.Now()
		served := make(chan time.Duration, 100)
		for range 20 {
			go func() { // a doubtful camera that never answers: it holds its place for as long as it may
				_, err := p.take(t.Context(), true)
				if err == nil {
					served <- time.Since(began)
				}
			}()
		}
		synctest.Wait()
		require.Len(t, served, 2)
		for range 6 { // the others have all the rest at once
			place, err := p.take(t.Context(), false)
			require.NoError(t, err)
			defer place.leave()
		}
		require.Zero(t, time.Since(began))
		time.Sleep(9 * time.Second)
		synctest.Wait()
		require.Len(t, served, 20, "and are done in their turn")
		time.Sleep(greetMost)
		synctest.Wait()
		require.Empty(t, p.doubtful)
		require.Empty(t, p.all, "a place held too long is free by itself")
	})
}

func TestAPlaceIsGivenBackOnce(t *testing.T) {
	p := newPlaces(1)
	require.Equal(t, 1, cap(p.doubtful))
	place, err := p.take(t.Context(), true)
	require.NoError(t, err)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, doubtful := range []bool{true, false} {
		_, err = p.take(ended, doubtful)
		require.ErrorIs(t, err, context.Canceled)
	}
	place.leave()
	place.leave()
	require.False(t, place.late.Load())
	place, err = p.take(t.Context(), false)
	require.NoError(t, err)
	_, err = p.take(ended, true)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, p.doubtful, "who gives up holds nothing")
	place.leave()
}
