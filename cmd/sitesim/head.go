package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	turnRate    = 0.4 // of the way from the middle to an end in a second, at full speed
	presetsMany = 16  // of one camera
)

var (
	errNoToken = errors.New("ter:NoToken")
	errFull    = errors.New("ter:TooManyPresets")
)

// place is where a head looks, or how fast it turns there: pan and tilt −1 to 1, zoom 0 to 1 (its speed −1 to 1).
type place struct{ pan, tilt, zoom float64 }

// preset is a place with a name.
type preset struct {
	token, name string
	at          place
}

// head turns one simulated camera. Where it is follows from when it was set going.
type head struct {
	mu      sync.Mutex
	from    place
	speed   place
	since   time.Time
	until   time.Time // it stops by itself; zero = it does not
	presets []preset
	made    int // presets that ever were
}

func headsOf(cameras []Camera) map[string]*head {
	heads := map[string]*head{}
	for _, c := range cameras {
		if c.PTZ {
			heads[c.ID] = &head{}
		}
	}
	return heads
}

// at is where it looks now, and how fast it turns.
func (h *head) at(now time.Time) (place, place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.settle(now)
}

// settle moves it to where it is by now.
func (h *head) settle(now time.Time) (place, place) {
	end := now
	if !h.until.IsZero() && h.until.Before(now) {
		end = h.until
	}
	way := turnRate * max(0, end.Sub(h.since).Seconds())
	gone := func(from, speed, least float64) float64 { return min(1, max(least, from+speed*way)) }
	h.from = place{gone(h.from.pan, h.speed.pan, -1), gone(h.from.tilt, h.speed.tilt, -1), gone(h.from.zoom, h.speed.zoom, 0)}
	if h.since = now; end != now {
		h.speed = place{}
	}
	return h.from, h.speed
}

// move sets it going; what is nil goes on as it does. After timeout, where it is above 0, it stops.
func (h *head) move(now time.Time, panTilt, zoom *vector, timeout time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.settle(now)
	if panTilt != nil {
		h.speed.pan, h.speed.tilt = panTilt.X, panTilt.Y
	}
	if zoom != nil {
		h.speed.zoom = zoom.X
	}
	if h.until = (time.Time{}); timeout > 0 {
		h.until = now.Add(timeout)
	}
}

// halt ends the turning, the zooming, or both.
func (h *head) halt(now time.Time, panTilt, zoom bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.settle(now); panTilt {
		h.speed.pan, h.speed.tilt = 0, 0
	}
	if zoom {
		h.speed.zoom = 0
	}
}

// jump puts it somewhere, where it stays: its motor is a fast one.
func (h *head) jump(now time.Time, to place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.put(now, to)
}

func (h *head) put(now time.Time, to place) { h.from, h.speed, h.since = to, place{}, now }

func (h *head) preset(token string) int {
	return slices.IndexFunc(h.presets, func(p preset) bool { return p.token == token })
}

// visit jumps to a preset.
func (h *head) visit(now time.Time, token string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := h.preset(token)
	if i < 0 {
		return errNoToken
	}
	h.put(now, h.presets[i].at)
	return nil
}

// keep makes a preset of where it looks, or with a token changes one, and returns its token.
func (h *head) keep(now time.Time, token, name string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at, _ := h.settle(now)
	i := h.preset(token)
	switch {
	case token != "" && i < 0:
		return "", errNoToken
	case token == "" && len(h.presets) == presetsMany:
		return "", errFull
	case token == "":
		h.made++
		token, i = fmt.Sprintf("preset-%d", h.made), len(h.presets)
		h.presets = append(h.presets, preset{})
	}
	h.presets[i] = preset{token, name, at}
	return token, nil
}

func (h *head) forget(token string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := h.preset(token)
	if i < 0 {
		return errNoToken
	}
	h.presets = slices.Delete(h.presets, i, i+1)
	return nil
}

func (h *head) all() []preset {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.presets)
}
