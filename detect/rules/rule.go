package rules

import (
	"errors"
	"time"

	"zhihui/models"
)

// Input is what is known of a source at one instant; a rule reads only the part that its kind is about.
type Input struct {
	Tracks  []models.Track      // of a camera: confirmed and in view
	Status  models.CameraStatus // of a camera
	Stream  models.StreamVital  // of a camera: what its units told last
	Picture models.PictureVital // of a camera: what its key picture told last
	Alarms  []models.Alarm      // of a camera: what it reports by itself and holds, the longest first
	Value   float64             // of a sensor
	Label   string              // of a sensor: its kind, such as water_level
	Unit    string              // of a sensor
	Silent  bool                // of a sensor: nothing has come since it was judged last
	Trail   *Trail              // of a sensor: how its value went, for a rule with a window
	Heard   map[string]Heard    // of the sensors that a rule Reads
	Held    bool                // the condition held when it was judged last; hysteresis begins here
	Taken   bool                // over from the process before this one: the event that is open
}

// Subject is what a rule is about: it is judged when that is new.
type Subject uint8

// The subjects. OfStream and OfPicture are a camera's conditions beside its state: of a camera that is away nothing is known,
// so none of them holds.
const (
	OfTracks  Subject = iota // who and what is in a camera's picture
	OfStatus                 // a camera's state
	OfStream                 // what a camera's units tell of its health
	OfPicture                // what a camera's key picture tells of its health
	OfReading                // a sensor's value, or its silence
	OfAlarm                  // what a camera reports by itself
)

// Condition tells whether a rule about s is about a camera's health beside its state.
func (s Subject) Condition() bool { return s == OfStream || s == OfPicture }

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
	NotPlaying   Reason = "not_playing"
	Sound        Reason = "sound"
	Unsound      Reason = "unsound"
	OutsideHours Reason = "outside_hours"
	IsTrue       Reason = "is_true"
	IsFalse      Reason = "is_false"
	NoSensor     Reason = "no_sensor"
	NoValue      Reason = "no_value"
	InputStale   Reason = "input_stale"
	CannotTell   Reason = "cannot_tell"
	Reported     Reason = "reported"
	NotReported  Reason = "not_reported"
)

// Verdict is what a rule says of one Input.
type Verdict struct {
	Holds   bool
	Unknown bool         // it cannot be said yet whether it holds: an event that is open stays so
	Facts   models.Facts // zero where the condition does not hold
	Reason  Reason
}

// Rule is a models.Rule made ready: checked, with its kind's defaults filled in.
type Rule struct {
	models.Rule
	Subject    Subject
	Gap        time.Duration // before an event opens, an absence of the condition up to this long is bridged
	CloseDelay time.Duration // an open event closes when the condition has been away this long

	zone  models.Polygon
	hours hours
	expr  expression
	judge func(Rule, Input) Verdict
}

// New makes a rule ready. Zones are those of its camera, hours are read in loc. The error is what Check finds.
func New(rule models.Rule, zones map[string]models.Polygon, ofSensor bool, loc *time.Location) (Rule, error) {
	if err := Check(rule, zones, ofSensor); err != nil {
		return Rule{}, err
	}
	k, _ := kindBy(rule)
	rule = k.fill(rule)
	x, wrong := compile(rule.Expr)
	h, err := parseHours(rule.Hours, loc)
	return Rule{
		Rule: rule, Subject: k.subject, Gap: k.gap, CloseDelay: k.closeDelay,
		zone: zones[rule.Zone], hours: h, expr: x, judge: k.judge,
	}, errors.Join(err, wrong)
}

// OnDuty tells whether the rule's hours contain an instant.
func (r Rule) OnDuty(at time.Time) bool { return r.hours.contain(at) }

// Judge tells whether the condition holds at an instant. Outside its hours a rule's condition never holds, and nothing is
// wrong with the stream or the picture of a camera that gives none: that it is away has an event of its own.
func (r Rule) Judge(at time.Time, in Input) Verdict {
	switch {
	case !r.OnDuty(at):
		return Verdict{Reason: OutsideHours}
	case r.Subject.Condition() && Away(in.Status.State):
		return Verdict{Reason: NotPlaying}
	}
	return r.judge(r, in)
}
