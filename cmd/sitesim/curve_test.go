package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func curveOf(pairs ...float64) Curve {
	var c Curve
	for i := 0; i < len(pairs); i += 2 {
		c = append(c, CurvePoint{Span(pairs[i] * float64(time.Second)), pairs[i+1]})
	}
	return c
}

func TestCurveValue(t *testing.T) {
	for _, tc := range []struct {
		name  string
		curve Curve
		at    time.Duration
		want  float64
	}{
		{"one point is a constant", curveOf(3, 7), 90 * time.Second, 7},
		{"one point, before it", curveOf(3, 7), 0, 7},
		{"at a point", curveOf(0, 1, 10, 2, 20, 5), 10 * time.Second, 2},
		{"between two", curveOf(0, 1, 10, 2, 20, 5), 15 * time.Second, 3.5},
		{"after the last it goes to the first", curveOf(0, 1, 60, 5), 80 * time.Second, 3},
		{"before the first it comes from the last", curveOf(20, 2, 80, 6), 0, 4},
		{"the end of the round", curveOf(20, 2, 80, 6), 100*time.Second - 1, 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.InDelta(t, tc.want, tc.curve.Value(tc.at, 100*time.Second), 1e-6)
		})
	}
}

// However the curve is made, it stays within its points and does not jump, at the end of the round neither.
func TestCurveNeverJumps(t *testing.T) {
	const loop = 100
	rapid.Check(t, func(t *rapid.T) {
		var c Curve
		for _, at := range rapid.SliceOfNDistinct(rapid.IntRange(0, loop-1), 1, 6, rapid.ID).Draw(t, "at") {
			c = append(c, curveOf(float64(at), rapid.Float64Range(-10, 10).Draw(t, "value"))...)
		}
		for i := range c { // in order of time
			for j := range c[:i] {
				if c[i].At < c[j].At {
					c[i], c[j] = c[j], c[i]
				}
			}
		}
		before := c.Value((loop*time.Second)-time.Millisecond, loop*time.Second)
		for at := time.Duration(0); at < loop*time.Second; at += time.Second / 2 {
			v := c.Value(at, loop*time.Second)
			require.LessOrEqual(t, v, 10.0)
			require.GreaterOrEqual(t, v, -10.0)
			if at == 0 {
				require.InDelta(t, before, v, 0.03)
			}
		}
	})
}
