package live

import (
	"zhihui/models"
	"zhihui/models/mp4"
)

// fragment is one picture as a part of MP4, at time 0: each viewer has its own time line, see place.
type fragment struct {
	bytes  []byte
	seq    uint32
	length int64 // ticks
}

// place writes the fragment at time at into buf's memory and returns it.
func (f *fragment) place(buf []byte, at int64) []byte {
	buf = append(buf[:0], f.bytes...)
	mp4.Place(buf, f.seq, at)
	return buf
}

// muxer makes fragments of the units of one camera, without its sound. After a gap it waits for a key picture.
type muxer struct {
	film    mp4.Film
	lengths lengths
	count   uint32
}

func newMuxer() *muxer { return &muxer{film: mp4.Film{Mute: true}} }

// add returns the unit's fragment, nil when there is none; the header changes only with a key picture.
func (m *muxer) add(u *models.AccessUnit) (*fragment, error) {
	s, ok, err := m.film.Add(u)
	if !ok {
		return nil, err
	}
	if s.Fresh {
		m.lengths.pause()
	}
	m.count++
	s.Length = uint32(m.lengths.next(s.DTS))
	return &fragment{
		bytes: m.film.Header().AppendPart(nil, m.count, s.DTS, []mp4.Sample{s}), seq: m.count, length: int64(s.Length),
	}, nil
}
