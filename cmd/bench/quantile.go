package main

import (
	"math"
	"slices"
	"time"
)

// quantile returns the q-quantile by rank, 0 < q ≤ 1, in seconds; 0 for none.
func quantile(all []time.Duration, q float64) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return rounded(sorted[int(math.Ceil(q*float64(len(sorted))))-1].Seconds())
}

func p95(all []time.Duration) float64 { return quantile(all, 0.95) }

// rounded cuts a figure to what can be believed of it.
func rounded(v float64) float64 { return math.Round(v*10_000) / 10_000 }
