package ingest

import (
	"bytes"
	"context"
	"time"

	"zhihui/models"
)

const (
	vitalEvery = time.Second
	vitalFirst = 3 // seconds of a session before anything is told of it
	holesLeast = 3 // seconds of the window in which units must have been lost: a single hiccup is no loss that lasts
)

// What a camera sends when nothing is wrong is learnt from itself: upwards within a minute, downwards within most of a day,
// so that a night of half the rate does not become the usual, and what somebody has set for good does.
const (
	learnUp   = 60.0
	learnDown = 12 * 3600.0 // seconds
)

// Run tells about once a second what the units of each camera that plays say of its health, until ctx ends. tell is called
// on one goroutine and must not wait. When a look comes late, or too many wait for a processor, this process had too little of
// one or the machine slept: what came meanwhile says nothing of the cameras, and nothing is told before the window is past it.
func (h *Hub) Run(ctx context.Context, tell func(models.StreamVital)) error {
	ticker := time.NewTicker(vitalEvery)
	defer ticker.Stop()
	last := time.Now()
	var again time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		now := time.Now()
		if h.starved() || now.Sub(last) > 3*vitalEvery {
			again = now.Add((window + 2) * time.Second) // what had waited comes at once, in this second or the next
		}
		last = now
		held := now.Before(again)
		if h.held.Store(held); held {
			continue
		}
		for _, v := range h.vitals(now) {
			tell(v)
		}
	}
}

// Starved tells that nothing is told of the streams now, because this process has, or had a moment ago, too little processor.
func (h *Hub) Starved() bool { return h.held.Load() }

// vitals looks at all cameras that play, and learns what is usual: for one caller, once a second.
func (h *Hub) vitals(now time.Time) []models.StreamVital {
	h.mu.RLock()
	defer h.mu.RUnlock()
	all := make([]models.StreamVital, 0, len(h.feeds))
	for camera, f := range h.feeds {
		f.mu.Lock()
		if v, ok := f.vital(now, h.second(now)); ok {
			v.Camera = camera
			all = append(all, v)
		}
		f.mu.Unlock()
	}
	h.agree(all)
	return all
}

// vital is not ok while nothing can be said: the camera does not play, or has just begun.
func (f *feed) vital(now time.Time, second int64) (models.StreamVital, bool) {
	m := &f.meter
	from, until := m.span(second)
	if !f.playing || until-from < vitalFirst {
		return models.StreamVital{}, false
	}
	sum, holes := m.over(from, until)
	v := models.StreamVital{At: models.At(now), FPS: float64(sum.units) / float64(until-from)}
	if holes >= holesLeast {
		v.LossPct = 100 * float64(sum.lost) / float64(sum.units+sum.lost)
	}
	v.KeyAgeMs = now.Sub(m.keyAt).Milliseconds()
	v.StillMs = m.last.Sub(f.still.since).Milliseconds() // what does not come is not still
	if !m.ntp.IsZero() {
		off := float64(m.offset.Microseconds()) / 1000
		v.OffsetMs = &off
	}
	if until-from == window {
		f.usual.learn(v.FPS)
	}
	v.UsualFPS = f.usual.fps
	return v, true
}

// usual is the rate at which a camera sends when nothing is wrong. Its zero value knows nothing.
type usual struct {
	fps float64
	sps []byte // of the stream that it was learnt from
}

// key forgets what was usual when somebody has set the camera otherwise.
func (l *usual) key(u *models.AccessUnit) {
	for _, nalu := range u.NALUs {
		if isSPS(u.Codec, nalu) {
			if !bytes.Equal(nalu, l.sps) {
				*l = usual{sps: bytes.Clone(nalu)}
			}
			return
		}
	}
}

// learn takes the rate of a whole window, once a second.
func (l *usual) learn(fps float64) {
	switch {
	case l.fps == 0:
		l.fps = fps
	case fps > l.fps:
		l.fps += (fps - l.fps) / learnUp
	default:
		l.fps += (fps - l.fps) / learnDown
	}
}

func isSPS(codec models.Codec, nalu []byte) bool {
	const h264SPS, h265SPS = 7, 33
	switch {
	case len(nalu) == 0:
		return false
	case codec == models.H265:
		return nalu[0]>>1&0x3f == h265SPS
	}
	return nalu[0]&0x1f == h264SPS
}
