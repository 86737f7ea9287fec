package models

// SensorState tells whether a sensor's value can be believed.
type SensorState string

// The states: waiting before the first reading, ok, stale when none came for StaleAfter.
const (
	SensorWaiting SensorState = "waiting"
	SensorOK      SensorState = "ok"
	SensorStale   SensorState = "stale"
)

// Sensor is one IoT sensor as the site describes it.
type Sensor struct {
	ID         string   `json:"id" yaml:"id"`
	Name       string   `json:"name" yaml:"name"`
	Area       string   `json:"area" yaml:"area"`
	Kind       string   `json:"kind" yaml:"kind"` // water_level, rain, wind, smoke, tilt, power …
	Unit       string   `json:"unit" yaml:"unit,omitempty"`
	Topic      string   `json:"topic" yaml:"topic"` // MQTT topic, without wildcards
	Mapping    Mapping  `json:"mapping" yaml:"mapping,omitempty"`
	StaleAfter Duration `json:"stale_after" yaml:"stale_after,omitempty"` // 0 = never stale
	Place      Place    `json:"place" yaml:"place,omitempty"`
	Camera     string   `json:"camera" yaml:"camera,omitempty"` // the camera that sees this place, "" = none
	Disabled   bool     `json:"disabled" yaml:"disabled,omitempty"`
	Rules      []Rule   `json:"rules" yaml:"rules,omitempty"`
	Revision   int64    `json:"revision" yaml:"-"`
}

// Mapping makes a number of a payload: value = found·Scale + Offset.
type Mapping struct {
	Path   string  `json:"path" yaml:"path,omitempty"`   // dotted JSON path such as "data.level" or "values.0"; "" = the payload is the number itself
	Scale  float64 `json:"scale" yaml:"scale,omitempty"` // 0 counts as 1
	Offset float64 `json:"offset" yaml:"offset,omitempty"`
}

// Reading is one value of one sensor.
type Reading struct {
	Sensor string  `json:"sensor"`
	Value  float64 `json:"value"` // never NaN or infinite
	At     Time    `json:"at"`    // our clock, when the payload came in
	Kept   bool    `json:"-"`     // the broker has kept it for who comes late: when it was measured nobody knows, and it is no sign that the sensor lives
}

// ReadingStep is how finely the past of a sensor is told.
type ReadingStep string

// The steps: every reading, or what those of a minute or an hour come to.
const (
	EveryReading ReadingStep = "raw"
	EveryMinute  ReadingStep = "minute"
	EveryHour    ReadingStep = "hour"
)

// Rollup is what the readings of one minute or hour come to: Value is their mean and At when the minute or hour begins. One
// reading alone is the roll-up of itself.
type Rollup struct {
	Reading
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Count int64   `json:"count"`
}

// Trend is a page of the past of a sensor.
type Trend struct {
	Items []Rollup    `json:"items"` // oldest first
	Step  ReadingStep `json:"step"`
	Next  string      `json:"next"` // of the page with those before, "" at the beginning
}

// SensorStatus is what ingest has found of one sensor.
type SensorStatus struct {
	Sensor      string      `json:"sensor"`
	State       SensorState `json:"state"`
	Last        *Reading    `json:"last"`
	BadPayloads int64       `json:"bad_payloads"` // since the process started or the topic or mapping was edited
	LastFault   string      `json:"last_fault"`   // the name of why the newest bad payload was refused and, behind a colon, how it begins, or of why nothing can be heard on the topic; "" = none
}
