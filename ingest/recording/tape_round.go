package recording

import (
	"context"
	"time"

	"zhihui/models"
)

// idleAfter is when what a camera has sent, that sends nothing more, is brought to an end.
const idleAfter = time.Minute

// round writes what has come since the round before. False: the camera is gone, and nothing is left to do.
func (t *tape) round(ctx context.Context, now time.Time) bool {
	t.resume(now)
	t.note(t.clips.step(models.At(now)))
	w, gone := t.settle(now)
	if w == wantNothing {
		t.rest(now)
		return !gone || t.unfinished()
	}
	if t.strip.film.Mute != t.silent { // a header that names sound has to have some
		t.finish()
		t.strip.film.Mute = t.silent
	}
	if t.reader == nil {
		t.reader = t.rec.deps.Subscribe(t.clips.camera)
	}
	if t.rec.deps.Disk.Ready() != nil {
		return true // units wait in the reader
	}
	if err := t.play(w, now); err != nil && ctx.Err() == nil {
		t.rec.log.Warn("footage waits for the disk", "camera", t.clips.camera, "error", err)
	}
	return true
}

// play takes what waits in the reader, and writes it.
func (t *tape) play(w want, now time.Time) error {
	if err := t.ready(); err != nil {
		return err
	}
	if w == wantFootage {
		if err := t.takeRing(now); err != nil {
			return err
		}
	}
	units, missed, ended := t.reader.Take(t.rec.units.get())
	if ended { // the camera was removed, and has come back since
		t.reader.Close()
		t.reader = nil
	}
	if w == wantFootage {
		t.rec.metrics.lost.Add(float64(missed))
	}
	parts, failed := t.feed(units, w)
	if parts > 0 {
		t.mu.Lock()
		t.lastUnit = now
		t.mu.Unlock()
	} else if t.segment != nil && now.Sub(t.lastUnit) > idleAfter {
		t.finish()
	}
	t.rec.units.put(units)
	if failed != nil {
		return failed
	}
	return t.write()
}

// feed lays units down, and tells how many parts they were.
func (t *tape) feed(units []*models.AccessUnit, w want) (parts int, failed error) {
	put := func(p *part) {
		parts++
		if err := t.put(p, w); err != nil {
			failed = err
		}
	}
	for _, u := range units {
		if u.Seq <= t.seq {
			continue // a new reader begins with the GOP, which was taken from the one before
		}
		t.seq = u.Seq
		if err := t.strip.add(u, put); err != nil && t.complain {
			t.complain = false
			t.rec.log.Warn("a picture of a camera cannot be kept", "camera", t.clips.camera, "error", err)
		}
	}
	t.strip.hand(put)
	return parts, failed
}

// ready makes sure that what was begun can be gone on with, in the same folder.
func (t *tape) ready() error {
	if turn := t.rec.deps.Disk.Turn(); turn != t.turn {
		t.turn, t.ring = turn, nil
		if t.segment != nil {
			t.segment.close() // it may lie on a disk that is not there any more
		}
	}
	if t.segment != nil {
		return t.write() // what has failed before
	}
	return nil
}

// put gives a part to the open segment, or to the ring. With a key unit another segment may begin.
func (t *tape) put(p *part, w want) error {
	first := p.first()
	idle, fresh, leapt := t.segment == nil, first.Fresh, first.Key && t.clock.leapt(p.received)
	past := func() bool { return idle || t.clock.at(first.DTS) >= t.clips.clip.To } // what the clip wants
	ends := !idle && (fresh || leapt || first.Key && (w == wantRing && past() || lasts(first.DTS-t.segment.zero) >= segmentLong) ||
		lasts(p.end()-t.segment.zero) >= segmentMost)
	if (ends || idle) && (fresh || first.Key && t.clock.off(first.DTS, p.received)) {
		t.clock.set(first.DTS, p.received)
		fresh = true
	}
	if ends && leapt {
		t.endSegment(0) // what may lie beside it does not shorten it
	} else if ends {
		t.endSegment(t.clock.at(first.DTS))
	}
	switch {
	case t.segment == nil && w == wantRing && past():
		return t.keep(p, fresh)
	case t.segment == nil && !first.Key:
		t.rec.metrics.lost.Add(float64(len(p.samples)))
		return nil
	case t.segment == nil:
		t.begin(p.header, t.clock.at(first.DTS), first.DTS)
	}
	t.segment.add(p)
	return nil
}

// rest does nothing more for the camera, after what has come so far is written.
func (t *tape) rest(now time.Time) {
	t.note(t.clips.stop(models.At(now)))
	if t.reader != nil || t.segment != nil || t.ring != nil {
		t.close()
	}
}

// close ends everything but the clips.
func (t *tape) close() {
	t.finish()
	if t.reader != nil {
		t.reader.Close()
		t.reader = nil
	}
	t.dropRing()
}

// finish ends what is open, the unit that waits for the next with it.
func (t *tape) finish() {
	t.strip.finish(func(p *part) {
		if t.segment != nil && !p.first().Fresh {
			t.segment.add(p)
		}
	})
	if t.segment != nil {
		t.endSegment(0)
	}
}
