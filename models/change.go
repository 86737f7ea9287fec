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
	TopicSite   Topic = "site" // areas, cameras or sensors were added, changed or removed: read the lists again
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
