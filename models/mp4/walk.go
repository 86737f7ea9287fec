package mp4

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
)

// Part is a moof and its mdat as they lie in a file.
type Part struct {
	Offset  int64   // where it begins in the file
	Head    int     // bytes before the first sample
	Size    int64   // of all
	Track   uint32  // Video or Sound
	At      int64   // decode time of its first sample since the file's time 0, in ticks of its track
	Length  int64   // of all its samples, in ticks of its track
	Entries []Entry // its samples, which lie one behind the other; at least one
}

// Key tells whether decoding can begin with it.
func (p *Part) Key() bool { return p.Track == Video && p.Entries[0].Key }

// Walk goes through the parts of a file of ours by their boxes, never through the media. It believes no number that it reads: what
// it allocates is bounded by the bytes that are there, and by 1 MiB a part.
type Walk struct {
	Header *Header
	Rate   int64 // ticks of the sound a second, 0 without sound
	Whole  int64 // so many bytes of the file are whole: its header and the parts so far
	Part   Part  // the current one; Entries are overwritten by the next

	r    io.ReaderAt
	size int64
	buf  []byte
	err  error
}

const (
	maxInit = 64 << 10 // bytes of ftyp and moov together
	glance  = 1 << 10  // read at once for a part's head: 55 units
)

// errTorn says that a file ends in the middle of a part, as after a crash. It is never reassigned.
var errTorn = errors.New("the file ends in the middle of a part")

// Open reads the header of a file of which size bytes are there.
func Open(r io.ReaderAt, size int64) (*Walk, error) {
	head := make([]byte, max(0, min(size, maxInit)))
	if n, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read a header: %w", err)
	} else if n < len(head) {
		head, size = head[:n], int64(n)
	}
	n := 0
	for name, content := range Boxes(head) {
		n += 8 + len(content)
		if name == "moov" {
			return openAt(r, size, bytes.Clone(head[:n]))
		}
	}
	return nil, fmt.Errorf("no header of MP4 within the first %d bytes", len(head))
}

func openAt(r io.ReaderAt, size int64, head []byte) (*Walk, error) {
	var init fmp4.Init
	if err := init.Unmarshal(bytes.NewReader(head)); err != nil {
		return nil, fmt.Errorf("read a header: %w", err)
	}
	w := &Walk{Header: &Header{Init: head}, Whole: int64(len(head)), r: r, size: size}
	for i, t := range init.Tracks {
		if t.ID != i+1 || t.Codec.IsVideo() != (i == 0) || i > 1 || i == 0 && t.TimeScale != Ticks {
			return nil, fmt.Errorf("a header of MP4 that is not ours")
		}
		if i == 1 {
			w.Header.rate = int64(t.TimeScale)
		}
	}
	var err error
	w.Header.MIME, err = mimeOf(init.Tracks)
	w.Rate = w.Header.rate
	return w, err
}

// Next goes on to the next part; false at the end, and where no whole part follows: then Err says why.
func (w *Walk) Next() bool {
	if w.err != nil || w.Whole == w.size {
		return false
	}
	if w.err = w.read(); w.err != nil {
		w.err = fmt.Errorf("at byte %d of %d: %w", w.Whole, w.size, w.err)
		return false
	}
	w.Whole += w.Part.Size
	return true
}

// Head is the current part up to its first sample, to be copied before it is changed.
func (w *Walk) Head() []byte { return w.buf[:w.Part.Head] }

// Err says why Next ended before the end of the file, nil when it did not.
func (w *Walk) Err() error { return w.err }

// read reads the part that begins where the file is whole so far.
func (w *Walk) read() error {
	if err := w.fill(glance); err != nil {
		return err
	}
	head := int64(8)
	if len(w.buf) >= 8 {
		head += int64(binary.BigEndian.Uint32(w.buf))
	}
	switch {
	case len(w.buf) < 16 || head > w.size-w.Whole:
		return errTorn
	case string(w.buf[4:8]) != "moof" || head < 16+8 || head > maxHead+8:
		return fmt.Errorf("no part begins here")
	case head > int64(len(w.buf)):
		if err := w.fill(head); err != nil {
			return err
		}
	}
	moof, mdat := w.buf[8:head-8], w.buf[head-8:head]
	w.Part = Part{Offset: w.Whole, Head: int(head), Entries: w.Part.Entries[:0]}
	w.Part.Size = head - 8 + int64(binary.BigEndian.Uint32(mdat))
	if string(mdat[4:]) != "mdat" {
		return fmt.Errorf("no media behind a part's head")
	}
	if w.Part.Size > w.size-w.Whole {
		return errTorn
	}
	return w.Part.describe(moof)
}

// fill reads n bytes of what follows, or what there is.
func (w *Walk) fill(n int64) error {
	n = min(n, w.size-w.Whole)
	if int64(cap(w.buf)) < n {
		w.buf = make([]byte, n)
	}
	w.buf = w.buf[:n]
	if _, err := w.r.ReadAt(w.buf, w.Whole); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read a part's head: %w", err)
	} else if err != nil {
		return errTorn
	}
	return nil
}
