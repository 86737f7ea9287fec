package models

import "time"

// KeyUnitsWithin is how long a stream may be without a key unit: longer than the longest GOP that cameras are set to.
const KeyUnitsWithin = 30 * time.Second

// StreamVital is what the compressed units of a camera's stream tell of its health, without a picture being decoded.
// Package ingest finds it out about once a second; package rules judges it.
type StreamVital struct {
	Camera   string   `json:"camera"`
	At       Time     `json:"at"`
	FPS      float64  `json:"fps"`        // pictures a second, over the last 10 s
	UsualFPS float64  `json:"usual_fps"`  // what the camera sends when nothing is wrong, learnt or described; 0 = not known yet
	LossPct  float64  `json:"loss_pct"`   // access units that never came, or not whole, in percent of those sent, over the last 10 s
	KeyAgeMs int64    `json:"key_age_ms"` // since the newest key unit, or since the stream began
	StillMs  int64    `json:"still_ms"`   // for how long the coding has told that nothing at all changes, noise included; 0 = it changes
	OffsetMs *float64 `json:"offset_ms"`  // camera's clock − ours; nil when the camera does not say
}

// PictureVital is what one key picture of a camera, decoded every 40 s, tells of its health. Package detect compares
// it with what the camera showed before; package rules judges it.
type PictureVital struct {
	Camera    string  `json:"camera"`
	At        Time    `json:"at"`
	Luma      float64 `json:"luma"`      // mean brightness, 0…255
	Contrast  float64 `json:"contrast"`  // standard deviation of the brightness, 0…255
	Sharpness float64 `json:"sharpness"` // of the picture's edges beside what this camera's are usually; 1 = as usual
	Covered   float64 `json:"covered"`   // share of the picture without any structure where there usually is some, 0…1
	Shift     float64 `json:"shift"`     // by how much the picture has moved beside what the camera shows usually, in fractions of its width; 1 = another view
	Learnt    bool    `json:"learnt"`    // whether it is known what is usual
}
