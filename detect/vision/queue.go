package vision

import (
	"slices"
	"sync"

	"zhihui/detect/visionpb"
	"zhihui/models"
)

// The bounds of what waits in a worker.
const (
	credit     = 64   // units of one camera, a GOP of 2 s at 30 pictures a second
	maxOthers  = 256  // further requests of one camera
	maxCameras = 1024 // that a worker holds
)

// queue holds the requests that wait for the one goroutine that looks at pictures. Cameras take turns; a turn is all that
// waits of a camera, so that a worker that is behind can leave out what a later unit has overtaken. Nothing is dropped
// here: who sends more than the credit has broken the protocol.
type queue struct {
	mu      sync.Mutex
	some    sync.Cond
	waiting map[string][]*visionpb.Request
	order   []string // of the cameras that wait
	closed  bool
}

func newQueue() *queue {
	q := &queue{waiting: map[string][]*visionpb.Request{}}
	q.some.L = &q.mu
	return q
}

// put adds a checked request; a TooMany error means that the sender has exceeded its credit.
func (q *queue) put(r *visionpb.Request) error {
	camera, first := cameraOf(r)
	q.mu.Lock()
	defer q.mu.Unlock()
	line, waits := q.waiting[camera]
	if !waits && len(q.waiting) >= maxCameras {
		return models.Errorf(models.TooMany, "requests of %d cameras wait already, no worker holds more", maxCameras)
	}
	units := 0
	for _, w := range line {
		if w.GetUnit() != nil {
			units++
		}
	}
	if isUnit := r.GetUnit() != nil; isUnit && units >= credit || !isUnit && len(line)-units >= maxOthers {
		return models.Errorf(models.TooMany, "%d units and %d further requests of camera %s wait already, that is the credit", units, len(line)-units, camera)
	}
	q.waiting[camera] = slices.Insert(line, turn(line, r), r)
	switch {
	case first: // somebody waits for a snapshot: an alert wants its picture
		q.order = slices.Insert(slices.DeleteFunc(q.order, func(c string) bool { return c == camera }), 0, camera)
	case !waits:
		q.order = append(q.order, camera)
	}
	q.some.Signal()
	return nil
}

// turn is where a request stands in its camera's line: at the end, except that a snapshot with boxes goes before the units,
// of which the next look would take the picture away that the boxes are of; not where the camera only begins with them.
func turn(line []*visionpb.Request, r *visionpb.Request) int {
	begins := func(w *visionpb.Request) bool { return w.GetConfigure() != nil }
	if len(r.GetSnapshot().GetBoxes()) == 0 || slices.ContainsFunc(line, begins) {
		return len(line)
	}
	return 0
}

// take waits for the next camera's turn and returns all that waits of it; nil after close.
func (q *queue) take() []*visionpb.Request {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.order) == 0 && !q.closed {
		q.some.Wait()
	}
	if q.closed {
		return nil
	}
	camera := q.order[0]
	q.order = slices.Delete(q.order, 0, 1)
	batch := q.waiting[camera]
	delete(q.waiting, camera)
	return batch
}

// close ends take; what waits is not answered any more.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.some.Broadcast()
}

// cameraOf returns the camera that a request is about, and whether it goes before other cameras' requests.
func cameraOf(r *visionpb.Request) (camera string, first bool) {
	switch k := r.GetKind().(type) {
	case *visionpb.Request_Configure:
		return k.Configure.GetCamera(), false
	case *visionpb.Request_Unit:
		return k.Unit.GetCamera(), false
	case *visionpb.Request_Forget:
		return k.Forget.GetCamera(), false
	case *visionpb.Request_Snapshot:
		return k.Snapshot.GetCamera(), true
	}
	return "", false
}

// newestWanting returns the last unit of a turn that wants objects, the only one of the turn that gets them; nil if none.
func newestWanting(batch []*visionpb.Request) *visionpb.Unit {
	for _, r := range slices.Backward(batch) {
		if u := r.GetUnit(); u.GetObjects() {
			return u
		}
	}
	return nil
}
