package recording

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"zhihui/models"
)

const (
	silentAfter = 5 * time.Second // without a unit a camera is waited for
	idleAfter   = time.Minute     // … and what it has sent is brought to an end
	ringMargin  = 5 * time.Second // an event is told so long after it has opened, at most
	bufferMost  = 4 << 20         // bytes laid down before they are written, when a ring is taken over
)

// tape is the recording of one camera. Its writer alone does its rounds; mu guards what others see and set.
type tape struct {
	rec      *Recorder
	strip    strip
	clock    clock
	clips    clipper
	reader   Reader
	seq      uint64   // of the last unit that was taken
	counted  string   // the last clip that was
	segment  *segment // nil = none is open
	ring     *ring    // nil = none is kept
	turn     uint64   // of the disk, when the segment was begun
	known    bool     // the end of the footage so far
	complain bool     // that units cannot be read was not logged yet

	mu       sync.Mutex
	camera   models.Camera
	hours    models.Schedule
	gone     bool  // from the site
	left     *left // by the last process; nil = taken up
	want     want
	lastUnit time.Time
	shown    []models.Segment // not in the index yet, oldest first
}

func newTape(r *Recorder, c models.Camera) *tape {
	t := &tape{rec: r, complain: true}
	t.clips = clipper{camera: c.ID, before: r.cfg.Before.Std(), after: r.cfg.After.Std(), id: func() string { return models.NewID(r.deps.Now()) }}
	t.apply(c)
	return t
}

// apply takes the camera as it is now. Hours that cannot be read are none; the store lets none in.
func (t *tape) apply(c models.Camera) {
	hours, err := models.ParseSchedule(c.Record.Schedule, t.rec.deps.Zone)
	if err != nil {
		t.rec.log.Error("the hours of a camera cannot be read", "camera", c.ID, "error", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.camera, t.hours, t.gone = c, hours, false
}

func (t *tape) remove() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gone = true
}

// open is what of its footage is not in the index yet.
func (t *tape) open() []models.Segment {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(t.shown), func(s models.Segment) bool { return s.Units == 0 })
}

// holds tells whether a file is not in the index yet, even one that is only about to be made.
func (t *tape) holds(file string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.shown, func(s models.Segment) bool { return s.File() == file })
}

func (t *tape) state() models.RecordState {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.want == wantNothing:
		return models.RecordOff
	case t.rec.deps.Disk.Ready() != nil:
		return models.RecordFailing
	case t.rec.deps.Now().Sub(t.lastUnit) > silentAfter:
		return models.RecordWaiting
	case t.want == wantRing:
		return models.RecordReady
	}
	return models.RecordRunning
}

// settle finds out what is to be done now.
func (t *tape) settle(now time.Time) (w want, gone bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clips.area = t.camera.Area
	t.strip.film.Mute = t.camera.Record.Silent
	if t.gone {
		t.want = wantNothing
	} else {
		t.want = wanted(t.camera, t.hours.Contains(now), t.clips.grows())
	}
	return t.want, t.gone
}

// unfinished tells whether some of its footage is not in the index yet.
func (t *tape) unfinished() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.shown) > 0
}

// resume goes on with the clips of the last process.
func (t *tape) resume(now time.Time) {
	t.mu.Lock()
	l := t.left
	t.left = nil
	t.mu.Unlock()
	if l == nil {
		return
	}
	for _, c := range l.clips {
		t.note(t.clips.resume(c, l.open, models.At(now)))
	}
	w, _ := t.settle(now)
	for _, e := range l.open {
		limit := t.clips.limit(e)
		if _, known := t.clips.wants[e.ID]; !known && w != wantNothing && (limit == 0 || limit > models.At(now)) {
			t.note(t.clips.open(e, models.At(now).Add(-t.clips.before), models.At(now)))
		}
	}
}

// events takes what has happened to events of the camera, where it is recorded at all.
func (t *tape) events(events []models.Event, now time.Time) {
	t.resume(now)
	if w, _ := t.settle(now); w == wantNothing {
		return
	}
	for _, e := range events {
		t.note(t.clips.event(e, models.At(now)))
	}
}

// note hands on the rows of clips that are other ones.
func (t *tape) note(changed []models.Clip) {
	for _, c := range changed {
		if c.ID != t.counted {
			t.counted = c.ID
			t.rec.metrics.clips.Inc()
		}
	}
	t.rec.clerk.note(changed)
}

// round writes what has come since the round before. False: the camera is gone, and nothing is left to do.
func (t *tape) round(ctx context.Context, now time.Time) bool {
	t.resume(now)
	t.note(t.clips.step(models.At(now)))
	w, gone := t.settle(now)
	if w == wantNothing {
		t.rest(now)
		return !gone || t.unfinished()
	}
	if t.reader == nil {
		t.reader = t.rec.deps.Subscribe(t.clips.camera)
	}
	if t.rec.deps.Disk.Ready() != nil {
		return true // units wait in the reader
	}
	if err := t.play(ctx, w, now); err != nil && ctx.Err() == nil {
		t.rec.log.Warn("footage waits for the disk", "camera", t.clips.camera, "error", err)
	}
	return true
}

// play takes what waits in the reader, and writes it.
func (t *tape) play(ctx context.Context, w want, now time.Time) error {
	if err := t.ready(ctx, now); err != nil {
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
	defer t.rec.units.put(units)
	if w == wantFootage {
		t.rec.metrics.lost.Add(float64(missed))
	}
	var failed error
	put := func(p *part) {
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
	if len(units) > 0 {
		t.mu.Lock()
		t.lastUnit = now
		t.mu.Unlock()
	} else if t.segment != nil && now.Sub(t.lastUnit) > idleAfter {
		t.finish()
	}
	if failed != nil {
		return failed
	}
	return t.write()
}

// ready makes sure that what was begun can be gone on with: of the same folder, and after the footage that there is.
func (t *tape) ready(ctx context.Context, now time.Time) error {
	if turn := t.rec.deps.Disk.Turn(); turn != t.turn {
		t.turn, t.ring = turn, nil
		if t.segment != nil {
			t.segment.close() // it may lie on a disk that is not there any more
		}
	}
	if !t.known {
		ahead, err := t.rec.deps.Store.Segments(ctx, t.clips.camera, models.At(now), models.At(now.Add(10*365*24*time.Hour)), 0)
		if err != nil {
			return fmt.Errorf("ask where the footage ends: %w", err)
		}
		for _, s := range ahead {
			t.clock.end = max(t.clock.end, s.To)
		}
		t.known = true
	}
	if t.segment != nil {
		return t.write() // what has failed before
	}
	return nil
}

// put gives a part to the open segment, or to the ring. With a key unit another segment may begin.
func (t *tape) put(p *part, w want) error {
	first := p.first()
	idle, fresh := t.segment == nil, first.Fresh
	past := func() bool { return idle || t.clock.at(first.DTS) >= t.clips.clip.To } // what the clip wants
	ends := !idle && (fresh || first.Key && (w == wantRing && past() || lasts(first.DTS-t.segment.zero) >= segmentLong))
	if (ends || idle) && (fresh || first.Key && t.clock.off(first.DTS, p.received)) {
		t.clock.set(first.DTS, p.received)
		fresh = true
	}
	if ends {
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
	t.clock.end = t.segment.next.To
	return nil
}

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
		if err == nil {
			err = t.write()
		}
		if err != nil { // what follows could not be decoded
			t.endSegment(0)
			break
		}
		t.clock.end = t.segment.row.To
	}
	t.rec.buffers.put(buf)
	t.dropRing()
	return err
}

// rest does nothing more for the camera, after what has come so far is written.
func (t *tape) rest(now time.Time) {
	t.note(t.clips.stop(models.At(now)))
	if t.reader != nil {
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
		t.clock.end = t.segment.next.To
		t.endSegment(0)
	}
}
