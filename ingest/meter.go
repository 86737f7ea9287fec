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
	slots  [16]slot // one a second, used again and again: those of the window, and the running one, which is not looked at
	key    *models.AccessUnit
	keyAt  time.Time     // receipt of the newest key unit of the session, before the first one when the session began
	gop    time.Duration // between the newest two key units of one session
	units  int64
	lost   int64
	gap    bool  // units were lost since the newest
	began  int64 // second of the first unit of the session
	newest int64 // second of the newest unit
	last   time.Time
	ntp    time.Time     // the camera's own clock in the newest unit; zero while it does not say
	offset time.Duration // … less ours
	sound  *models.SoundMeasure
}

// slot counts one second.
type slot struct {
	second             int64
	units, bytes, lost int64
	hole               bool // units were lost right before it, or in it
}

// unit takes the next unit, received in a second of the hub's.
func (m *meter) unit(u *models.AccessUnit, size int, second int64, fresh bool) {
	if fresh {
		m.began, m.gop, m.keyAt, m.ntp = second, 0, u.ReceivedAt, time.Time{}
	}
	s := &m.slots[second&15]
	if s.second != second {
		*s = slot{second: second}
	}
	m.units++
	s.units++
	s.bytes += int64(size)
	s.hole, m.gap = s.hole || m.gap, false
	m.last, m.newest = u.ReceivedAt, second
	if off, ok := clockOf(u); ok {
		m.ntp, m.offset = u.NTP, off
	}
	if u.Key {
		m.keyAt = u.ReceivedAt
		if !fresh && m.key != nil && m.key.Session == u.Session {
			m.gop = u.PTS - m.key.PTS
		}
		m.key = u
	}
}

// clockOf is the camera's clock less ours, false where it tells no time, as one that counts from its start and not from 1970 on.
func clockOf(u *models.AccessUnit) (time.Duration, bool) {
	return u.NTP.Sub(u.ReceivedAt), u.NTP.Unix() > 0
}

// lose notes units that never came, or not whole, in the second of the newest that did.
func (m *meter) lose(units int64) {
	m.lost, m.gap = m.lost+units, true
	if s := &m.slots[m.newest&15]; s.second == m.newest {
		s.lost, s.hole = s.lost+units, true
	}
}

// span are the whole seconds that a look in a second goes by, until excluded; there are none where it is not after from.
func (m *meter) span(second int64) (from, until int64) {
	from, until = max(second-window, m.began), second
	if from == m.began {
		from++ // the first second was not whole, or more: some servers begin with what they had sent before
	}
	return from, until
}

// over adds up some seconds, and counts those in which units were lost.
func (m *meter) over(from, until int64) (sum slot, holes int) {
	for _, s := range m.slots {
		if s.second < from || s.second >= until {
			continue
		}
		sum.units, sum.bytes, sum.lost = sum.units+s.units, sum.bytes+s.bytes, sum.lost+s.lost
		if s.hole {
			holes++
		}
	}
	return sum, holes
}

// measure says how the stream is in a second. A camera that was away a moment ago counts that as nothing received.
func (m *meter) measure(camera string, second int64) models.CameraMeasure {
	v := models.CameraMeasure{Camera: camera, Units: m.units, Lost: m.lost, GOPMs: m.gop.Milliseconds(), LastAt: models.At(m.last), Sound: m.sound}
	if m.key != nil {
		f := rtsp.FormatOf(m.key)
		v.Codec, v.Width, v.Height = f.Codec, f.Width, f.Height
	}
	from, until := m.span(second)
	if from >= until {
		return v
	}
	sum, _ := m.over(from, until)
	v.FPS = float64(sum.units) / float64(until-from)
	v.BitRate = 8 * sum.bytes / (until - from)
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
			all = append(all, f.meter.measure(camera, h.second(now)))
		}
		f.mu.Unlock()
	}
	return all
}

// Hear notes what becomes of the camera's sound; nil = nobody asks for it.
func (h *Hub) Hear(camera string, sound *models.SoundMeasure) {
	if sound != nil {
		h.create(camera) // its units are yet to come
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	if f := h.feeds[camera]; f != nil {
		f.mu.Lock()
		f.meter.sound = sound
		f.mu.Unlock()
	}
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
		f.meter.lose(int64(units))
		f.mu.Unlock()
	}
}
