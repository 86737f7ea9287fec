package onvif

import (
	"time"

	"zhihui/models"
)

const (
	lease    = 1500 * time.Millisecond // a movement that is not asked for again ends after it
	again    = time.Second             // after a stop that failed
	haltMost = 5                       // stops that are tried; a device that keeps its own timeout has long ended by then
)

// motion is whether a camera moves, as far as we have asked for it. The zero motion is rest.
type motion struct {
	until time.Time // by then somebody says that it goes on
	halts int       // that failed
}

func (m motion) moving() bool { return !m.until.IsZero() }

// wait is until what comes next: a halt, or where nothing moves the end of the head.
func (m motion) wait(now time.Time) time.Duration {
	if !m.moving() {
		return lingers
	}
	return max(0, m.until.Sub(now))
}

// after is the motion after an act that was asked for at that time, with the reason for which it was not done. A camera whose
// answer was lost may move.
func (m motion) after(a models.PTZAction, at time.Time, why Reason) motion {
	lost := why == NoAnswer || why == NotONVIF
	switch {
	case a == models.PTZMove && (why == "" || lost):
		return motion{until: at.Add(lease)}
	case (a == models.PTZStop || a == models.PTZGoto || a == models.PTZHome) && why == "": // it goes there, and ends there
		return motion{}
	}
	return m
}

// halted is the motion after we have stopped it ourselves, or have tried to.
func (m motion) halted(now time.Time, ok bool) motion {
	if m.halts++; ok || m.halts >= haltMost {
		return motion{}
	}
	m.until = now.Add(again)
	return m
}

// yield tells which of two orders gives way when there is a place for one.
type yield int

const (
	waitingYields yield = iota // and is as good as done
	waitingFails
	freshYields
	freshFails
)

// yieldOf decides it: the newest movement counts, and goes before all else, so that a stop waits for nothing but the call under way.
// A thing that is done once is not lost in silence.
func yieldOf(waiting, fresh models.PTZAction) yield {
	moves := func(a models.PTZAction) bool { return a == models.PTZMove || a == models.PTZStop }
	switch {
	case fresh == "":
		return freshYields
	case moves(fresh) && (moves(waiting) || waiting == ""), waiting == "":
		return waitingYields
	case moves(fresh):
		return waitingFails
	}
	return freshFails
}
