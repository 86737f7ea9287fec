package main

import (
	"fmt"
	"hash/fnv"
	"math"
	"time"
)

// chance is a number 0…1 that depends on the seed and the words alone: nothing here remembers what was drawn before, so
// every round of a script, begun wherever, is like every other.
func chance(seed uint64, words ...any) float64 {
	h := fnv.New64a()
	fmt.Fprintln(h, append([]any{seed}, words...)...)
	x := h.Sum64() // FNV leaves the last words in the low bits: mixed as in SplitMix64
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return float64((x^x>>31)>>11) / (1 << 53)
}

// gustEvery is about how long a gust lasts.
const gustEvery = 7 * time.Second

// gust is how strong a gust blows at a moment of the loop, 0…1: most of the time hardly, seldom fully, and never from one
// moment to the next.
func gust(seed uint64, name string, at, loop time.Duration) float64 {
	cells := max(1, int(loop/gustEvery))
	cell := loop / time.Duration(cells)
	i, within := int(at/cell), float64(at%cell)/float64(cell)
	peak := func(i int) float64 { return math.Pow(chance(seed, name, "gust", i%cells), 3) }
	smooth := within * within * (3 - 2*within)
	return peak(i) + (peak(i+1)-peak(i))*smooth
}
