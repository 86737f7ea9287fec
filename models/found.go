package models

// FoundType tells what a search has found.
type FoundType string

// The types.
const (
	FoundCamera FoundType = "camera"
	FoundSensor FoundType = "sensor"
	FoundAlert  FoundType = "alert"
	FoundOrder  FoundType = "order"
	FoundArea   FoundType = "area"
)

// Found is one thing that a search has found.
type Found struct {
	Type   FoundType `json:"type"`
	ID     string    `json:"id"`
	Title  string    `json:"title"`  // name, or the why of an alert, or an order's number
	Detail string    `json:"detail"` // kind of an alert or order, address of a camera, topic of a sensor
	Area   string    `json:"area"`
	At     Time      `json:"at"` // of an alert's opening or an order's making; 0 for what lasts
}
