package detect

import (
	"sync"
	"time"

	"zhihui/detect/rules"
)

// heard is the newest word of a sensor, for the rules of others. Whoever holds the lock of a source may take its lock, which
// is held for a moment only.
type heard struct {
	mu         sync.Mutex
	value      float64
	known      bool
	at         time.Time // when value came; before that, since when the sensor is listened to
	staleAfter time.Duration
}

func (h *heard) note(at time.Time, value float64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.value, h.at, h.known = value, at, true
}

// forget begins anew.
func (h *heard) forget(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.value, h.at, h.known = 0, at, false
}

// expect says after how long a silence the value counts no more; 0 = it always counts.
func (h *heard) expect(staleAfter time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.staleAfter = staleAfter
}

func (h *heard) word(at time.Time) rules.Heard {
	h.mu.Lock()
	defer h.mu.Unlock()
	age := max(0, at.Sub(h.at))
	return rules.Heard{Value: h.value, Known: h.known, Age: age, Stale: h.staleAfter > 0 && age > h.staleAfter}
}

func listenAll(to map[string]*heard, at time.Time) map[string]rules.Heard {
	all := make(map[string]rules.Heard, len(to))
	for id, h := range to {
		all[id] = h.word(at)
	}
	return all
}
