package ingest

import (
	"hash/maphash"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"zhihui/models"
)

// Hub hands every camera's access units to any number of readers. Publishing never waits for a reader: each reader has
// its own bounded queue, which drops the oldest and counts (zhihui_ingest_dropped_access_units_total). The hub also keeps what decoding the current picture of a
// camera needs (the units since the last key unit), so that a new reader starts at once.
type Hub struct {
	maxUnits, maxBytes int // of one camera's kept units; beyond them it keeps none until the next key unit
	began              time.Time
	seed               maphash.Seed

	mu    sync.RWMutex
	feeds map[string]*feed

	starved func() bool               // too many have waited for a processor since the call before; of Run alone
	held    atomic.Bool               // nothing is told of the streams
	clocks  atomic.Pointer[agreement] // of the cameras; nil before the first look
	dropped atomic.Uint64             // units that readers missed because they were too slow, or because these hang on one they missed
}

// NewHub returns an empty hub with the GOP bounds of config.
func NewHub(config Config) *Hub {
	return &Hub{
		maxUnits: config.GOPUnits, maxBytes: config.GOPBytes, began: time.Now(), seed: maphash.MakeSeed(), feeds: map[string]*feed{},
		starved: newWaits().starved,
	}
}

// second numbers the seconds, whole ones of the clock at the start. A step of the clock makes none longer or shorter.
func (h *Hub) second(t time.Time) int64 {
	return h.began.Unix() + int64(math.Floor((t.Sub(h.began) + time.Duration(h.began.Nanosecond())).Seconds()))
}

// feed is one camera in the hub. Its lock is held for a few pointer moves only.
type feed struct {
	mu      sync.Mutex
	seq     uint64
	session uint64
	gop     []*models.AccessUnit // from the newest key unit on; empty while there is none
	bytes   int                  // of gop
	playing bool                 // units have come, and the stream has not ended since
	meter   meter
	still   stillness
	usual   usual
	readers []*Reader
}

// Publish numbers the unit and hands it to the camera's readers. It never blocks; from here on nobody may change the
// unit.
func (h *Hub) Publish(u *models.AccessUnit) {
	h.mu.RLock()
	f := h.feeds[u.Camera]
	if f != nil {
		f.publish(h, u)
	}
	h.mu.RUnlock()
	if f == nil {
		h.create(u.Camera)
		h.Publish(u)
	}
}

func (h *Hub) create(camera string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.feeds[camera] == nil {
		h.feeds[camera] = &feed{}
	}
}

func (f *feed) publish(h *Hub, u *models.AccessUnit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seq++
	u.Seq = f.seq
	fresh := u.Session != f.session
	f.session, f.playing = u.Session, true
	size := u.Size()
	f.meter.unit(u, size, h.second(u.ReceivedAt), fresh)
	f.still.unit(u, size, h.seed, fresh)
	if u.Key {
		f.usual.key(u)
	}
	f.keep(u, size, fresh, h.maxUnits, h.maxBytes)
	for _, r := range f.readers {
		r.push(u, fresh)
	}
}

// keep adds the unit to the GOP. A unit of a new session cannot follow those of the old one.
func (f *feed) keep(u *models.AccessUnit, size int, fresh bool, maxUnits, maxBytes int) {
	if u.Key || fresh || len(f.gop) >= maxUnits || f.bytes+size > maxBytes {
		f.drop()
	}
	if u.Key && size <= maxBytes || len(f.gop) > 0 {
		f.gop = append(f.gop, u)
		f.bytes += size
	}
}

func (f *feed) drop() {
	clear(f.gop)
	f.gop, f.bytes = f.gop[:0], 0
}

// Rest tells the hub that the camera's stream has ended: a reader that comes now waits for a fresh picture instead of
// being shown the last one as if it were live.
func (h *Hub) Rest(camera string) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if f := h.feeds[camera]; f != nil {
		f.mu.Lock()
		f.drop()
		f.playing = false
		f.mu.Unlock()
	}
}

// Renew forgets how a camera's stream was and what it showed, of one that is at another address now. Its readers stay.
func (h *Hub) Renew(camera string) {
	h.Rest(camera)
	h.mu.RLock()
	defer h.mu.RUnlock()
	if f := h.feeds[camera]; f != nil {
		f.mu.Lock()
		f.meter, f.usual = meter{}, usual{}
		f.mu.Unlock()
	}
}

// Remove ends all readers of a camera that is gone from the site.
func (h *Hub) Remove(camera string) {
	h.Renew(camera)
	h.mu.RLock()
	defer h.mu.RUnlock()
	if f := h.feeds[camera]; f != nil {
		f.mu.Lock()
		for _, r := range f.readers {
			r.end()
		}
		f.readers = nil
		f.mu.Unlock()
	}
}

// Subscribe opens a reader of the camera whose queue holds depth units (at least 1). It begins with the camera's newest
// key unit when there is one. The camera need not exist yet. The caller must Close the reader.
func (h *Hub) Subscribe(camera string, depth int) *Reader {
	return h.subscribe(camera, depth, h.maxBytes, 0)
}

// Record opens a reader whose queue holds what a camera sends in that span, however slow the disk is for so long: 120 units a second
// and 50 Mbit/s at most. Everything else is as with Subscribe.
func (h *Hub) Record(camera string, span time.Duration) *Reader {
	seconds := span.Seconds() + 1
	return h.subscribe(camera, int(120*seconds), int(50e6/8*seconds), span)
}

func (h *Hub) subscribe(camera string, depth, bytes int, span time.Duration) *Reader {
	r := &Reader{
		hub: h, camera: camera, skip: skipStart, most: bytes, span: span,
		ring: make([]*models.AccessUnit, max(depth, 1)), wake: make(chan struct{}, 1),
	}
	h.mu.Lock() // against the feed's removal by the last reader
	defer h.mu.Unlock()
	f := h.feeds[camera]
	if f == nil {
		f = &feed{}
		h.feeds[camera] = f
	}
	r.feed = f
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.gop) > 0 {
		r.backlog = append(r.backlog, f.gop...)
		r.skip = skipNone
		r.wake <- struct{}{}
	}
	f.readers = append(f.readers, r)
	return r
}
