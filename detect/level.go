package detect

import (
	"math"
	"time"

	"zhihui/detect/coding"
)

// What a camera's units tell without being decoded. Sizes are in octaves: one more is twice as many bytes. Measured on
// real footage in each encoding (bench recall --signal): by size at the same quantiser a car stands out 0.02 octaves
// from the noise of a night of 0.003, and half an octave by day.
const (
	fewUnits   = 6.0   // that the excess is a mean of: one unit alone jumps, and an encoder's rate control rings
	manyUnits  = 600.0 // that the level is learnt over: a minute at 10 a second, so that rain becomes the new level
	leastUnits = 30    // learnt before anything is told from them
	binUnits   = 60.0  // that the usual size at one quantiser is learnt over
	fewBytes   = 256.0 // a picture without anything new has a dozen bytes; what is far below this is all the same

	leastStep = 0.01 // above the level, however even that is
	spreads   = 4.0  // and in mean deviations
	vagueBar  = 0.3  // a level that asks for more is not relied on: a car by day may stand out by less

	vainPictures = 40.0  // decoded in vain, that raise the bar by itself
	mostVain     = 160.0 // from here on, at five times the bar, nothing is told until some has faded
	vainFades    = 0.6   // of these pictures a second: so much work in vain a camera may cause for ever, 0.1 % of a core
	learnsInVain = 0.5   // of what a wake in vain has shown is the level at once
)

// habit is how large a camera's pictures are at each quantiser while nothing happens. An encoder that holds a rate gives
// what moves more bits or a coarser quantiser, but at one quantiser more bits.
type habit struct {
	size  [52]float32
	units [52]float32 // that it is learnt from; 0 = unknown
}

// at returns the usual size. A quantiser that was never used is taken from the nearest that was: six steps halve a size.
func (h *habit) at(qp int, or float64) float64 {
	for away := range len(h.size) {
		for _, near := range [2]int{qp - away, qp + away} {
			if near >= 0 && near < len(h.size) && h.units[near] > 0 {
				return float64(h.size[near]) - float64(qp-near)/6
			}
		}
	}
	return or
}

func (h *habit) learn(qp int, size, expected float64) {
	h.units[qp] = min(h.units[qp]+1, binUnits)
	h.size[qp] = float32(expected + (size-expected)/float64(h.units[qp]+1))
}

// level is what a camera's units carry while nothing happens, learnt from the camera itself. Its zero value is ready.
type level struct {
	habit  *habit
	units  float64 // learnt so far
	now    float64 // by how much the last few units exceed the habit
	mean   float64 // of now
	spread float64 // mean deviation of now
	vain   float64 // pictures decoded for nothing, fading
	at     time.Time
}

// note takes what the next unit tells, received at, and tells whether the last few stand out. Only what comes while
// nothing is known to move is learnt, and nothing that stands out: whether that is the new level, refuse tells.
func (l *level) note(r coding.Reading, at time.Time, learn bool) bool {
	if l.habit == nil {
		l.habit = &habit{}
	}
	qp, size := min(max(int(math.Round(r.QP)), 0), len(l.habit.size)-1), math.Log2(float64(r.Bytes)+fewBytes)
	expected := l.habit.at(qp, size)
	l.now += (size - expected - l.now) / fewUnits
	if dt := at.Sub(l.at).Seconds(); dt > 0 {
		l.vain = max(0, l.vain-dt*vainFades)
		l.at = at
	}
	high := l.units >= leastUnits && l.vain < mostVain && l.now > l.mean+l.bar()
	if learn && !high {
		l.habit.learn(qp, size, expected)
		l.units++
		l.spread += (math.Abs(l.now-l.mean) - l.spread) / min(l.units+1, manyUnits)
		l.mean += (l.now - l.mean) / min(l.units+1, manyUnits)
	}
	return high
}

// blind tells whether the units tell nothing that can be relied on: too little is learnt, or they are too restless, or too
// much of what they told was in vain.
func (l *level) blind() bool {
	return l.units < manyUnits || l.bar() > vagueBar || l.vain > vainPictures
}

// bar is how far above the level the units must rise to be told of.
func (l *level) bar() float64 {
	return max(leastStep, spreads*l.spread) * (1 + l.vain/vainPictures)
}

// refuse notes that so many pictures were decoded and nothing moved: so this is what the level has become, and the bar
// rises for a while.
func (l *level) refuse(pictures int) {
	l.vain += float64(pictures)
	l.mean += (l.now - l.mean) * learnsInVain
}
