package rules

import "zhihui/models"

// sensorThreshold holds from value ≥ Above, or ≤ Below, until the value is back beyond Clear. Facts name the limit that
// was reached and, as their reason, from which side.
func sensorThreshold(r Rule, in Input) Verdict {
	clear := in.Held && r.Clear != nil // Check holds Clear on the quiet side of the limit
	switch v := in.Value; {
	case r.Above != nil && (v >= *r.Above || clear && v >= *r.Clear):
		return beyond(Above, *r.Above, in)
	case r.Below != nil && (v <= *r.Below || clear && v <= *r.Clear):
		return beyond(Below, *r.Below, in)
	}
	return Verdict{Reason: Within}
}

func beyond(side Reason, limit float64, in Input) Verdict {
	return Verdict{Holds: true, Reason: side, Facts: models.Facts{
		Measured: in.Value, Limit: limit, Unit: in.Unit, Label: in.Label, Reason: string(side),
	}}
}
