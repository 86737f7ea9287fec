package main

import (
	"math"
	"slices"
	"time"
)

// p95 returns the 95th percentile by rank, in seconds; 0 for none.
func p95(all []time.Duration) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return rounded(sorted[int(math.Ceil(0.95*float64(len(sorted))))-1].Seconds())
}

// rounded cuts a figure to what can be believed of it.
func rounded(v float64) float64 { return math.Round(v*10_000) / 10_000 }
