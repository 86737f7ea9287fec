package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestObserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		half := part{"half", func() (time.Duration, error) { return time.Since(begun) / 2, nil }}
		samples := 0
		cores, err := observe(t.Context(), 5*time.Second, []part{half}, func() error { samples++; return nil })
		require.NoError(t, err)
		require.Equal(t, map[string]float64{"half": 0.5}, cores)
		require.Equal(t, 4, samples, "at 0, 2, 4 and 5 s")
		broken := part{"broken", func() (time.Duration, error) { return 0, errors.New("gone") }}
		_, err = observe(t.Context(), time.Second, []part{broken}, nil)
		require.ErrorContains(t, err, "broken")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = observe(ctx, time.Second, nil, nil)
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		err := until(t.Context(), time.Minute, "two seconds", func() (bool, error) { return time.Since(begun) >= 2*time.Second, nil })
		require.NoError(t, err)
		require.Equal(t, 2*time.Second, time.Since(begun))
		err = until(t.Context(), time.Second, "the moon", func() (bool, error) { return false, nil })
		require.ErrorContains(t, err, "waited 1s in vain: the moon")
		boom := errors.New("boom")
		require.ErrorIs(t, until(t.Context(), time.Second, "", func() (bool, error) { return false, boom }), boom)
	})
}

func TestTrace(t *testing.T) {
	var tr trace
	for _, v := range []float64{3, 40, 2, 9, 9, 9, 9, 9, 5, 1, 6, 6} {
		tr.add(v)
	}
	require.Equal(t, []float64{3, 6, 40}, []float64{tr.first(), tr.last(), tr.most()})
	one := trace{[]float64{7}}
	require.Equal(t, []float64{7, 7, 7}, []float64{one.first(), one.last(), one.most()})
}

func TestP95(t *testing.T) {
	require.Zero(t, p95(nil))
	require.Equal(t, 2.0, p95([]time.Duration{2 * time.Second}))
	var all []time.Duration
	for n := range 100 {
		all = append(all, time.Duration(100-n)*time.Second)
	}
	require.Equal(t, 95.0, p95(all))
	require.Equal(t, 100*time.Second, all[0], "the order of the caller stays")
}
