package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestChanceIsSpreadAndKept(t *testing.T) {
	var low, high int
	sum := 0.0
	for i := range 2000 {
		v := chance(7, "cam", i)
		require.Equal(t, v, chance(7, "cam", i))
		require.GreaterOrEqual(t, v, 0.0)
		require.Less(t, v, 1.0)
		if v < 0.1 {
			low++
		} else if v > 0.9 {
			high++
		}
		sum += v
	}
	require.InDelta(t, 200, low, 60)
	require.InDelta(t, 200, high, 60)
	require.InDelta(t, 1000, sum, 60)
	require.NotEqual(t, chance(7, "a", "b"), chance(8, "a", "b"))
	require.NotEqual(t, chance(7, "a", "b"), chance(7, "ab"))
}

// Gusts swell and fall back; they do not jump, at the end of the round neither.
func TestGust(t *testing.T) {
	const loop = 10 * time.Minute
	most, sum, n := 0.0, 0.0, 0
	before := gust(3, "wind", loop-100*time.Millisecond, loop)
	for at := time.Duration(0); at < loop; at += 100 * time.Millisecond {
		v := gust(3, "wind", at, loop)
		require.InDelta(t, before, v, 0.03, at)
		before, most, sum, n = v, max(most, v), sum+v, n+1
	}
	require.Greater(t, most, 0.7, "some are strong")
	require.Less(t, sum/float64(n), 0.45, "most are not")
	require.LessOrEqual(t, gust(3, "short", 0, time.Second), 1.0)
}
