package models

// Object is one thing that a network, or motion, found in one picture.
type Object struct {
	Label string  `json:"label"` // person, bicycle, motorcycle, car, bus, truck, motion
	Score float64 `json:"score"` // 0…1
	Box   Box     `json:"box"`
}

// Track is one object followed over time within one camera. Its ID means nothing outside that camera and process.
type Track struct {
	ID    uint64
	Label string
	Score float64 // of the newest observation
	Box   Box     // newest
	First Time    // when it was first seen
	Last  Time    // when it was last confirmed by an observation
	Seen  int     // number of confirming observations
}

// Observation is one fact at one instant: an object with its track, below the rules' thresholds too.
type Observation struct {
	Camera string `json:"camera"`
	At     Time   `json:"at"` // receipt of the access unit
	Seq    uint64 `json:"seq"`
	Track  uint64 `json:"track"`
	Object
}
