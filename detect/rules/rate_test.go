package rules

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// walked is the trail of values that come at these minutes.
func walked(r Rule, path ...[2]float64) *Trail {
	t := r.Trail()
	for _, p := range path {
		t.Add(noon.Add(time.Duration(p[0]*float64(time.Minute))), p[1])
	}
	return t
}

func TestSensorRate(t *testing.T) {
	rise := models.Rule{Kind: models.SensorRate, Above: number(0.2), Clear: number(0.1), Window: models.Duration(10 * time.Minute)}
	fall := models.Rule{Kind: models.SensorRate, Below: number(-0.2), Clear: number(-0.1)}
	both := models.Rule{Kind: models.SensorRate, Above: number(0.2), Below: number(-0.3)}
	type path = [][2]float64
	for name, c := range map[string]struct {
		rule    models.Rule
		path    path
		held    bool
		want    Reason
		change  float64
		unknown bool
	}{
		"slower than the limit":              {rise, path{{0, 1}, {10, 1.19}}, false, Within, 0, false},
		"as fast as the limit":               {rise, path{{0, 1}, {10, 1.2}}, false, Above, 0.2, false},
		"a jump counts at once":              {rise, path{{0, 1}, {1, 1.25}}, false, Above, 0.25, false},
		"far, but for long":                  {rise, path{{0, 1}, {60, 2}}, false, Within, 0, false},
		"after a gap: in a straight line":    {rise, path{{0, 1}, {60, 3}}, false, Above, 2.0 / 6, false},
		"slows down, not clear":              {rise, path{{0, 1}, {10, 1.15}}, true, Above, 0.15, false},
		"slows down, clear":                  {rise, path{{0, 1}, {10, 1.09}}, true, Within, 0, false},
		"falls, where a rise is watched":     {rise, path{{0, 1}, {10, 0}}, false, Within, 0, false},
		"came back":                          {rise, path{{0, 1}, {5, 2}, {10, 1}}, true, Within, 0, false},
		"the default window is 10 minutes":   {fall, path{{0, 1}, {10, 0.8}}, false, Below, -0.2, false},
		"falls, not clear":                   {fall, path{{0, 1}, {10, 0.85}}, true, Below, -0.15, false},
		"falls slowly":                       {fall, path{{0, 1}, {20, 0.7}}, false, Within, 0, false},
		"both limits, falls":                 {both, path{{0, 1}, {5, 0.6}}, false, Below, -0.4, false},
		"both limits, rises":                 {both, path{{0, 1}, {5, 1.3}}, false, Above, 0.3, false},
		"one reading says nothing":           {rise, path{{0, 1}}, false, Within, 0, true},
		"none neither":                       {rise, nil, true, Within, 0, true},
		"young trail: nobody knows the end":  {rise, path{{0, 1}, {9, 1}}, true, Within, 0, true},
		"a clock that goes back: no rewrite": {rise, path{{0, 1}, {20, 1}, {5, 1.25}}, false, Above, 0.25, false},
	} {
		t.Run(name, func(t *testing.T) {
			rule := ready(t, c.rule)
			v := rule.Judge(noon, Input{Trail: walked(rule, c.path...), Held: c.held, Taken: true, Unit: "m", Label: "water_level", Value: 99})
			require.Equal(t, c.want, v.Reason)
			require.Equal(t, c.want != Within, v.Holds)
			require.Equal(t, c.unknown, v.Unknown)
			require.False(t, rule.Judge(noon, Input{Trail: walked(rule, c.path...), Held: c.held}).Unknown, "it saw all of this event")
			require.InDelta(t, c.change, v.Facts.Measured, 1e-9)
			if v.Holds {
				require.EqualValues(t, 600_000, v.Facts.WindowMs)
				require.Equal(t, string(c.want), v.Facts.Reason)
				require.Equal(t, "m", v.Facts.Unit)
			}
		})
	}
}

// However often a sensor speaks, its trail is short, and tells about the same as all readings together.
func TestATrailIsShortAndTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := Rule{Rule: models.Rule{Window: models.Duration(time.Minute)}}
		trail, at := rule.Trail(), noon
		speed := rapid.Float64Range(-5, 5).Draw(t, "speed")
		value := func() float64 { return speed * at.Sub(noon).Seconds() }
		for range rapid.IntRange(1, 600).Draw(t, "readings") {
			at = at.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "pause")) * time.Millisecond)
			trail.Add(at, value())
		}
		require.LessOrEqual(t, len(trail.points), trailSteps+2)
		change, whole := trail.Change()
		span := min(time.Minute, at.Sub(trail.points[0].at))
		require.InDelta(t, speed*span.Seconds(), change, 1e-6)
		require.Equal(t, span == time.Minute, whole)
		require.False(t, math.IsNaN(change))
	})
}

func TestAChangeIsFinite(t *testing.T) {
	rule := Rule{Rule: models.Rule{Window: models.Duration(time.Minute)}}
	for _, path := range [][][2]float64{
		{{0, -math.MaxFloat64}, {0.5, math.MaxFloat64}}, {{0, math.MaxFloat64}, {2, -math.MaxFloat64}}, {{0, 1e300}, {0.5, 2e300}},
	} {
		change, _ := walked(rule, path...).Change()
		require.False(t, math.IsNaN(change) || math.IsInf(change, 0), path)
	}
}

func TestATrailOfTheSameInstant(t *testing.T) {
	trail := Rule{Rule: models.Rule{Window: models.Duration(time.Second)}}.Trail()
	for i := range 1000 {
		trail.Add(noon, float64(i))
	}
	require.Len(t, trail.points, 1)
	change, whole := trail.Change()
	require.Equal(t, 999.0, change)
	require.False(t, whole)
	require.Nil(t, Rule{}.Trail())
}

func BenchmarkTrail(b *testing.B) {
	trail, at := Rule{Rule: models.Rule{Window: models.Duration(10 * time.Minute)}}.Trail(), noon
	for range b.N {
		at = at.Add(100 * time.Millisecond)
		trail.Add(at, 1)
		trail.Change()
	}
}
