package live

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
	"zhihui/models/store"
)

const (
	ringSize = 2048        // changes in memory; who has seen less reads from the store
	pageSize = 500         // changes read from the store at once
	tick     = time.Second // of readings, and of looking for changes that another process has made
)

// Feed reads the store's changes once for all pages that follow them.
type Feed struct {
	store   *store.Store
	log     *slog.Logger
	now     func() time.Time
	metrics *feedMetrics

	mu       sync.Mutex
	layout   layout
	ring     []entry // the newest changes, oldest first
	floor    int64   // every change after this id, up to last, is in the ring
	last     int64
	readings readings
	presence presence
	places   places
	bell     chan struct{} // closed when there is something new
}

// entry is a change as it goes over the wire.
type entry struct {
	id   int64
	area string
	all  bool // whatever the area, everybody hears it
	left bool // the thing has left the area; the next entry tells where it is now
	wire []byte
}

// NewFeed returns a feed of what changes in st from now on; what was changed before is read from st when a page asks for it.
func NewFeed(ctx context.Context, st *store.Store, log *slog.Logger, now func() time.Time, reg prometheus.Registerer) (*Feed, error) {
	last, err := st.LastChange(ctx)
	if err != nil {
		return nil, err
	}
	layout, err := readLayout(ctx, st)
	if err != nil {
		return nil, err
	}
	return &Feed{store: st, log: log, now: now, metrics: newFeedMetrics(reg), layout: layout, floor: last, last: last,
		readings: readings{waiting: map[string]models.Reading{}}, presence: newPresence(), places: places{own: map[string]int{}}, bell: make(chan struct{})}, nil
}

// Run keeps the feed going until ctx ends. A store that cannot be read is tried again each second; pages then hear
// heartbeats whose `last` stands still.
func (f *Feed) Run(ctx context.Context) error {
	t := time.NewTicker(tick)
	defer t.Stop()
	for {
		changed := f.store.Changed()
		if err := f.read(ctx); err != nil && ctx.Err() == nil {
			f.log.Error("live: changes cannot be read", "error", err)
			changed = nil // the next try is at the next tick
		}
		select {
		case <-changed:
		case <-t.C:
			f.flush()
			f.expire()
		case <-ctx.Done():
			return nil
		}
	}
}

// read takes over what is new in the store.
func (f *Feed) read(ctx context.Context) error {
	for {
		changes, err := f.store.AllChanges(ctx, f.last, pageSize) // last is written by this goroutine alone
		if err != nil || len(changes) == 0 {
			return err
		}
		entries, err := encode(changes)
		if err != nil {
			return err
		}
		layout := f.layout // written by this goroutine alone, too
		if slices.ContainsFunc(changes, func(c models.Change) bool { return c.Topic == models.TopicSite && c.Entity != models.SiteCameras }) {
			if layout, err = readLayout(ctx, f.store); err != nil {
				return err
			}
		}
		f.mu.Lock()
		f.layout = layout // before anything that came after it
		f.ring = append(f.ring, entries...)
		if over := len(f.ring) - ringSize; over > 0 {
			f.floor = f.ring[over-1].id
			f.ring = append(f.ring[:0:0], f.ring[over:]...)
		}
		f.last = changes[len(changes)-1].ID
		f.wake()
		f.mu.Unlock()
	}
}

func encode(changes []models.Change) ([]entry, error) {
	entries := make([]entry, len(changes))
	for i, c := range changes {
		wire, err := message("change", c.ID, c)
		if err != nil {
			return nil, err
		}
		entries[i] = entry{id: c.ID, area: c.Area, all: c.Topic == models.TopicSite, wire: wire}
		if i > 0 {
			entries[i-1].left = isMove(changes[i-1], c)
		}
	}
	return entries, nil
}

// isMove tells whether two changes that follow each other say that a thing has left an area for another.
func isMove(left, came models.Change) bool {
	return left.Topic == came.Topic && left.Entity == came.Entity && string(left.Data) == "null" && string(came.Data) != "null"
}

// wake wakes all pages; f.mu must be held.
func (f *Feed) wake() {
	close(f.bell)
	f.bell = make(chan struct{})
}
