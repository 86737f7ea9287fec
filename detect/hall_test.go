package detect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// hall is an engine in a synctest bubble with a scripted world around it.
type hall struct {
	*Engine
	t      *testing.T
	began  time.Time
	eye    *eye
	stop   context.CancelFunc
	ended  chan error
	mu     sync.Mutex
	refuse int // publishes to refuse
	events []models.Event
	files  map[string][]byte
}

func newHall(t *testing.T, spoil ...func(*Config)) *hall {
	t.Helper()
	h := &hall{t: t, began: time.Now(), ended: make(chan error, 1), files: map[string][]byte{}}
	h.eye = &eye{t: t, results: make(chan Result, 64), script: map[string]func(float64) scene{}, asked: map[string][]asking{}}
	cfg := DefaultConfig()
	cfg.Language, cfg.TimeZone = "en", "UTC"
	for _, f := range spoil {
		f(&cfg)
	}
	e, err := New(cfg, Deps{Vision: h.eye, Subscribe: h.subscribe, Publish: h.publish, SaveSnapshot: h.save},
		slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	require.NoError(t, err)
	h.Engine = e
	return h
}

// start runs the engine until end.
func (h *hall) start() {
	ctx, stop := context.WithCancel(h.t.Context())
	h.stop = stop
	go func() { h.ended <- h.Run(ctx) }()
}

func (h *hall) end() {
	h.t.Helper()
	h.stop()
	require.NoError(h.t, <-h.ended)
}

// until lets the world go on to the given second since the beginning.
func (h *hall) until(second float64) {
	time.Sleep(time.Until(h.began.Add(time.Duration(second * float64(time.Second)))))
	synctest.Wait()
}

func (h *hall) publish(_ context.Context, ev models.Event) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refuse > 0 {
		h.refuse--
		return errors.New("not now")
	}
	h.events = append(h.events, ev)
	return nil
}

func (h *hall) save(_ context.Context, name string, jpeg []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.files[name] = jpeg
	return nil
}

// took returns the messages of a kind that were published.
func (h *hall) took(kind models.EventKind) []models.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	var its []models.Event
	for _, ev := range h.events {
		if ev.Kind == kind {
			its = append(its, ev)
		}
	}
	return its
}

func (h *hall) at(second float64) models.Time {
	return models.At(h.began.Add(time.Duration(second * float64(time.Second))))
}

// subscribe gives a camera of 10 units a second, every 20th of them key.
func (h *hall) subscribe(camera string) Reader {
	return &film{camera: camera, tick: time.NewTicker(100 * time.Millisecond)}
}

type film struct {
	camera string
	tick   *time.Ticker
	seq    uint64
}

func (f *film) Next(ctx context.Context) (*models.AccessUnit, error) {
	select {
	case at := <-f.tick.C:
		f.seq++
		return &models.AccessUnit{Camera: f.camera, Seq: f.seq, Session: 1, Key: f.seq%20 == 1, ReceivedAt: at}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (f *film) Close() { f.tick.Stop() }

// scene is what is in the picture at an instant.
type scene struct {
	motion  float64
	boxes   []models.Box
	objects []models.Object
	fault   string
	reset   bool
	full    bool // the worker has no credit
}

type asking struct {
	unit *models.AccessUnit
	want Want
}

// eye is an analyser that sees what the script says, and fails the test when it is sent what no decoder could follow.
type eye struct {
	t       *testing.T
	began   time.Time
	results chan Result
	blind   bool // snapshots fail

	mu     sync.Mutex
	script map[string]func(second float64) scene
	asked  map[string][]asking
	gone   []string
	boxes  []models.Object // of the newest snapshot

	sight   func(u *models.AccessUnit) (Sight, error) // of a glance; nil = nobody looks
	glanced []*models.AccessUnit
}

func (e *eye) Analyse(u *models.AccessUnit, want Want) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.began.IsZero() {
		e.began = u.ReceivedAt.Add(-100 * time.Millisecond)
	}
	s := scene{}
	if f := e.script[u.Camera]; f != nil {
		s = f(u.ReceivedAt.Sub(e.began).Seconds())
	}
	if s.full {
		return false
	}
	if all := e.asked[u.Camera]; !u.Key && (len(all) == 0 || all[len(all)-1].unit.Seq+1 != u.Seq) {
		e.t.Errorf("unit %d of %s cannot be decoded", u.Seq, u.Camera)
	}
	e.asked[u.Camera] = append(e.asked[u.Camera], asking{u, want})
	r := Result{Camera: u.Camera, Seq: u.Seq, ReceivedAt: u.ReceivedAt, Decoded: true, Motion: s.motion, HasMotion: want&WantMotion != 0, MotionBoxes: s.boxes, Fault: s.fault, Reset: s.reset}
	if want&WantObjects != 0 && s.fault == "" {
		r.HasObjects, r.Objects = true, s.objects
	}
	time.AfterFunc(30*time.Millisecond, func() { e.results <- r })
	return true
}

func (e *eye) Workers() int { return 1 }

func (e *eye) Results() <-chan Result { return e.results }

func (e *eye) Snapshot(ctx context.Context, _ string, boxes []models.Object) ([]byte, error) {
	if e.blind {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.boxes = boxes
	return []byte("jpeg"), nil
}

func (e *eye) Glance(_ context.Context, u *models.AccessUnit, jpeg bool) (Sight, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.sight == nil {
		return Sight{}, errors.New("nobody looks")
	}
	e.glanced = append(e.glanced, u)
	s, err := e.sight(u)
	if jpeg {
		s.JPEG = fmt.Appendf(nil, "unit %d", u.Seq)
	}
	return s, err
}

func (e *eye) Forget(camera string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.gone = append(e.gone, camera)
}

// sent counts the units of a camera sent from one second to another, and the looks among them.
func (e *eye) sent(camera string, from, to float64) (units, looks int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.asked[camera] {
		if s := a.unit.ReceivedAt.Sub(e.began).Seconds(); s >= from && s < to {
			units++
			if a.want&WantObjects != 0 {
				looks++
			}
		}
	}
	return units, looks
}
