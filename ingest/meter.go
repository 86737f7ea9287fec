package ingest

import (
	"time"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

// window is how far back a camera's measure looks, in whole seconds.
const window = 10

// meter counts what passes of one camera. It is fed where units pass, so it only adds: what can be computed when somebody
// asks is computed then.
type meter struct {
	slots [16]slot // one a second, used again and again: those of the window, and the running one, which is not looked at
	key   *models.AccessUnit
	gop   time.Duration // between the newest two key units of one session
	units int64
	lost  int64
	began int64 // second of the first unit of the session
	last  time.Time
}

// slot counts one second.
type slot struct {
	second       int64
	units, bytes int64
}

func (m *meter) unit(u *models.AccessUnit, size int, fresh bool) {
	second := u.ReceivedAt.Unix()
	if fresh {
		m.began, m.gop = second, 0
	}
	s := &m.slots[second&15]
	if s.second != second {
		*s = slot{second: second}
	}
	m.units++
	s.units++
	s.bytes += int64(size)
	m.last = u.ReceivedAt
	if u.Key {
		if !fresh && m.key != nil && m.key.Session == u.Session {
			m.gop = u.PTS - m.key.PTS
		}
		m.key = u
	}
}

// measure says how the stream is at an instant. A camera that was away a moment ago counts that as nothing received.
func (m *meter) measure(camera string, now time.Time) models.CameraMeasure {
	v := models.CameraMeasure{Camera: camera, Units: m.units, Lost: m.lost, GOPMs: m.gop.Milliseconds(), LastAt: models.At(m.last)}
	if m.key != nil {
		f := rtsp.FormatOf(m.key)
		v.Codec, v.Width, v.Height = f.Codec, f.Width, f.Height
	}
	until := now.Unix() // not included
	from := max(until-window, m.began)
	if m.began > until-window {
		from++ // the first second was not whole
	}
	if from >= until {
		return v
	}
	var count, bytes int64
	for _, s := range m.slots {
		if s.second >= from && s.second < until {
			count += s.units
			bytes += s.bytes
		}
	}
	v.FPS = float64(count) / float64(until-from)
	v.BitRate = 8 * bytes / (until - from)
	return v
}

// Measures returns how each camera's stream is now, of those that have had one since the start.
func (h *Hub) Measures(now time.Time) []models.CameraMeasure {
	h.mu.RLock()
	defer h.mu.RUnlock()
	all := make([]models.CameraMeasure, 0, len(h.feeds))
	for camera, f := range h.feeds {
		f.mu.Lock()
		if f.meter.units > 0 {
			all = append(all, f.meter.measure(camera, now))
		}
		f.mu.Unlock()
	}
	return all
}

// Newest returns the newest key unit of the camera, nil while there was none. It stays when the camera goes away:
// ReceivedAt says how old it is.
func (h *Hub) Newest(camera string) *models.AccessUnit {
	h.mu.RLock()
	defer h.mu.RUnlock()
	f := h.feeds[camera]
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.meter.key
}

// Lose notes units of the camera that never came, or not whole.
func (h *Hub) Lose(camera string, units int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if f := h.feeds[camera]; f != nil {
		f.mu.Lock()
		f.meter.lost += int64(units)
		f.mu.Unlock()
	}
}
