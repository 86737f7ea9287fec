package live

import (
	"context"
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
)

// maxViewers bounds the WebSockets of all cameras together.
const maxViewers = 1024

// Rooms shows cameras to viewers. A camera is read only while somebody looks at it.
type Rooms struct {
	subscribe func(camera string) (UnitReader, error)
	log       *slog.Logger
	metrics   *roomMetrics

	mu      sync.Mutex
	rooms   map[string]*room
	viewers int
	closed  bool
	running sync.WaitGroup // rooms and viewers
}

// NewRooms returns rooms whose cameras are read through subscribe, which answers with a NotFound error where there is no
// such camera. At most 1,024 viewers are let in, of all cameras together.
func NewRooms(subscribe func(camera string) (UnitReader, error), log *slog.Logger, reg prometheus.Registerer) *Rooms {
	return &Rooms{subscribe: subscribe, log: log, metrics: newRoomMetrics(reg), rooms: map[string]*room{}}
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
func (s *Rooms) enter(camera string) (*room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.viewers >= maxViewers {
		return nil, models.Errorf(models.Unavailable, "no more viewers can be served at this moment")
	}
	r := s.rooms[camera]
	if r == nil {
		var err error
		if r, err = s.open(camera); err != nil {
			return nil, err
		}
	}
	r.viewers++
	s.viewers++
	s.running.Add(1)
	s.metrics.viewers.Set(float64(s.viewers))
	return r, nil
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
func (s *Rooms) leave(camera string, r *room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.viewers--
	s.viewers--
	s.metrics.viewers.Set(float64(s.viewers))
	if r.viewers == 0 {
		r.cancel()
		if s.rooms[camera] == r {
			delete(s.rooms, camera)
		}
	}
	s.running.Done()
}
