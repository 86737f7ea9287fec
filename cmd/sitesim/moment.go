package main

import "time"

// moment is a take of a scene that began, and began at its phase, at an instant.
type moment struct {
	scene string
	since time.Time
	take
}

// turn takes up what is wanted as soon as that is at a keyframe.
func (c *camera) turn(wanted moment, at time.Time) {
	if wanted == c.from {
		return
	}
	next := c.reels[wanted.scene].takes[wanted.take]
	if next.units[c.place(wanted, at)].key {
		c.clip, c.from, c.lag = next, wanted, 0
	}
}

// place is where a moment's footage is at an instant: the number of its unit.
func (c *camera) place(m moment, at time.Time) int {
	r := c.reels[m.scene]
	n := r.length()
	return (int((at.Sub(m.since)+r.phase)/unitPeriod)%n + n) % n
}
