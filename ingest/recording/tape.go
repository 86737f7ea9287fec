package recording

import (
	"slices"
	"sync"
	"time"

	"zhihui/models"
)

// silentAfter is when a camera without a unit that can be kept is waited for.
const silentAfter = 5 * time.Second

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
	complain bool     // that units cannot be read was not logged yet
	silent   bool     // sound is left out

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
		if t.rec.deps.Disk.Fault().Code != "" { // that it is slow
			return models.RecordFailing
		}
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
	t.silent = t.camera.Record.Silent
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
