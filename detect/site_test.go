package detect

import (
	"math"
	"time"

	"zhihui/models"
)

// site is cameras that share one worker of a given speed, in simulated time.
type site struct {
	mute
	engine  *Engine
	now     time.Time
	cameras map[string]*camera
	films   []*simFilm
	waiting map[string][]asking
	order   []string
	free    time.Time // when the worker is done with what it has begun

	begun    time.Time // of the measuring
	pictures map[string]int
	keys     map[string]time.Time
	longest  map[string]time.Duration // between two key units
	lag      time.Duration            // the longest from receipt to Result
}

type simFilm struct {
	id         string
	every      time.Duration
	gop, phase int
	cost       time.Duration
	seq        uint64
	next       time.Time
}

func newSite(films []*simFilm) *site {
	s := &site{now: noon, free: noon, cameras: map[string]*camera{}, films: films, waiting: map[string][]asking{},
		pictures: map[string]int{}, keys: map[string]time.Time{}, longest: map[string]time.Duration{}}
	s.engine = bareEngine(s, func() time.Time { return s.now })
	for n, f := range films {
		f.next = noon.Add(time.Duration(n) * time.Millisecond)
		s.cameras[f.id] = watchedCamera(s.engine, f.id)
	}
	return s
}

func (s *site) run(until time.Duration) {
	for {
		next := s.films[0]
		for _, f := range s.films {
			if f.next.Before(next.next) {
				next = f
			}
		}
		if next.next.After(noon.Add(until)) {
			return
		}
		s.work(next.next)
		s.now = next.next
		next.seq++
		key := (int(next.seq)+next.phase)%next.gop == 0
		s.cameras[next.id].unit(&models.AccessUnit{Camera: next.id, Seq: next.seq, Session: 1, Key: key, ReceivedAt: s.now})
		next.next = next.next.Add(next.every)
	}
}

// work lets the worker look at what waits, camera by camera, until an instant.
func (s *site) work(until time.Time) {
	for len(s.order) > 0 && !s.free.After(until) {
		id := s.order[0]
		batch := s.waiting[id]
		for _, a := range batch {
			s.free = later(s.free, s.now)
			s.free = s.free.Add(s.film(id).cost + inference(a.want))
		}
		s.order = s.order[1:]
		delete(s.waiting, id)
		s.now = s.free
		for _, a := range batch {
			s.answer(a, s.film(id).cost)
		}
	}
}

func inference(want Want) time.Duration {
	if want&WantObjects == 0 {
		return 0
	}
	return 13 * time.Millisecond
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (s *site) answer(a asking, cost time.Duration) {
	id := a.unit.Camera
	if !s.begun.IsZero() {
		s.pictures[id]++
		s.lag = max(s.lag, s.now.Sub(a.unit.ReceivedAt))
		if a.unit.Key {
			if last := s.keys[id]; !last.IsZero() {
				s.longest[id] = max(s.longest[id], a.unit.ReceivedAt.Sub(last))
			}
			s.keys[id] = a.unit.ReceivedAt
		}
	}
	s.cameras[id].result(Result{Camera: id, Seq: a.unit.Seq, ReceivedAt: a.unit.ReceivedAt, Decoded: true, Motion: 0.1, HasMotion: a.want&WantMotion != 0,
		HasObjects: a.want&WantObjects != 0, DecodeTime: cost, InferTime: inference(a.want)})
}

func (s *site) film(id string) *simFilm {
	for _, f := range s.films {
		if f.id == id {
			return f
		}
	}
	return nil
}

func (s *site) Analyse(u *models.AccessUnit, want Want) bool {
	line, waits := s.waiting[u.Camera]
	if len(line) >= 64 {
		return false
	}
	if !waits {
		s.order = append(s.order, u.Camera)
	}
	s.waiting[u.Camera] = append(line, asking{u, want})
	return true
}

// rate is how many pictures of a camera were looked at a second.
func (s *site) rate(id string) float64 { return float64(s.pictures[id]) / s.now.Sub(s.begun).Seconds() }

func (s *site) rates() (least, most float64) {
	least = math.Inf(1)
	for _, f := range s.films {
		least, most = min(least, s.rate(f.id)), max(most, s.rate(f.id))
	}
	return least, most
}
