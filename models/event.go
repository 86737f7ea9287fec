package models

// EventKind names what happened.
type EventKind string

// The kinds that this version raises. Intrusion and crowd are about people, riders included; a vehicle is a car, bus,
// truck or motorcycle; a bicycle alone is neither.
const (
	Intrusion         EventKind = "intrusion"
	VehicleInZone     EventKind = "vehicle_in_zone"
	Crowd             EventKind = "crowd"
	LineCrossing      EventKind = "line_crossing"
	Loitering         EventKind = "loitering"
	CameraWentOffline EventKind = "camera_offline"
	CameraAuth        EventKind = "camera_auth"
	CameraNoKeyframes EventKind = "camera_no_keyframes"
	CameraLowRate     EventKind = "camera_low_rate"
	CameraLoss        EventKind = "camera_loss"
	CameraFrozen      EventKind = "camera_frozen"
	CameraBlack       EventKind = "camera_black"
	CameraCovered     EventKind = "camera_covered"
	CameraBlurred     EventKind = "camera_blurred"
	CameraMoved       EventKind = "camera_moved"
	CameraClockSkew   EventKind = "camera_clock_skew"
	SensorThreshold   EventKind = "sensor_threshold"
	SensorRate        EventKind = "sensor_rate"
	SensorExpression  EventKind = "sensor_expression"
	SensorWentStale   EventKind = "sensor_stale"
	RecordingFailed   EventKind = "recording_failed"
)

// Valid tells whether k is one of the kinds above.
func (k EventKind) Valid() bool {
	switch k {
	case Intrusion, VehicleInZone, Crowd, LineCrossing, Loitering, CameraWentOffline, CameraAuth, CameraNoKeyframes, CameraLowRate, CameraLoss,
		CameraFrozen, CameraBlack, CameraCovered, CameraBlurred, CameraMoved, CameraClockSkew, SensorThreshold, SensorRate,
		SensorExpression, SensorWentStale, RecordingFailed:
		return true
	}
	return false
}

// EventState is open or closed.
type EventState string

// The states of an event.
const (
	EventOpen   EventState = "open"
	EventClosed EventState = "closed"
)

// SourceType tells what kind of thing an event or alert comes from.
type SourceType string

// The source types.
const (
	FromCamera SourceType = "camera"
	FromSensor SourceType = "sensor"
	FromHall   SourceType = "hall" // a part of the hall itself, by the name of its Part
)

// Event is one situation at one source: from OpenedAt to ClosedAt, by which rule, and why.
type Event struct {
	ID         string     `json:"id"`
	Kind       EventKind  `json:"kind"`
	Severity   Severity   `json:"severity"`
	State      EventState `json:"state"`
	Area       string     `json:"area"`
	Source     string     `json:"source"` // id of the camera or sensor, or the Part of the hall
	SourceType SourceType `json:"source_type"`
	Rule       string     `json:"rule"` // Rule.Key at the source
	Why        string     `json:"why"`  // a sentence in the site's language; Facts says the same in numbers
	Facts      Facts      `json:"facts"`
	OpenedAt   Time       `json:"opened_at"`
	UpdatedAt  Time       `json:"updated_at"`
	ClosedAt   Time       `json:"closed_at"`
	CapturedAt Time       `json:"captured_at"` // receipt of the access unit or reading that made the condition true, dwell complete
	Snapshot   string     `json:"snapshot"`    // name of a stored JPEG, "" = none
	Revision   int64      `json:"revision"`    // 1 at the opening, +1 with each later message about the event
}

// Facts are the numbers behind a Why; zero values are left out.
type Facts struct {
	Measured float64            `json:"measured,omitempty"`
	Limit    float64            `json:"limit,omitempty"`
	Unit     string             `json:"unit,omitempty"`
	ForMs    int64              `json:"for_ms,omitempty"` // how long the condition has held
	DwellMs  int64              `json:"dwell_ms,omitempty"`
	WindowMs int64              `json:"window_ms,omitempty"` // of a rate: over how long Measured was measured
	By       string             `json:"by,omitempty"`        // "camera" when the camera itself has reported it; Zone is then its own name of the rule
	Zone     string             `json:"zone,omitempty"`
	Track    uint64             `json:"track,omitempty"`
	Count    int                `json:"count,omitempty"`
	Label    string             `json:"label,omitempty"` // person, car …; of a sensor its kind
	Score    float64            `json:"score,omitempty"` // of the detection, 0…1
	Boxes    []Box              `json:"boxes,omitempty"`
	Expr     string             `json:"expr,omitempty"`   // of an expression: what is true
	Inputs   map[string]float64 `json:"inputs,omitempty"` // of an expression: what the sensors said that it reads, by id
	Reason   string             `json:"reason,omitempty"` // of a health event: the camera's own words or ours; of a threshold above or below; of the hall a CheckCode; rule_removed or source_removed where that closed the event
}
