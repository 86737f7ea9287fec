package models

// Alarm is what a camera reports by itself, having looked at its own picture: it costs us nothing but to listen. Texts are the
// camera's own, each cut to 64 bytes.
type Alarm struct {
	Camera string    `json:"camera"`
	Kind   EventKind `json:"kind"`   // line_crossing, intrusion or loitering
	Name   string    `json:"name"`   // what the camera calls the rule that made it; with Kind and Object it tells one alarm from another
	Object string    `json:"object"` // which of several things in the picture it is about, where the camera says it; "" else
	Topic  string    `json:"topic"`  // of ONVIF, such as tns1:RuleEngine/LineDetector/Crossed
	Label  string    `json:"label"`  // person, car … where the camera says it; "" else
	Active bool      `json:"active"` // whether it holds from At on
	Pulse  bool      `json:"pulse"`  // it has happened at At and has no end of its own, as a line that was crossed
	At     Time      `json:"at"`     // of receipt
}
