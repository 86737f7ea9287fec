package main

import (
	"fmt"
	"time"

	"zhihui/models"
)

// Curve is a value over the script's loop: straight lines between its points, and from the last on to the first of the
// next round, so that a loop never jumps.
type Curve []CurvePoint

// CurvePoint is the value at one moment of the loop.
type CurvePoint struct {
	At    Span    `yaml:"at"`
	Value float64 `yaml:"value"`
}

// Value returns the value at a moment of the loop, 0 ≤ at < loop. The curve must have a point.
func (c Curve) Value(at, loop time.Duration) float64 {
	i := 0
	for i < len(c) && c[i].At.Std() <= at {
		i++
	}
	from, to := c[(i+len(c)-1)%len(c)], c[i%len(c)]
	span, gone := to.At.Std()-from.At.Std(), at-from.At.Std()
	if i == 0 {
		gone += loop
	}
	if span <= 0 { // around the end of the loop
		span += loop
	}
	return from.Value + (to.Value-from.Value)*float64(gone)/float64(span)
}

func (c Curve) check(field string, loop time.Duration) error {
	if len(c) == 0 {
		return models.FieldError(field, "the curve needs at least one point")
	}
	for i, p := range c {
		here := fmt.Sprintf("%s[%d].at", field, i)
		if p.At.Std() >= loop {
			return models.FieldError(here, "%v lies outside the loop of %v", p.At, loop)
		}
		if i > 0 && p.At <= c[i-1].At {
			return models.FieldError(here, "%v does not come after %v", p.At, c[i-1].At)
		}
	}
	return nil
}
