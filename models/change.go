package models

import "encoding/json"

// Topic names what a Change is about.
type Topic string

// The topics.
const (
	TopicEvent  Topic = "event"
	TopicAlert  Topic = "alert"
	TopicOrder  Topic = "order"
	TopicCamera Topic = "camera"
	TopicSensor Topic = "sensor"
	TopicClip   Topic = "clip"
	TopicSite   Topic = "site" // everybody hears of it, whatever the area; the entity says what was edited
)

// The entities of TopicSite. Cameras and sensors that were edited one by one have come as changes of their own just before.
const (
	WholeSite   = "site"    // a site file was applied: read all lists again
	SiteCameras = "cameras" // a camera was added, changed or removed
	SiteSensors = "sensors" // a sensor was
)

// Change is one committed change of one thing. IDs grow without end across restarts: a page that has seen ID n asks for
// what came since n. Data is the thing as the API shows it, null when it is gone.
type Change struct {
	ID     int64           `json:"id"`
	At     Time            `json:"at"`
	Topic  Topic           `json:"topic"`
	Entity string          `json:"entity"`
	Area   string          `json:"area"`
	Data   json.RawMessage `json:"data"`
}
