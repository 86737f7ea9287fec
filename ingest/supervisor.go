package ingest

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

// Supervisor runs one worker for each camera of the site and tells the status of each.
type Supervisor struct {
	config   Config
	log      *slog.Logger
	hub      *Hub
	count    *metrics
	player   player
	onStatus func(models.CameraStatus)
	metadata func(camera string, document []byte) // nil = nobody listens
	beside   func(camera string, yes bool)
	now      func() time.Time
	places   *places
	sessions atomic.Uint64
	changed  chan struct{} // a token while wanted is newer than what runs

	mu       sync.Mutex
	wanted   map[string]models.Camera
	statuses map[string]models.CameraStatus

	workers map[string]*employed // of Run alone
}

// employed is a worker with its goroutine.
type employed struct {
	worker *worker // nil for a disabled camera
	camera models.Camera
	cancel context.CancelFunc
	done   chan struct{}
}

// NewSupervisor returns a supervisor without cameras. onStatus is called at every change of a camera's state or reason,
// in order for each camera, on that camera's own watching goroutine: it may take its time, the pictures do not wait for
// it, but it must return for the camera's next status to come.
func NewSupervisor(
	config Config, log *slog.Logger, registerer prometheus.Registerer, hub *Hub, onStatus func(models.CameraStatus),
) *Supervisor {
	return &Supervisor{
		config: config, log: log, hub: hub, count: newMetrics(registerer, hub), onStatus: onStatus, now: time.Now,
		player: &rtsp.Source{
			DialTimeout:   config.DialTimeout.Std(),
			AnswerTimeout: config.Silence.Std() * 3 / 2, // silence itself is the worker's to notice, and earlier
			Now:           time.Now,
			Control:       config.Networks.Control,
		},
		places:  newPlaces(config.Handshakes),
		changed: make(chan struct{}, 1),
		wanted:  map[string]models.Camera{}, statuses: map[string]models.CameraStatus{}, workers: map[string]*employed{},
	}
}

// OnMetadata gives to tell each document that cameras with Alarms send beside their video, nil for one that was lost: of those
// without an ONVIF address, whose device has a pull point; and to hears, at each stream, whether the camera has any. Both are
// called on the goroutines that read the streams and must not wait. Call it before Run.
func (s *Supervisor) OnMetadata(tell func(camera string, document []byte), hears func(camera string, yes bool)) {
	s.metadata, s.beside = tell, hears
}

// hears tells whether what a camera reports by itself is looked for beside its video.
func hears(c models.Camera) bool { return c.Alarms && c.ONVIF.Address == "" }

// listens tells whether a camera's sound is kept.
func listens(c models.Camera) bool { return c.Recorded() && !c.Record.Silent }

// Apply makes these the cameras of the site. It returns at once; Run follows. Cameras whose Revision is unchanged are
// not touched; an edit that leaves the connection alone does not cut it, but ends a pause after refused credentials.
func (s *Supervisor) Apply(cameras []models.Camera) {
	wanted := make(map[string]models.Camera, len(cameras))
	for _, c := range cameras {
		wanted[c.ID] = c
	}
	s.mu.Lock()
	s.wanted = wanted
	s.mu.Unlock()
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// Camera returns a camera of the site with its credentials: for a probe of it alone.
func (s *Supervisor) Camera(id string) (models.Camera, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.wanted[id]
	return c, ok
}

// Run plays the cameras until ctx ends, and returns nil when every connection is closed.
func (s *Supervisor) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			s.dismiss(slices.Collect(maps.Keys(s.workers)))
			return nil
		case <-s.changed:
			s.reconcile(ctx)
		}
	}
}

// step is what an edit asks of a camera's worker.
type step int

const (
	stepKeep    step = iota
	stepAgain        // the connection is the same: try at once when the worker pauses
	stepReplace      // another connection
)

func compare(old, edited models.Camera) step {
	switch {
	case old.URL != edited.URL, old.Transport != edited.Transport, old.Username != edited.Username, old.Password != edited.Password, old.Disabled != edited.Disabled,
		hears(old) != hears(edited), listens(old) != listens(edited):
		return stepReplace
	case old.Revision != edited.Revision:
		return stepAgain
	}
	return stepKeep
}

// stagger is the time between the first dials of cameras that are new together: 1,043 of them begin within 4 s.
const stagger = 4 * time.Millisecond

func (s *Supervisor) reconcile(ctx context.Context) {
	s.mu.Lock()
	wanted := s.wanted // Apply replaces the map, it does not change it
	s.mu.Unlock()
	var leave, elsewhere []string
	for id, e := range s.workers {
		edited, stays := wanted[id]
		if !stays || compare(e.camera, edited) == stepReplace {
			leave = append(leave, id)
			if stays && edited.URL != e.camera.URL {
				elsewhere = append(elsewhere, id)
			}
		} else if compare(e.camera, edited) == stepAgain {
			e.camera = edited
			e.tryAgain()
		}
	}
	s.dismiss(leave)
	for _, id := range leave {
		if _, stays := wanted[id]; !stays {
			s.forget(id)
		}
	}
	for _, id := range elsewhere {
		s.hub.Renew(id)
	}
	wait := time.Duration(0)
	for id, camera := range wanted {
		if s.workers[id] == nil {
			s.workers[id] = s.employ(ctx, camera, wait)
			if !camera.Disabled {
				wait += stagger
			}
		}
	}
}

func (e *employed) tryAgain() {
	if e.worker != nil {
		select {
		case e.worker.again <- struct{}{}:
		default:
		}
	}
}

func (s *Supervisor) employ(ctx context.Context, camera models.Camera, wait time.Duration) *employed {
	ctx, cancel := context.WithCancel(ctx)
	e := &employed{camera: camera, cancel: cancel, done: make(chan struct{})}
	report := func(state models.CameraState, reason rtsp.Reason) { s.report(camera.ID, state, reason) }
	if camera.Disabled {
		close(e.done)
		report(models.CameraDisabled, "")
		return e
	}
	e.worker = &worker{
		camera: camera, config: s.config, player: s.player, hub: s.hub, log: s.log, places: s.places, count: s.count,
		open:   func() uint64 { return s.sessions.Add(1) },
		report: report, again: make(chan struct{}, 1), wait: wait,
	}
	if s.metadata != nil && hears(camera) {
		e.worker.metadata = func(document []byte) { s.metadata(camera.ID, document) }
		e.worker.beside = func(yes bool) { s.beside(camera.ID, yes) }
	}
	go func() {
		defer close(e.done)
		e.worker.run(ctx)
	}()
	return e
}

// dismiss ends the workers together, then waits for each.
func (s *Supervisor) dismiss(ids []string) {
	for _, id := range ids {
		s.workers[id].cancel()
	}
	for _, id := range ids {
		<-s.workers[id].done
		delete(s.workers, id)
	}
}

func (s *Supervisor) forget(camera string) {
	s.mu.Lock()
	s.count.moved(s.statuses[camera].State, "")
	delete(s.statuses, camera)
	s.mu.Unlock()
	s.hub.Remove(camera)
}

// report notes a status and tells the others when it is new. Since moves with the state alone.
func (s *Supervisor) report(camera string, state models.CameraState, reason rtsp.Reason) {
	s.mu.Lock()
	old := s.statuses[camera]
	status := models.CameraStatus{
		Camera: camera, State: state, Code: string(reason), Reason: sentence(reason), Since: old.Since,
	}
	if old.State != state {
		status.Since = models.At(s.now())
	}
	s.statuses[camera] = status
	s.count.moved(old.State, state)
	s.mu.Unlock()
	if status != old {
		s.onStatus(status)
	}
}
