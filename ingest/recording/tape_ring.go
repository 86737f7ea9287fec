package recording

import (
	"time"

	"zhihui/models"
)

const (
	ringMargin = 5 * time.Second // an event is told so long after it has opened, at most
	bufferMost = 4 << 20         // bytes laid down before they are written, when a ring is taken over
)

// keep gives a part to the ring.
func (t *tape) keep(p *part, fresh bool) (err error) {
	if t.ring == nil {
		t.ring = newRing(t.rec.folder, t.clips.camera, t.rec.cfg.Before.Std()+ringMargin, t.rec.cfg.RingBytes)
	}
	buf := t.rec.buffers.get()
	if buf, err = t.ring.add(p, t.clock.at(p.first().DTS), fresh, buf); err != nil {
		t.dropRing()
	}
	t.rec.buffers.put(buf)
	return err
}

// takeRing begins the footage with what the ring holds from before the clip on.
func (t *tape) takeRing(now time.Time) (err error) {
	if t.ring == nil || t.segment != nil {
		return nil
	}
	from := models.At(now)
	if t.clips.grows() {
		from = t.clips.clip.From
	}
	buf := t.rec.buffers.get()
	for _, p := range t.ring.parts[t.ring.from(from):] {
		if t.segment != nil && p.fresh {
			t.endSegment(p.at)
		}
		if t.segment == nil {
			t.begin(p.header, p.at, p.from)
		}
		if buf, err = t.ring.read(p, buf[:0]); err == nil {
			err = t.segment.copy(buf, p.to, p.units)
		}
		if err == nil && len(t.segment.buf) > bufferMost {
			err = t.write()
		}
		if err != nil { // what follows could not be decoded
			t.endSegment(0)
			break
		}
	}
	t.rec.buffers.put(buf)
	t.dropRing()
	return err
}

func (t *tape) dropRing() {
	if t.ring == nil {
		return
	}
	if err := t.ring.close(); err != nil {
		t.rec.log.Warn("a ring stays behind until the next start", "camera", t.clips.camera, "error", err)
	}
	t.ring = nil
}
