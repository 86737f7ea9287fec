package detect

import (
	"context"
	"hash/maphash"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
)

// analyser looks at pictures; Vision is the real one.
type analyser interface {
	// Analyse sends a unit to be decoded and looked at; false = no credit now. It never waits.
	Analyse(u *models.AccessUnit, want Want) bool
	// Results gives one Result for each unit that Analyse took, in order within a camera.
	Results() <-chan Result
	// Workers counts those that look at pictures now.
	Workers() int
	// Glance looks at one key unit by itself, of any camera; jpeg says that the picture is wanted too.
	Glance(ctx context.Context, u *models.AccessUnit, jpeg bool) (Sight, error)
	// Snapshot returns a camera's picture as a JPEG: with boxes the one that was looked at last, else the newest.
	Snapshot(ctx context.Context, camera string, boxes []models.Object) ([]byte, error)
	// Forget frees what is held of a camera.
	Forget(camera string)
}

// Reader gives the access units of one camera, oldest first; after a gap in Seq it goes on at a key unit.
type Reader interface {
	// Next waits for the next unit. An error means that the reader is done with.
	Next(ctx context.Context) (*models.AccessUnit, error)
	Close()
}

// Deps are the neighbours of an Engine.
type Deps struct {
	Vision    analyser                                  // nil = no pictures are analysed
	Subscribe func(camera string) Reader                // a reader of its own for each call
	Newest    func(camera string) *models.AccessUnit    // its newest key unit; nil = there is none. Without it pictures' conditions are not found out
	Publish   func(context.Context, models.Event) error // nil error = accepted for good; called until then
	// Past returns what a sensor has said from an instant on, oldest first, and need not know all of it; nil = nothing is known.
	// It is asked at most once for a sensor, when that has a rule that looks back.
	Past func(sensor string, from time.Time) []models.Reading
	// SaveSnapshot stores a JPEG under a name such as "01J….jpg".
	SaveSnapshot func(ctx context.Context, name string, jpeg []byte) error
	Views        string           // folder in which what cameras usually show outlives a restart; "" = it is learnt anew
	Now          func() time.Time // nil = time.Now
}

// Engine makes Events of what cameras and sensors give.
type Engine struct {
	cfg     Config
	deps    Deps
	log     *slog.Logger
	metrics *metrics
	loc     *time.Location
	budget  *budget
	load    *load
	outs    []*outbox // one event always goes through the same one
	seed    maphash.Seed
	shots   chan shot
	changed chan struct{} // capacity 1: the cameras to read have changed

	mu      sync.RWMutex
	cameras map[string]*camera
	sensors map[string]*sensor
	readers map[string][]*sensor // by id, those whose rules read it
	resumed []models.Event
}

// New returns an Engine without sources. Its metrics go to reg.
func New(cfg Config, deps Deps, log *slog.Logger, reg prometheus.Registerer) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation(cfg.TimeZone)
	if err != nil {
		return nil, models.FieldError("time_zone", "%v", err)
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	e := &Engine{
		cfg: cfg, deps: deps, log: log, loc: loc, budget: newBudget(cfg.Inferences, cfg.InferEvery.Std()),
		seed: maphash.MakeSeed(), shots: make(chan shot, maxShots), changed: make(chan struct{}, 1),
		cameras: map[string]*camera{}, sensors: map[string]*sensor{},
	}
	if deps.Vision != nil {
		e.load = newLoad(cfg.WorkerShare, deps.Vision.Workers)
	}
	if e.metrics, err = newMetrics(reg, func() float64 { return float64(e.Waiting()) }); err != nil {
		return nil, err
	}
	for range cfg.Publishers {
		e.outs = append(e.outs, newOutbox(deps, e.metrics, log))
	}
	return e, nil
}

// Resume takes the events that were open when the last process ended. Call it once, before the first Apply: that takes
// them up where their rule still is, and closes the others. What the hall tells of itself is not ours.
func (e *Engine) Resume(open []models.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ev := range open {
		if ev.SourceType != models.FromHall {
			e.resumed = append(e.resumed, ev)
		}
	}
}

// CameraStatus takes what ingest has found of a camera. It never waits; calls about one camera keep their order.
func (e *Engine) CameraStatus(s models.CameraStatus) {
	c := e.camera(s.Camera)
	if c == nil {
		e.metrics.unknown.Inc()
		return
	}
	c.setStatus(received(s.Since, e.deps.Now()), s)
}

// Reading takes the newest value of a sensor. It never waits; calls about one sensor keep their order.
func (e *Engine) Reading(r models.Reading) {
	e.mu.RLock()
	s, readers := e.sensors[r.Sensor], e.readers[r.Sensor]
	e.mu.RUnlock()
	if s == nil {
		e.metrics.unknown.Inc()
		return
	}
	at := received(r.At, e.deps.Now())
	if r.Kept {
		s.kept(at, r.Value)
		return
	}
	s.reading(at, r.Value)
	for _, other := range readers {
		other.consider(at)
	}
}

func (e *Engine) camera(id string) *camera {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.cameras[id]
}

// source finds where an event came from; nil when it is gone.
func (e *Engine) source(ev models.Event) *source {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if c := e.cameras[ev.Source]; c != nil && ev.SourceType == models.FromCamera {
		return &c.source
	}
	if s := e.sensors[ev.Source]; s != nil && ev.SourceType == models.FromSensor {
		return &s.source
	}
	return nil
}

// emit queues a message about an event.
func (e *Engine) emit(ev models.Event) {
	what := "updated"
	switch {
	case ev.Revision == 1:
		what = "opened"
	case ev.State == models.EventClosed:
		what = "closed"
	}
	e.metrics.events.WithLabelValues(string(ev.Kind), what).Inc()
	e.outs[maphash.String(e.seed, ev.ID)%uint64(len(e.outs))].add(ev)
}

// Waiting counts the messages about events that the bus has not accepted yet.
func (e *Engine) Waiting() int {
	n := 0
	for _, o := range e.outs {
		n += o.length()
	}
	return n
}
