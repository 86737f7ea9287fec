package rtsp

import (
	"time"

	"zhihui/models"
)

const (
	soundSlack = 20 * time.Millisecond // a frame that begins so near the end of the one before begins right there
	toldMost   = 2 * time.Second       // by how much what the camera tells of its clocks may differ from when things come
)

// soundLine puts sound on the time line of the units. Pictures and sound each have an RTP clock, and they have nothing in
// common but the camera's own time in its sender reports. Until both are known, and where they cannot be true, it goes by
// when each comes.
type soundLine struct {
	clock rtpClock

	units    receipt
	told     time.Duration // own time of the camera at the beginning of the units' line …
	isTold   bool          // … where it is known
	arrivals receipt
	end      time.Duration // of the newest frame
}

// pictures notes a unit.
func (l *soundLine) pictures(u *models.AccessUnit, clock *rtpClock, own *ownClock) {
	l.units.note(u.PTS, u.ReceivedAt)
	at, stamp, ok := own.report()
	l.told, l.isTold = at-clock.near(stamp), ok
}

// start is where what a packet holds begins on the units' line; false while no unit has come.
func (l *soundLine) start(stamp uint32, length time.Duration, now time.Time, own *ownClock) (time.Duration, bool) {
	at := l.clock.at(stamp)
	l.arrivals.note(at+length, now)
	if l.units.zero.IsZero() {
		return 0, false
	}
	offset := l.arrivals.zero.Sub(l.units.zero)
	if told, stamp, ok := own.report(); ok && l.isTold {
		if by := told - l.clock.near(stamp) - l.told; (by - offset).Abs() <= toldMost {
			offset = by
		}
	}
	return at + offset, true
}

// follow is where a frame goes that should begin at a time; false = there is sound already, or the line has not begun.
func (l *soundLine) follow(at, length time.Duration) (time.Duration, bool) {
	gap := at - l.end
	switch {
	case gap.Abs() <= soundSlack:
		at = l.end
	case gap < 0:
		return 0, false
	}
	l.end = at + length
	return at, true
}

// What is believed of arrivals.
const (
	clockLeak = 1000            // two clocks come apart by less than one part in so many
	lateMost  = time.Second     // the longest delay on the way …
	lateFor   = 3 * time.Second // … unless everything comes later for so long: then the camera's clock was set
)

// receipt finds when a time line began by our clock: the earliest that anything on it has told, for what comes later has only
// been longer on its way.
type receipt struct {
	zero  time.Time
	newer time.Time // when something was noted last
	late  time.Time // since when all came later than can be; zero = it does not
}

func (r *receipt) note(at time.Duration, now time.Time) {
	told := now.Add(-at)
	r.zero = r.zero.Add(now.Sub(r.newer) / clockLeak)
	switch by := told.Sub(r.zero); {
	case r.newer.IsZero(), by <= 0, !r.late.IsZero() && now.Sub(r.late) >= lateFor:
		r.zero, r.late = told, time.Time{}
	case by < lateMost:
		r.late = time.Time{}
	case r.late.IsZero():
		r.late = now
	}
	r.newer = now
}
