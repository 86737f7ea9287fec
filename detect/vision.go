package detect

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/detect/visionpb"
	"zhihui/models"
)

const (
	maxResults  = 256 // that wait for the engine; a full channel makes the workers wait, and so the credit run out
	maxPictures = 16  // snapshots asked of one worker and not answered
	boxColour   = 0xff9f1c
)

// Vision runs zhihui-vision and spreads the cameras over its instances. All its methods may be called from any goroutine;
// only Snapshot waits.
type Vision struct {
	cfg     VisionConfig
	log     *slog.Logger
	metrics *visionMetrics
	now     func() time.Time
	results chan Result
	changed chan struct{} // capacity 1: a camera's standing has changed

	mu        sync.Mutex
	cameras   map[string]*looked
	instances []*instance
	alone     map[string]*instance // by camera on probation
	asked     uint64               // number of the newest snapshot
	started   int                  // number of the newest worker of one camera
}

// NewVision returns a Vision that has started nothing yet. Its metrics go to reg.
func NewVision(cfg VisionConfig, log *slog.Logger, reg prometheus.Registerer) (*Vision, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	v := &Vision{cfg: cfg, log: log, now: time.Now, results: make(chan Result, maxResults), changed: make(chan struct{}, 1),
		cameras: map[string]*looked{}, alone: map[string]*instance{}}
	for n := range cfg.instances() {
		v.instances = append(v.instances, newInstance(v, n, false))
	}
	for _, r := range cfg.Remotes {
		v.instances = append(v.instances, newRemote(v, r, log))
	}
	var err error
	v.metrics, err = newVisionMetrics(reg, func() float64 { return float64(v.Health().Up) }, func() float64 { return float64(len(v.Health().Quarantined)) })
	return v, err
}

// Run starts the workers, keeps them running and ends them with ctx.
func (v *Vision) Run(ctx context.Context) error {
	dir := v.cfg.SocketDir
	if dir == "" {
		temporary, err := os.MkdirTemp("", "zhihui-vision-")
		if err != nil {
			return models.Errorf(models.Unavailable, "no folder for the pixel workers' sockets: %v", err)
		}
		defer os.RemoveAll(temporary)
		dir = temporary
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return models.Errorf(models.Unavailable, "no folder for the pixel workers' sockets: %v", err)
	}
	var workers sync.WaitGroup
	defer workers.Wait()
	for _, i := range v.instances {
		workers.Go(func() { i.run(ctx, dir) })
	}
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-v.changed:
		}
		begun, news := v.settle()
		for _, i := range begun {
			workers.Go(func() { i.run(ctx, dir) })
		}
		v.deliver(ctx, news)
	}
}

// Results gives one Result for each admitted unit, in order within a camera. When a worker ends, the next one takes its
// cameras up from their newest key unit, and units before that get no Result; where that cannot be, the camera gets one
// Result with Reset in place of all that is not answered.
func (v *Vision) Results() <-chan Result { return v.results }

// Analyse hands one unit to the worker that has the camera. It never blocks: a unit is refused (false) without credit,
// without a worker, or when the decoder could not follow it.
func (v *Vision) Analyse(u *models.AccessUnit, want Want) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	w := v.cameras[u.Camera]
	if w == nil {
		w = &looked{glanced: true}
		v.cameras[u.Camera] = w
	}
	if w.glanced && w.record.standing == trusted {
		w.home = v.idlest(false)
	}
	w.glanced = false
	up := w.home != nil && w.home.hello != nil
	if !up && u.Key { // what a dead worker had not answered is no longer needed
		w.unanswered, w.gop = nil, nil
	}
	why := admit(u, w.record.standing, w.credit(), len(w.unanswered), w.follow)
	v.metrics.units.WithLabelValues(string(why)).Inc()
	if why != admitted {
		if why == notSpoken && len(w.unanswered) == 0 && w.codec == "" {
			delete(v.cameras, u.Camera)
		}
		return false
	}
	for _, l := range w.take(u, want) {
		if up {
			w.home.post(l)
		}
	}
	return true
}

// Forget frees what is held of a camera. Its results that are still on their way are dropped.
func (v *Vision) Forget(camera string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	w := v.cameras[camera]
	if w == nil {
		return
	}
	if i := v.alone[camera]; i != nil {
		i.end()
		delete(v.alone, camera)
		w.unanswered = nil
	}
	up := w.home != nil && w.home.hello != nil
	if len(w.unanswered) == 0 || !up {
		delete(v.cameras, camera)
	}
	if up && w.codec != "" {
		w.home.post(letter{request: &visionpb.Request{Kind: &visionpb.Request_Forget{Forget: &visionpb.Forget{Camera: camera}}}})
	}
	for n := range w.unanswered {
		w.unanswered[n].off = true
	}
	w.forgotten, w.codec, w.gop, w.follow = true, "", nil, follow{}
}

// Snapshot asks for a JPEG of the camera, at most 640 pixels wide: of the picture that the network looked at last with boxes
// drawn on it, or of the newest where there are no boxes. It waits for its worker until ctx ends; errors are NotFound, TooMany and Unavailable.
func (v *Vision) Snapshot(ctx context.Context, camera string, boxes []models.Object) ([]byte, error) {
	answer, err := v.ask(camera, boxes)
	if err != nil {
		return nil, err
	}
	select {
	case p := <-answer:
		if len(p.GetJpeg()) == 0 {
			return nil, models.Errorf(models.Unavailable, "no picture of camera %s: %s", camera, p.GetSentence())
		}
		return p.GetJpeg(), nil
	case <-ctx.Done():
		return nil, models.Errorf(models.Unavailable, "the picture of camera %s did not come in time", camera)
	}
}

func (v *Vision) ask(camera string, boxes []models.Object) (<-chan *visionpb.Picture, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	w := v.cameras[camera]
	switch {
	case w == nil || w.forgotten:
		return nil, models.Errorf(models.NotFound, "camera %.64q is not analysed, so there is no picture of it", camera)
	case w.home == nil || w.home.hello == nil:
		return nil, models.Errorf(models.Unavailable, "the pixel worker of camera %s is not up", camera)
	case len(w.home.pictures) >= maxPictures:
		return nil, models.Errorf(models.TooMany, "%d pictures are asked for already", maxPictures)
	}
	v.asked++
	answer := make(chan *visionpb.Picture, 1)
	w.home.pictures[v.asked] = answer
	w.home.post(letter{request: &visionpb.Request{Kind: &visionpb.Request_Snapshot{Snapshot: &visionpb.Snapshot{
		Camera: camera, Request: v.asked, Boxes: visionpb.ObjectsOf(boxes), Colour: boxColour}}}})
	return answer, nil
}

// idlest returns the instance with the fewest cameras that are analysed, or that are only glanced at, of those that are up
// where one is.
func (v *Vision) idlest(glanced bool) *instance {
	count := map[*instance]int{}
	for _, w := range v.cameras {
		if w.glanced == glanced {
			count[w.home]++
		}
	}
	best := v.instances[0]
	for _, i := range v.instances {
		if up := i.hello != nil; up != (best.hello != nil) && up || up == (best.hello != nil) && count[i] < count[best] {
			best = i
		}
	}
	return best
}

func (v *Vision) deliver(ctx context.Context, list []Result) {
	for _, r := range list {
		select {
		case v.results <- r:
		case <-ctx.Done():
			return
		}
	}
}
