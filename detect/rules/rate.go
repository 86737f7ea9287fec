package rules

import (
	"time"

	"zhihui/models"
)

// sensorRate holds while the value has risen by Above or more within Window, or changed by Below or less, which is a fall;
// with Clear until it changes by less than that. A jump counts at once, however young the trail is. Only whether an event
// from before a restart has ended cannot be said by a trail that does not reach back a whole window.
func sensorRate(r Rule, in Input) Verdict {
	change, whole := in.Trail.Change()
	in.Value = change
	v := sensorThreshold(r, in)
	if v.Holds {
		v.Facts.WindowMs = r.Window.Std().Milliseconds()
		return v
	}
	v.Unknown = in.Taken && !whole
	return v
}

// checkRate refuses a window where there is none, and limits on the wrong side of no change at all.
func checkRate(r models.Rule, k kind) error {
	switch {
	case k.window == 0 && r.Window != 0:
		return models.FieldError("window", "%s looks at one instant, leave window out", r.Kind)
	case k.window == 0:
		return nil
	case r.Window != 0 && (r.Window < models.Duration(time.Second) || r.Window > longest):
		return models.FieldError("window", "%s is out of range, use 1s to 24h", r.Window)
	case r.Above != nil && *r.Above <= 0:
		return models.FieldError("above", "%g is no rise, write by how much the value rises, above 0", *r.Above)
	case r.Below != nil && *r.Below >= 0:
		return models.FieldError("below", "%g is no fall, write by how much the value falls, below 0", *r.Below)
	}
	return nil
}
