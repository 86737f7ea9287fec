package recording

import (
	"context"
	"hash/fnv"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
	"zhihui/models/store"
)

// Span is how long a disk may take nothing without a loss: so much of each camera has to wait in its reader.
const Span = 12 * time.Second

// Reader gives the access units of one camera, oldest first; after a gap in Seq it goes on at a key unit.
type Reader interface {
	// Take appends all that waits, and tells how many units were dropped since the Take before because they waited for too long,
	// and whether nothing will come any more.
	Take(units []*models.AccessUnit) (all []*models.AccessUnit, missed int, ended bool)
	Close()
}

// index is where rows go; the store is the real one.
type index interface {
	PutSegment(ctx context.Context, s models.Segment) error
	DropSegments(ctx context.Context, segments []models.Segment) error
	Segments(ctx context.Context, camera string, from, to models.Time, limit int) ([]models.Segment, error)
	SegmentDays(ctx context.Context, camera string) ([]models.Time, error)
	SegmentsOfDay(ctx context.Context, camera string, day models.Time) ([]models.Segment, error)
	Recorded(ctx context.Context) (map[string]store.Footage, error)
	PutClip(ctx context.Context, c models.Clip) error
	GrowingClips(ctx context.Context) ([]models.Clip, error)
}

// Deps are the neighbours of a Recorder.
type Deps struct {
	Subscribe func(camera string) Reader // a reader of its own for each call, whose queue holds Span
	Store     index
	StoreDir  string           // its folder
	Disk      disk             // of the folder
	Zone      *time.Location   // in which the hours of cameras are read
	Now       func() time.Time // nil = time.Now
}

// Recorder records the cameras of the site.
type Recorder struct {
	cfg      Config
	deps     Deps
	log      *slog.Logger
	metrics  *metrics
	folder   folder
	writers  []*writer // a camera has always the same
	finisher finisher
	clerk    clerk
	progress progress
	units    stock[*models.AccessUnit]
	buffers  stock[byte]

	mu      sync.RWMutex
	sensors map[string]string // the camera that sees each
	clips   []models.Clip     // until the first Apply, those of the last process without an end …
	opened  []models.Event    // … and the events that were open
}

// New returns a Recorder without cameras. Its metrics go to reg.
func New(cfg Config, deps Deps, log *slog.Logger, reg prometheus.Registerer) (*Recorder, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	r := &Recorder{cfg: cfg, deps: deps, log: log, sensors: map[string]string{}}
	r.folder = folder{root: cfg.Folder(deps.StoreDir), disk: deps.Disk, rings: rings + "/" + models.NewID(deps.Now())}
	r.finisher = finisher{rec: r, wake: make(chan struct{}, 1)}
	r.clerk = clerk{rec: r, wake: make(chan struct{}, 1), rows: map[string]models.Clip{}}
	for range cfg.Writers {
		r.writers = append(r.writers, newWriter(r))
	}
	var err error
	r.metrics, err = newMetrics(reg, r.states)
	return r, err
}

// Apply takes the cameras and sensors of the site as they are now. It never waits.
func (r *Recorder) Apply(cameras []models.Camera, sensors []models.Sensor) {
	seen := make(map[string]string, len(sensors))
	for _, s := range sensors {
		if s.Camera != "" {
			seen[s.ID] = s.Camera
		}
	}
	r.mu.Lock()
	r.sensors = seen
	r.mu.Unlock()
	parts := make(map[*writer][]models.Camera, len(r.writers))
	for _, c := range cameras {
		w := r.writer(c.ID)
		parts[w] = append(parts[w], c)
	}
	leaves := make(map[*writer]map[string]*left, len(r.writers))
	for camera, l := range r.takeLeft() {
		w := r.writer(camera)
		if leaves[w] == nil {
			leaves[w] = map[string]*left{}
		}
		leaves[w][camera] = l
	}
	for _, w := range r.writers {
		w.apply(parts[w], leaves[w])
	}
}

// Event takes what happens to an event: its opening begins a clip, its closing lets that end. It never waits.
func (r *Recorder) Event(e models.Event) {
	r.mu.RLock()
	camera := r.cameraOf(e)
	r.mu.RUnlock()
	if camera != "" {
		r.writer(camera).event(camera, e)
	}
}

// cameraOf is the camera that sees where an event is, "" for none.
func (r *Recorder) cameraOf(e models.Event) string {
	switch e.SourceType {
	case models.FromCamera:
		return e.Source
	case models.FromSensor:
		return r.sensors[e.Source]
	}
	return ""
}

// Open returns what is being written of a camera, or not in the index yet, oldest first: To and Bytes are what is in the files.
func (r *Recorder) Open(camera string) []models.Segment {
	if t := r.writer(camera).tape(camera); t != nil {
		return t.open()
	}
	return nil
}

// State tells how the recording of a camera is right now.
func (r *Recorder) State(camera string) models.RecordState {
	if t := r.writer(camera).tape(camera); t != nil {
		return t.state()
	}
	return models.RecordOff
}

// InHand tells whether a file (models.Segment.File) is being written, or is not in the index yet.
func (r *Recorder) InHand(file string) bool {
	camera, _, _ := strings.Cut(file, "/")
	t := r.writer(camera).tape(camera)
	return t != nil && t.holds(file)
}

// states counts the cameras by their state.
func (r *Recorder) states() map[models.RecordState]int {
	all := map[models.RecordState]int{}
	for _, w := range r.writers {
		for _, t := range w.all() {
			all[t.state()]++
		}
	}
	return all
}

// writer is the one that has a camera.
func (r *Recorder) writer(camera string) *writer {
	h := fnv.New32a()
	_, _ = h.Write([]byte(camera)) // never fails
	return r.writers[h.Sum32()%uint32(len(r.writers))]
}
