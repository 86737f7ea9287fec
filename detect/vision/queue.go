package vision

import (
	"slices"
	"sync"

	"zhihui/detect/visionpb"
	"zhihui/models"
)

// The bounds of what waits in a worker, and of a turn.
const (
	credit     = 64   // units of one camera, a GOP of 2 s at 30 pictures a second
	maxOthers  = 256  // further requests of one camera
	maxCameras = 1024 // that a worker holds
	maxTurn    = 8    // requests of one camera that others wait for
)

// queue holds the requests that wait for the one goroutine that looks at pictures. Cameras take turns of a few requests, so
// that one that is behind keeps nobody waiting. Nothing is dropped here: who sends more than the credit has broken the
// protocol; but what a camera is too far behind to need is not looked at.
type queue struct {
	mu      sync.Mutex
	some    sync.Cond
	waiting map[string][]*visionpb.Request
	order   []string // of the cameras that wait
	closed  bool
}

// turn is what one camera gets done before the next one.
type turn struct {
	overtaken []*visionpb.Unit    // to be answered without being decoded: a key unit comes after them
	requests  []*visionpb.Request // then these
	look      *visionpb.Unit      // the one of them that the network is to look at; nil = none
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
	units := unitsOf(line)
	if isUnit := r.GetUnit() != nil; isUnit && units >= credit || !isUnit && len(line)-units >= maxOthers {
		return models.Errorf(models.TooMany, "%d units and %d further requests of camera %s wait already, that is the credit", units, len(line)-units, camera)
	}
	q.waiting[camera] = slices.Insert(line, placeOf(line, r), r)
	switch {
	case first: // somebody waits for a snapshot: an alert wants its picture
		q.order = slices.Insert(slices.DeleteFunc(q.order, func(c string) bool { return c == camera }), 0, camera)
	case !waits:
		q.order = append(q.order, camera)
	}
	q.some.Signal()
	return nil
}

// placeOf is where a request stands in its camera's line: at the end, except that a snapshot with boxes goes before the
// units, of which the next look would take the picture away that the boxes are of; not where the camera only begins with them.
func placeOf(line []*visionpb.Request, r *visionpb.Request) int {
	begins := func(w *visionpb.Request) bool { return w.GetConfigure() != nil }
	if len(r.GetSnapshot().GetBoxes()) == 0 || slices.ContainsFunc(line, begins) {
		return len(line)
	}
	return 0
}

// take waits for the next camera's turn; it is false after close.
func (q *queue) take() (turn, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.order) == 0 && !q.closed {
		q.some.Wait()
	}
	if q.closed {
		return turn{}, false
	}
	camera := q.order[0]
	q.order = slices.Delete(q.order, 0, 1)
	t, rest := turnOf(q.waiting[camera])
	if len(rest) == 0 {
		delete(q.waiting, camera)
	} else {
		q.waiting[camera] = rest
		q.order = append(q.order, camera)
	}
	return t, true
}

// turnOf takes a turn off a camera's line. A line that is longer than a turn is behind: its units before the next key unit
// that nothing but units precede need not be decoded. Of the units that want objects only the newest gets them.
func turnOf(line []*visionpb.Request) (t turn, rest []*visionpb.Request) {
	if len(line) > maxTurn {
		for _, r := range line[:overtaken(line)] {
			t.overtaken = append(t.overtaken, r.GetUnit())
		}
		line = line[len(t.overtaken):]
	}
	n := min(len(line), maxTurn)
	if look := newestWanting(line); look >= 0 && look < n {
		t.look = line[look].GetUnit()
	}
	t.requests = line[:n:n]
	return t, line[n:]
}

// overtaken counts the units at the head of a line that the last key unit among them makes needless.
func overtaken(line []*visionpb.Request) (n int) {
	for i, r := range line {
		if r.GetUnit() == nil {
			break
		}
		if r.GetUnit().GetKey() {
			n = i
		}
	}
	return n
}

// newestWanting returns where the last unit stands that wants objects; -1 if none does.
func newestWanting(line []*visionpb.Request) int {
	for i, r := range slices.Backward(line) {
		if r.GetUnit().GetObjects() {
			return i
		}
	}
	return -1
}

func unitsOf(line []*visionpb.Request) (n int) {
	for _, r := range line {
		if r.GetUnit() != nil {
			n++
		}
	}
	return n
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
	case *visionpb.Request_Glance: // it is short, and there are few
		return k.Glance.GetCamera(), true
	}
	return "", false
}
