package recording

import (
	"time"

	"zhihui/models"
	"zhihui/models/mp4"
)

const (
	driftMost = 500 * time.Millisecond // that footage may be off our clock before it is set by it again
	backMost  = 2 * time.Second        // a camera's clock may have gained so much; more is our clock that was set back
)

// clock gives footage its times, see the package's comment. The zero value is ready.
type clock struct {
	base time.Time   // when the ticks of decoding were 0
	end  models.Time // of the footage so far
}

// off tells whether a key unit is so far from its receipt that the clock has to be set.
func (c *clock) off(ticks int64, received time.Time) bool {
	return received.Sub(c.base.Add(lasts(ticks))).Abs() > driftMost
}

// set sets the clock by the receipt of a key unit with which something begins. Never back: but a camera whose clock has gained a
// little may begin before the end of what it has sent, which then ends there.
func (c *clock) set(ticks int64, received time.Time) {
	c.base = received.Add(-lasts(ticks))
	if behind := c.end.Std().Sub(received); c.end != 0 && behind > backMost {
		c.base = c.base.Add(behind)
	}
}

// at is the time of the ticks.
func (c *clock) at(ticks int64) models.Time { return models.At(c.base.Add(lasts(ticks))) }

// lasts is how long so many ticks are.
func lasts(ticks int64) time.Duration {
	return time.Duration(ticks/mp4.Ticks)*time.Second + time.Duration(ticks%mp4.Ticks)*time.Second/mp4.Ticks
}
