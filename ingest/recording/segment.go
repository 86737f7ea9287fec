package recording

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"zhihui/models"
	"zhihui/models/mp4"
)

const (
	segmentLong = time.Minute      // then a segment ends with the next key unit
	segmentMost = 50 * time.Minute // … and then even without one: the index takes no longer ones
)

// segment is a file that is being written. What comes in a round is written together; what could not be written waits in buf.
type segment struct {
	folder folder
	pool   *stock[byte]
	row    models.Segment // To, Bytes and Units are of what is written
	header *mp4.Header
	zero   int64 // ticks at its beginning
	seq    uint32
	file   *os.File // nil before the first write, and after one that failed
	made   bool     // it is there
	buf    []byte
	next   models.Segment // row, when buf is written
}

func newSegment(f folder, pool *stock[byte], camera string, from models.Time, h *mp4.Header, zero int64) *segment {
	s := &segment{folder: f, pool: pool, header: h, zero: zero, seq: 1, buf: append(pool.get(), h.Init...)}
	s.row = models.Segment{Camera: camera, From: from, To: from, MIME: h.MIME}
	s.next = s.row
	s.next.Bytes = int64(len(s.buf))
	return s
}

// room is where the next part goes.
func (s *segment) room() []byte {
	if s.buf == nil {
		s.buf = s.pool.get()
	}
	return s.buf
}

// add lays a part down behind what waits.
func (s *segment) add(p *part) {
	before := len(s.buf)
	s.buf = p.header.AppendPart(s.room(), s.seq, s.zero, p.samples)
	s.added(before, p.end(), len(p.samples))
}

// copy takes over a part that was laid down with its time 0 at tick 0.
func (s *segment) copy(b []byte, end int64, units int) error {
	before := len(s.room())
	s.buf = append(s.room(), b...)
	if !s.header.Shift(s.buf[before:], s.seq, s.zero) {
		s.buf = s.buf[:before]
		return errSpoilt
	}
	s.added(before, end, units)
	return nil
}

// errSpoilt says that what a ring gave is not what was put into it. It is never reassigned.
var errSpoilt = errors.New("the ring does not give what was written")

func (s *segment) added(before int, end int64, units int) {
	s.seq += 2
	s.next.Bytes += int64(len(s.buf) - before)
	s.next.Units += units
	s.next.To = max(s.row.From.Add(lasts(end-s.zero)), s.row.From+1)
}

// write writes what waits, behind what is written. After an error everything waits on, and the file is opened anew.
func (s *segment) write() error {
	if len(s.buf) == 0 {
		return nil
	}
	if err := s.open(); err != nil {
		return err
	}
	err := s.folder.disk.Do(func() error {
		_, err := s.file.WriteAt(s.buf, s.row.Bytes)
		return err
	})
	if err != nil {
		s.close()
		return fmt.Errorf("write footage: %w", err)
	}
	s.pool.put(s.buf)
	s.row, s.buf = s.next, nil
	return nil
}

// open makes the file, or takes it up as it was at its last good byte.
func (s *segment) open() (err error) {
	switch {
	case s.file != nil:
		return nil
	case !s.made:
		s.file, err = s.folder.create(s.row.File())
		for ; errors.Is(err, fs.ErrExist); s.file, err = s.folder.create(s.row.File()) {
			s.row.From++ // our clock was set back
			s.next.From++
		}
		s.made = err == nil
	default:
		s.file, err = s.folder.resume(s.row.File(), s.row.Bytes)
	}
	return err
}

func (s *segment) close() {
	if s.file != nil {
		_ = s.file.Close() // its write has failed, or it is to be opened again
		s.file = nil
	}
}

// drop gives up what was never written.
func (s *segment) drop(m *metrics) {
	m.lost.Add(float64(s.next.Units - s.row.Units))
	s.pool.put(s.buf)
	s.buf, s.next = nil, s.row
}
