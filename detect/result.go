package detect

import (
	"time"

	"zhihui/models"
)

// Want says what is wanted of a unit besides that it is decoded.
type Want uint8

// The wants; they add up.
const (
	WantMotion  Want = 1 << iota // what has changed since the units before
	WantObjects                  // what the network finds, where anything may have changed
	WantWhole                    // and where nothing has: only to judge what that leaves out
)

// Result is what came of one unit that was analysed. Results of one camera come in the order of its units.
type Result struct {
	Camera      string
	Seq         uint64
	ReceivedAt  time.Time // of the unit
	Decoded     bool      // there was a picture; a worker that is behind leaves out what a key unit has overtaken
	Motion      float64   // share of the picture that moves, 0…1
	HasMotion   bool      // it was compared; without it Motion says nothing
	MotionBoxes []models.Box
	Objects     []models.Object
	HasObjects  bool   // the network has looked; without it Objects says nothing
	Fault       string // a sentence on why there is nothing more to say; "" = none
	Reset       bool   // the decoder has lost its state: only a key unit can follow
	DecodeTime  time.Duration
	MotionTime  time.Duration
	InferTime   time.Duration
}
