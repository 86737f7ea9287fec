package live

import (
	"context"
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
)

// Of the WebSockets of all cameras together none may take what others need.
const (
	maxViewers   = 1024
	maxOfAccount = 128 // two walls of 64 tiles
	maxOfAddress = 512 // a hall behind one address
)

// Visit is somebody who wants to look at a camera.
type Visit struct {
	Camera, Account, Address string
	Refused                  error // why they may not, nil when they may
	// Note is called right before the first picture goes out, and closed when no more will; on an error none goes out. nil = nobody
	// wants to know.
	Note func() (closed func(), err error)
}

// Rooms shows cameras to viewers. A camera is read only while somebody looks at it.
type Rooms struct {
	subscribe func(camera string) (UnitReader, error)
	log       *slog.Logger
	metrics   *roomMetrics

	mu      sync.Mutex
	rooms   map[string]*room
	viewers int
	own     map[string]int // viewers by account and by address
	closed  bool
	running sync.WaitGroup // rooms and viewers
}

// NewRooms returns rooms whose cameras are read through subscribe, which answers with a NotFound error where there is no
// such camera. At most 1,024 viewers are let in, of all cameras together, 128 of one account and 512 from one address.
func NewRooms(subscribe func(camera string) (UnitReader, error), log *slog.Logger, reg prometheus.Registerer) *Rooms {
	return &Rooms{subscribe: subscribe, log: log, metrics: newRoomMetrics(reg), rooms: map[string]*room{}, own: map[string]int{}}
}

// Close shows everybody out and waits until the last has gone.
func (s *Rooms) Close() {
	s.mu.Lock()
	s.closed = true
	for _, r := range s.rooms {
		r.cancel()
	}
	s.mu.Unlock()
	s.running.Wait()
}

// enter lets a viewer in; the first one opens the room. Each enter needs its leave.
func (s *Rooms) enter(v Visit) (*room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed || s.viewers >= maxViewers:
		return nil, models.Errorf(models.Unavailable, "no more viewers can be served at this moment")
	case s.own[ofAccount(v)] >= maxOfAccount || s.own[ofAddress(v)] >= maxOfAddress:
		return nil, models.Errorf(models.TooMany, "this account or this address looks at too many cameras already: close some")
	}
	r := s.rooms[v.Camera]
	if r == nil {
		var err error
		if r, err = s.open(v.Camera); err != nil {
			return nil, err
		}
	}
	r.viewers++
	s.count(v, 1)
	s.running.Add(1)
	return r, nil
}

func ofAccount(v Visit) string { return "account " + v.Account }
func ofAddress(v Visit) string { return "address " + v.Address }

// count notes that n viewers more are here.
func (s *Rooms) count(v Visit, n int) {
	s.viewers += n
	s.metrics.viewers.Set(float64(s.viewers))
	for _, key := range []string{ofAccount(v), ofAddress(v)} {
		if s.own[key] += n; s.own[key] == 0 {
			delete(s.own, key)
		}
	}
}

func (s *Rooms) open(camera string) (*room, error) {
	units, err := s.subscribe(camera)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &room{cancel: cancel, bell: make(chan struct{})}
	s.rooms[camera] = r
	s.running.Go(func() {
		r.run(ctx, units, s.log)
		cancel()
		s.forget(camera, r)
	})
	return r, nil
}

// forget takes a room away that gives no more: the next viewer opens a new one.
func (s *Rooms) forget(camera string, r *room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rooms[camera] == r {
		delete(s.rooms, camera)
	}
}

// leave lets a viewer out; the last one closes the room.
func (s *Rooms) leave(v Visit, r *room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.viewers--
	s.count(v, -1)
	if r.viewers == 0 {
		r.cancel()
		if s.rooms[v.Camera] == r {
			delete(s.rooms, v.Camera)
		}
	}
	s.running.Done()
}
