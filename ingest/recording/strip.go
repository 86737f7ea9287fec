package recording

import (
	"time"

	"zhihui/models"
	"zhihui/models/mp4"
)

const (
	partMost = mp4.Ticks        // a part is no longer, beside its last unit
	leapMost = 10 * time.Second // that a camera's clock may go on by more than ours, between two units, before it was set
)

// part is some samples of one header that follow each other; a key unit is always the first of its part.
type part struct {
	header   *mp4.Header
	samples  []mp4.Sample
	received time.Time // the first
}

func (p *part) first() *mp4.Sample { return &p.samples[0] }

// end is when the part has been played, in ticks.
func (p *part) end() int64 {
	last := p.samples[len(p.samples)-1]
	return last.DTS + int64(last.Length)
}

// strip makes parts of the units of one camera. The newest unit waits for the next, which tells how long it lasts.
type strip struct {
	film    mp4.Film
	session uint64
	part    part
	held    mp4.Sample
	came    time.Time   // held
	holds   bool        // there is one
	after   *mp4.Header // what held belongs to
}

// add takes a unit, and hands over the parts that are whole by it; each is the receiver's until it returns.
func (s *strip) add(u *models.AccessUnit, put func(*part)) error {
	if u.Session != s.session { // whether there is sound is another question in each: who names it has to have some, or nothing plays
		s.finish(put)
		s.session = u.Session
	}
	sample, ok, err := s.film.Add(u)
	if !ok {
		return err
	}
	if s.holds && !sample.Fresh && lasts(sample.DTS-s.held.DTS)-u.ReceivedAt.Sub(s.came) > leapMost {
		s.finish(put) // or a picture would stand for hours
		if sample, ok, err = s.film.Add(u); !ok {
			return err
		}
	}
	if s.holds {
		if !sample.Fresh {
			s.held.Until(&sample)
		}
		s.push(put)
	}
	s.held, s.came, s.after, s.holds = sample, u.ReceivedAt, s.film.Header(), true
	return nil
}

// push brings what was held into the part; a key unit and what goes on from nothing begin another.
func (s *strip) push(put func(*part)) {
	if len(s.part.samples) > 0 && (s.held.Key || s.held.Fresh || len(s.part.samples) == mp4.MaxUnits || s.held.DTS-s.part.first().DTS >= partMost) {
		s.hand(put)
	}
	if len(s.part.samples) == 0 {
		s.part.header, s.part.received = s.after, s.came
	}
	s.part.samples = append(s.part.samples, s.held)
	s.held, s.holds = mp4.Sample{}, false
}

// hand hands over what there is, without the unit that waits.
func (s *strip) hand(put func(*part)) {
	if len(s.part.samples) > 0 {
		put(&s.part)
	}
	clear(s.part.samples) // they hold the units
	s.part.samples = s.part.samples[:0]
}

// finish hands over everything: nothing follows. It goes on at a key unit.
func (s *strip) finish(put func(*part)) {
	if s.holds {
		s.push(put)
	}
	s.hand(put)
	s.film = mp4.Film{Mute: s.film.Mute}
}
