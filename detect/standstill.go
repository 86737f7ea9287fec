package detect

import (
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
)

// Two glances are of the same picture when hardly a cell differs by more than what coding it again makes of it.
const (
	sameLuma   = 1
	samesSpare = cells / 200 // cells that may differ by more
	quietMost  = 15 * time.Minute
)

// standstill finds out for how long a camera has shown the very same picture. It is the slower proof of a frozen one: an
// encoder that holds a rate, and has no finest quantiser, goes on to refine a picture that never changes, so that its units
// tell nothing. A camera in front of which nothing ever happens may show the same too; once its picture has changed again by
// itself, that is known of it.
type standstill struct {
	session uint64 // of the stream
	first   []byte // luma of the first glance at what is still shown
	since   time.Time
	last    time.Time
	quiet   time.Duration // for so long it was the same before it changed again
}

// see takes the luma of one Sight, and returns for how long it has been the same; 0 where that is nothing new for this
// camera. Of a picture that is bare, such as a black one, it cannot be said: its noise may be lost in the coding.
func (s *standstill) see(u *models.AccessUnit, luma []byte, bare bool) time.Duration {
	switch {
	case s.session != u.Session || bare:
		*s = standstill{session: u.Session, first: luma, since: u.ReceivedAt, quiet: s.quiet}
	case !alike(s.first, luma):
		s.quiet = min(max(s.quiet, s.last.Sub(s.since)), quietMost)
		s.first, s.since = luma, u.ReceivedAt
	}
	s.last = u.ReceivedAt
	if lasts := s.last.Sub(s.since); lasts > 2*s.quiet {
		return lasts
	}
	return 0
}

// doubtful tells whether another glance soon settles it.
func doubtful(still time.Duration) bool { return still > 0 && still < rules.SameFrom }

func alike(a, b []byte) bool {
	apart := 0
	for i, v := range a {
		if differ(v, b[i]) > sameLuma {
			apart++
		}
	}
	return len(a) == len(b) && apart <= samesSpare
}
