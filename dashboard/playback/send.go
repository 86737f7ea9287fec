package playback

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
	"zhihui/models/mp4"
)

// thin leaves key parts alone, at most one each so long.
func (p *Piece) thin(every time.Duration) {
	kept := p.parts[:0]
	for _, n := range p.parts {
		if n.key && (len(kept) == 0 || n.shown.Sub(kept[len(kept)-1].shown) >= every) {
			kept = append(kept, n)
		}
	}
	p.parts = kept
	for i := range kept {
		end := p.To
		if i+1 < len(kept) {
			end = kept[i+1].shown
		}
		kept[i].last(max(1, int64(end-kept[i].shown)*mp4.Ticks/1000))
	}
}

// last makes the part's one picture stand for so many ticks.
func (n *part) last(ticks int64) {
	entry := n.head[len(n.head)-8-16:] // what trun says of it, before the head of mdat
	binary.BigEndian.PutUint32(entry, uint32(ticks))
}

// place numbers the parts, gives them their times on the want's time line, and puts the header before the first and wherever it
// becomes another.
func (p *Piece) place(want Want) error {
	first := &p.parts[0]
	p.From = first.shown
	decoded := first.reel.at(first.begin, mp4.Ticks)
	if want.Origin == 0 {
		want.Origin = decoded
	}
	if want.Origin > decoded {
		return models.FieldError("origin", "the piece begins at %s, with the key picture before what is asked for: the origin must not lie behind that", decoded)
	}
	header := first.reel.walk.Header
	silent := want.Silent || want.Keys || !header.Audible()
	var before *mp4.Header
	placed := make([]part, 0, len(p.parts)+1)
	for i, n := range p.parts {
		if silent && n.track == mp4.Sound {
			continue
		}
		if h := n.reel.walk.Header; !h.Same(before) {
			before = h
			if silent {
				h = h.Silent()
			}
			p.MIME = h.MIME
			placed = append(placed, part{head: h.Init})
		}
		rate := int64(mp4.Ticks)
		if n.track == mp4.Sound {
			rate = n.reel.walk.Rate
		}
		at := int64(n.reel.From-want.Origin)*rate/1000 + n.begin
		if at < 0 {
			continue // sound of before the first picture
		}
		mp4.Place(n.head, uint32(i+1), at)
		placed = append(placed, n)
	}
	p.parts = placed
	return nil
}

// Size is how many bytes WriteTo writes.
func (p *Piece) Size() int64 {
	var n int64
	for i := range p.parts {
		n += int64(len(p.parts[i].head)) + p.parts[i].size
	}
	return n
}

// WriteTo writes the piece, with little memory however long it is.
func (p *Piece) WriteTo(w io.Writer) (int64, error) {
	c := &counter{w: w, sent: p.library.metrics.bytes}
	p.library.metrics.pieces.Inc()
	buf := bufio.NewWriterSize(c, 128<<10)
	for _, n := range p.parts {
		if _, err := buf.Write(n.head); err != nil {
			return c.n, err
		}
		if n.size == 0 {
			continue
		}
		if _, err := io.CopyN(buf, io.NewSectionReader(n.reel.file, n.media, n.size), n.size); err != nil {
			return c.n, fmt.Errorf("send %s: %w", n.reel.File(), err)
		}
	}
	return c.n, buf.Flush()
}

// counter counts what goes through it.
type counter struct {
	w    io.Writer
	n    int64
	sent prometheus.Counter
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	c.sent.Add(float64(n))
	return n, err
}
