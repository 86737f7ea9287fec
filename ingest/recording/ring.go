package recording

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"zhihui/models"
	"zhihui/models/mp4"
)

// ringLeast is how large a ring is at first: the newest seconds of a camera of the reference load, with some room.
const ringLeast = 1 << 20

// ringPart is a part in the ring, laid down with its time 0 at tick 0.
type ringPart struct {
	header   *mp4.Header
	offset   int64
	size     int64
	from, to int64 // ticks
	units    int
	key      bool
	fresh    bool        // it does not go on from the one before
	at       models.Time // when it begins
}

// ring keeps the newest parts of a camera in a file of a fixed size, of which nothing is read until an event opens. It is no
// evidence yet, so it is never synced, and does not outlive the process. While it holds less than it should it grows.
type ring struct {
	folder folder
	name   string
	span   time.Duration // from a key unit on that is so old, everything is held
	most   int64         // bytes

	file  *os.File // nil before the first part
	size  int64
	head  int64 // where the newest part ends
	parts []ringPart
}

func newRing(f folder, camera string, span time.Duration, most int64) *ring {
	return &ring{folder: f, name: f.rings + "/" + camera, span: span, most: most}
}

// add writes a part that begins at an instant in the place of the oldest. One that is larger than a ring may be is left out.
func (r *ring) add(p *part, at models.Time, fresh bool, buf []byte) ([]byte, error) {
	if r.file == nil {
		if err := r.make(ringLeast); err != nil {
			return buf, err
		}
	}
	buf = p.header.AppendPart(buf[:0], 1, 0, p.samples)
	is := ringPart{
		header: p.header, size: int64(len(buf)), from: p.first().DTS, to: p.end(), units: len(p.samples), key: p.first().Key,
		fresh: fresh, at: at,
	}
	offset, gone := r.place(is.size)
	for (is.size > r.size || gone > 0 && !r.holds(gone, is.at)) && r.size < r.most {
		if err := r.grow(); err != nil {
			return buf, err
		}
		offset, gone = r.place(is.size)
	}
	if is.size > r.size {
		r.parts = r.parts[:0] // what follows it could not be decoded
		return buf, nil
	}
	r.parts = append(r.parts[:0], r.parts[gone:]...)
	is.offset, r.head = offset, offset+is.size
	r.parts = append(r.parts, is)
	return buf, r.folder.disk.Do(func() error {
		_, err := r.file.WriteAt(buf, offset)
		return err
	})
}

// place tells where a part of that size goes, and how many of the oldest go for it.
func (r *ring) place(size int64) (offset int64, gone int) {
	if offset = r.head; offset+size > r.size {
		offset = 0 // the rest stays empty
	}
	for i, p := range r.parts {
		if p.offset < offset+size && offset < p.offset+p.size {
			gone = i + 1
		}
	}
	return offset, gone
}

// holds tells whether enough is held when the oldest are gone and one comes that begins at that time.
func (r *ring) holds(gone int, at models.Time) bool {
	for _, p := range r.parts[gone:] {
		if p.key {
			return at.Sub(p.at) >= r.span
		}
	}
	return false
}

// from is the index of the newest key part that begins at or before an instant, or else of the oldest one.
func (r *ring) from(at models.Time) int {
	found := len(r.parts)
	for i, p := range r.parts {
		if p.key && (found == len(r.parts) || p.at <= at) {
			found = i
		}
	}
	return found
}

// read appends a part's bytes.
func (r *ring) read(p ringPart, buf []byte) ([]byte, error) {
	n := len(buf)
	buf = append(buf, make([]byte, p.size)...)
	err := r.folder.disk.Do(func() error {
		_, err := r.file.ReadAt(buf[n:], p.offset)
		return err
	})
	return buf, err
}

// make makes the file, whose blocks are all there from the first: it cannot fill the disk later.
func (r *ring) make(size int64) error {
	if err := r.folder.remove(r.name); err != nil {
		return err
	}
	file, err := r.folder.create(r.name)
	if err != nil {
		return fmt.Errorf("make a ring: %w", err)
	}
	err = r.folder.disk.Do(func() error {
		err := syscall.Fallocate(int(file.Fd()), 0, 0, size)
		if errors.Is(err, syscall.EOPNOTSUPP) {
			return file.Truncate(size)
		}
		return err
	})
	if err != nil {
		_ = file.Close() // nothing is in it
		return fmt.Errorf("make room for a ring: %w", err)
	}
	r.file, r.size, r.head, r.parts = file, size, 0, r.parts[:0]
	return nil
}

// grow makes the ring twice as large, and takes over what it holds.
func (r *ring) grow() error {
	old, parts := *r, append([]ringPart(nil), r.parts...)
	if err := r.make(min(2*r.size, r.most)); err != nil {
		return err
	}
	defer old.file.Close() // its name is gone already
	var buf []byte
	for _, p := range parts {
		var err error
		if buf, err = old.read(p, buf[:0]); err != nil {
			return err
		}
		p.offset, r.head = r.head, r.head+p.size
		err = r.folder.disk.Do(func() error {
			_, err := r.file.WriteAt(buf, p.offset)
			return err
		})
		if err != nil {
			return err
		}
		r.parts = append(r.parts, p)
	}
	return nil
}

// close removes the file.
func (r *ring) close() error {
	if r.file == nil {
		return nil
	}
	err := errors.Join(r.file.Close(), r.folder.remove(r.name))
	r.file, r.parts = nil, nil
	return err
}
