package models

// ByCamera is who judges a rule that the camera judges by itself, in Rule.By and Facts.By.
const ByCamera = "camera"

// Rule says when a condition at a camera or a sensor becomes an Event. Which fields count depends on Kind; see package
// detect/rules. A zero field takes the rule's own default.
type Rule struct {
	ID        string    `json:"id" yaml:"id,omitempty"` // unique at its camera or sensor; "" = Kind, with the zone or line when there is one
	Kind      EventKind `json:"kind" yaml:"kind"`
	By        string    `json:"by,omitempty" yaml:"by,omitempty"`   // "" = what we see; ByCamera = what the camera reports by itself
	Severity  Severity  `json:"severity" yaml:"severity,omitempty"` // "" = the kind's default
	Zone      string    `json:"zone" yaml:"zone,omitempty"`
	Line      string    `json:"line" yaml:"line,omitempty"`
	Dwell     Duration  `json:"dwell" yaml:"dwell,omitempty"`         // how long the condition must hold before the event opens
	Count     int       `json:"count" yaml:"count,omitempty"`         // crowd: people at least, 1 to 1000
	Direction string    `json:"direction" yaml:"direction,omitempty"` // with Line: of rules on lines, of which this version has no kind and refuses both
	Hours     string    `json:"hours" yaml:"hours,omitempty"`         // "22:00-06:00" in the site's time zone; "" = always
	MinSize   float64   `json:"min_size" yaml:"min_size,omitempty"`   // least height of a box, fraction of the picture's height
	Cooldown  Duration  `json:"cooldown" yaml:"cooldown,omitempty"`   // from a close to the next opening at least; what still holds then opens
	Above     *float64  `json:"above" yaml:"above,omitempty"`         // sensor_threshold: opens at value ≥ Above; sensor_rate: when the value has risen by so much, or more
	Below     *float64  `json:"below" yaml:"below,omitempty"`         // sensor_threshold: opens at value ≤ Below; sensor_rate: below zero, when the value has fallen by so much, or more
	Clear     *float64  `json:"clear" yaml:"clear,omitempty"`         // with Above or Below: closes on the far side of this value; nil = Above or Below themselves
	Window    Duration  `json:"window" yaml:"window,omitempty"`       // sensor_rate: over how long the change is measured, 1s to 24h
	Expr      string    `json:"expr" yaml:"expr,omitempty"`           // sensor_expression: what must be true of several sensors, see package rules
}

// Key names the rule at its source: ID, or Kind with who judges it, or with the zone or line it watches.
func (r Rule) Key() string {
	switch {
	case r.ID != "":
		return r.ID
	case r.By != "":
		return r.By + "." + string(r.Kind)
	case r.Zone != "":
		return string(r.Kind) + "." + r.Zone
	case r.Line != "":
		return string(r.Kind) + "." + r.Line
	}
	return string(r.Kind)
}
