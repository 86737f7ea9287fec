package recording

import (
	"time"

	"zhihui/models"
	"zhihui/models/mp4"
)

// driftMost is how far footage may be off our clock before it is set by it again.
const driftMost = 500 * time.Millisecond

// clock gives footage its times, see the package's comment. The zero value is ready.
type clock struct {
	base time.Time // when the ticks of decoding were 0, by the wall and by what passes
}

// off tells whether a key unit is so far from its receipt, as our clock shows it, that the clock has to be set.
func (c *clock) off(ticks int64, received time.Time) bool {
	return shown(received, c.base.Add(lasts(ticks))).Abs() > driftMost
}

// leapt tells whether our clock was set since: it shows that another time has passed than has. A unit that is only late is no sign.
func (c *clock) leapt(received time.Time) bool {
	return (shown(received, c.base) - received.Sub(c.base)).Abs() > driftMost
}

// shown is how much later than b our clock showed a.
func shown(a, b time.Time) time.Duration { return a.Round(0).Sub(b.Round(0)) }

// set sets the clock by the receipt of a key unit with which something begins.
func (c *clock) set(ticks int64, received time.Time) { c.base = received.Add(-lasts(ticks)) }

// at is the time of the ticks.
func (c *clock) at(ticks int64) models.Time { return models.At(c.base.Add(lasts(ticks))) }

// lasts is how long so many ticks are.
func lasts(ticks int64) time.Duration {
	return time.Duration(ticks/mp4.Ticks)*time.Second + time.Duration(ticks%mp4.Ticks)*time.Second/mp4.Ticks
}
