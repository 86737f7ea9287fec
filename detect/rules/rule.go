package rules

import (
	"time"

	"zhihui/models"
)

// Input is what is known of a source at one instant; a rule reads only the part that its kind is about.
type Input struct {
	Tracks  []models.Track      // of a camera: confirmed and in view
	Status  models.CameraStatus // of a camera
	Stream  models.StreamVital  // of a camera: what its units told last
	Picture models.PictureVital // of a camera: what its key picture told last
	Value   float64             // of a sensor
	Label   string              // of a sensor: its kind, such as water_level
	Unit    string              // of a sensor
	Silent  bool                // of a sensor: nothing has come since it was judged last
	Held    bool                // the condition held when it was judged last; hysteresis begins here
}

// Reason names why a Verdict is as it is.
type Reason string

// The reasons. Above and Below also stand in the Facts of a threshold, which are mute about the direction otherwise.
const (
	Occupied     Reason = "occupied"
	Empty        Reason = "empty"
	EnoughPeople Reason = "enough_people"
	TooFewPeople Reason = "too_few_people"
	Above        Reason = "above"
	Below        Reason = "below"
	Within       Reason = "within_limits"
	NoReading    Reason = "no_reading"
	HasReading   Reason = "has_reading"
	CameraState  Reason = "camera_state"
	OutsideHours Reason = "outside_hours"
)

// Verdict is what a rule says of one Input.
type Verdict struct {
	Holds  bool
	Facts  models.Facts // zero where the condition does not hold
	Reason Reason
}

// Rule is a models.Rule made ready: checked, with its kind's defaults filled in.
type Rule struct {
	models.Rule
	Gap        time.Duration // before an event opens, an absence of the condition up to this long is bridged
	CloseDelay time.Duration // an open event closes when the condition has been away this long
	Pictures   bool          // judged by the tracks of a camera, not by its status

	zone  models.Polygon
	hours hours
	judge func(Rule, Input) Verdict
}

// New makes a rule ready. Zones are those of its camera, hours are read in loc. The error is what Check finds.
func New(rule models.Rule, zones map[string]models.Polygon, ofSensor bool, loc *time.Location) (Rule, error) {
	if err := Check(rule, zones, ofSensor); err != nil {
		return Rule{}, err
	}
	k, _ := kindOf(rule.Kind)
	rule = k.fill(rule)
	h, err := parseHours(rule.Hours, loc)
	return Rule{
		Rule: rule, Gap: k.gap, CloseDelay: k.closeDelay, Pictures: k.pictures,
		zone: zones[rule.Zone], hours: h, judge: k.judge,
	}, err
}

// OnDuty tells whether the rule's hours contain an instant.
func (r Rule) OnDuty(at time.Time) bool { return r.hours.contain(at) }

// Judge tells whether the condition holds at an instant. Outside its hours a rule's condition never holds.
func (r Rule) Judge(at time.Time, in Input) Verdict {
	if !r.OnDuty(at) {
		return Verdict{Reason: OutsideHours}
	}
	return r.judge(r, in)
}
