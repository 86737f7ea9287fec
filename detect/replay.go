package detect

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/detect/coding"
	"zhihui/models"
)

// Step is what came of one unit of a replay.
type Step struct {
	At         time.Time // of the unit's receipt
	Key        bool
	Reading    coding.Reading // Bytes 0 = it told nothing
	Excess     float64        // of the last few units over the camera's own level, in bars: above 1 stands out
	Want       Want           // what was wanted of it
	Decoded    bool
	Motion     float64
	Objects    int // that the network found
	Tracks     int // believed and in view
	Awake      bool
	DecodeTime time.Duration
	InferTime  time.Duration
}

// ReplayEvent is an event of a replay, and when its opening was told: later than its OpenedAt where units were decoded
// belatedly.
type ReplayEvent struct {
	models.Event
	Told time.Time
}

// Replayed is what came of a replay.
type Replayed struct {
	Steps  []Step // one a unit
	Events []ReplayEvent
}

// Way is how a replay treats the gate. Its zero value is as the product runs.
type Way struct {
	Ungated bool          // each unit is decoded and compared, and the network looks as often as it may
	Later   time.Duration // of that, by how much its looks fall later: what is lost by that, is found by chance
}

// replay is the world around one camera: it waits for the answer to each unit, and its clock is that of the units.
type replay struct {
	*Vision
	ctx     context.Context
	way     Way
	now     time.Time
	first   uint64   // Seq of the first unit
	answers []Result // not taken by the camera yet
	fault   error
	meter   coding.Meter
	Replayed
}

// Replay runs the units of one camera, consecutive ones, through the judgement that Engine runs, as fast as a worker of v,
// which must be up and have no part in anything else of that camera, looks at them. It is the same each time, because the
// clock is that of the units, and nothing else happens before a unit is answered. It fails where the worker does, or
// finds a unit at fault.
func Replay(ctx context.Context, cfg Config, v *Vision, is models.Camera, units iter.Seq[*models.AccessUnit], way Way) (Replayed, error) {
	r := &replay{Vision: v, ctx: ctx, way: way}
	defer v.Forget(is.ID)
	e, err := New(cfg, Deps{Vision: r, Now: func() time.Time { return r.now }}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err != nil {
		return Replayed{}, err
	}
	is.Analyse = true
	if err := e.Apply([]models.Camera{is}, nil); err != nil {
		return Replayed{}, err
	}
	c := e.camera(is.ID)
	c.emit, c.shoot = r.hear, func(models.Event, string) {}
	for u := range units {
		r.begin(u)
		if way.Ungated {
			c.eyes.gate.fresh = r.now.Add(time.Hour)
		}
		c.unit(u)
		if way.Later > 0 && len(r.Steps) == 1 {
			c.eyes.gate.looked = r.now.Add(way.Later - cfg.InferEvery.Std())
		}
		for len(r.answers) > 0 {
			answer := r.answers[0]
			r.answers = r.answers[1:]
			c.result(answer)
		}
		r.end(c)
		if r.fault != nil {
			return Replayed{}, r.fault
		}
	}
	return r.Replayed, nil
}

func (r *replay) begin(u *models.AccessUnit) {
	if len(r.Steps) == 0 {
		r.first = u.Seq
	}
	r.now = u.ReceivedAt
	reading, _ := r.meter.Read(u)
	r.Steps = append(r.Steps, Step{At: u.ReceivedAt, Key: u.Key, Reading: reading})
}

func (r *replay) end(c *camera) {
	s := &r.Steps[len(r.Steps)-1]
	s.Tracks = len(c.objects.present()) + len(c.motions.present())
	s.Excess = (c.eyes.level.now - c.eyes.level.mean) / c.eyes.level.bar()
	s.Awake = c.eyes.gate.awake(r.now, c.cfg.QuietAfter.Std())
}

// hear takes the message of an event.
func (r *replay) hear(ev models.Event) {
	for n := range r.Events {
		if r.Events[n].ID == ev.ID {
			r.Events[n].Event = ev
			return
		}
	}
	r.Events = append(r.Events, ReplayEvent{ev, r.now})
}

// Analyse waits for the answer and keeps it until the camera can take it.
func (r *replay) Analyse(u *models.AccessUnit, want Want) bool {
	if r.fault != nil {
		return false
	}
	if r.way.Ungated {
		want |= WantMotion | WantWhole
	}
	if !r.Vision.Analyse(u, want) { // nothing waits for an answer, so this is not for want of credit
		r.fault = models.Errorf(models.Unavailable, "unit %d of camera %s was not taken: its worker is not up, or the units before it are missing", u.Seq, u.Camera)
		return false
	}
	select {
	case a := <-r.Results():
		r.note(a, want)
	case <-r.ctx.Done():
		r.fault = context.Cause(r.ctx)
	}
	return true
}

func (r *replay) note(a Result, want Want) {
	if a.Fault != "" {
		r.fault = models.Errorf(models.Unavailable, "unit %d of camera %s was not analysed: %s", a.Seq, a.Camera, a.Fault)
		return
	}
	r.answers = append(r.answers, a)
	s := &r.Steps[a.Seq-r.first]
	s.Decoded, s.Want, s.Motion, s.Objects = true, want, a.Motion, len(a.Objects)
	s.DecodeTime, s.InferTime = a.DecodeTime, a.InferTime
}
