package detect

import (
	"math"
	"time"
)

// What a camera's units tell without being decoded, in octaves: one more is twice the energy.
const (
	fewUnits   = 4.0   // that the energy is a mean of: one unit alone jumps
	manyUnits  = 600.0 // that the level is learnt over: a minute at 10 a second, so that rain becomes the new level
	leastUnits = 20    // learnt before anything is told from them

	leastStep   = 0.4 // above the level, however even that is
	spreads     = 4.0 // and in mean deviations
	firstSpread = 0.5

	vainPictures = 40.0  // decoded in vain, that ask for an octave more
	mostVain     = 160.0 // bounds that to 4 octaves
	vainFades    = 0.6   // of these pictures a second: so much work in vain a camera may cause for ever, 0.1 % of a core
	learnsInVain = 0.5   // of what a wake in vain has shown is the level at once
)

// level is what a camera's units carry while nothing happens, learnt from the camera itself. Its zero value is ready.
type level struct {
	units  float64 // learnt so far
	now    float64 // energy of the last few units
	mean   float64 // of now
	spread float64 // mean deviation of now
	vain   float64 // pictures decoded for nothing, fading
	at     time.Time
}

// note takes the energy of the next unit, received at, and tells whether it stands out. Only what comes while nothing is
// known to move is learnt.
func (l *level) note(energy float64, at time.Time, learn bool) bool {
	if l.units == 0 {
		l.now, l.mean, l.spread = energy, energy, firstSpread
	}
	l.now += (energy - l.now) / fewUnits
	if dt := at.Sub(l.at).Seconds(); dt > 0 {
		l.vain = max(0, l.vain-dt*vainFades)
		l.at = at
	}
	high := l.units >= leastUnits && l.now > l.mean+l.bar()
	if learn {
		l.units++
		l.learn(1 / min(l.units+1, manyUnits))
	}
	return high
}

// blind tells whether the units have told nothing yet that could be gone by.
func (l *level) blind() bool { return l.units < leastUnits }

// bar is how far above the level the energy must rise to be told of.
func (l *level) bar() float64 {
	return max(leastStep, spreads*l.spread) + l.vain/vainPictures
}

func (l *level) learn(share float64) {
	l.spread += (math.Abs(l.now-l.mean) - l.spread) * share
	l.mean += (l.now - l.mean) * share
}

// refuse notes that so many pictures were decoded and nothing moved: so this is what the level has become, and the bar
// rises for a while.
func (l *level) refuse(pictures int) {
	l.vain = min(l.vain+float64(pictures), mostVain)
	l.learn(learnsInVain)
}
