package live

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"zhihui/models"
)

const (
	heartbeat = 5 * time.Second
	maxPages  = 1024
	// FromNow is the `since` of a page that asks for nothing that was before.
	FromNow int64 = -1
)

// message is one Server-Sent Event; id 0 is none.
func message(event string, id int64, v any) ([]byte, error) {
	b, err := json.Marshal(v) // without line breaks
	if err != nil {
		return nil, fmt.Errorf("put %T into JSON: %w", v, err)
	}
	head := "event: " + event + "\n"
	if id != 0 {
		head += fmt.Sprintf("id: %d\n", id)
	}
	return fmt.Appendf(nil, "%sdata: %s\n\n", head, b), nil
}

// page is one connection that follows the feed.
type page struct {
	feed  *Feed
	w     http.ResponseWriter
	rc    *http.ResponseController
	at    int64  // id of the change sent last
	batch uint64 // number of the next batch of readings
}

// Follow sends what was changed after since (FromNow = what comes from now on) until ctx ends or the page is too slow. The
// error of a page that is gone is no fault of ours: it is for the log at debug level.
func (f *Feed) Follow(ctx context.Context, w http.ResponseWriter, since int64) error {
	p, err := f.join(w, since)
	if err != nil {
		return err
	}
	defer f.part()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would wait for more
	if err := p.begin(ctx, since); err != nil {
		return err
	}
	t := time.NewTicker(heartbeat)
	defer t.Stop()
	for {
		wait, err := p.catchUp(ctx)
		if err != nil {
			return err
		}
		select {
		case <-wait:
		case <-t.C:
			err = p.beat()
		case <-ctx.Done():
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (f *Feed) join(w http.ResponseWriter, since int64) (*page, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pages >= maxPages {
		return nil, models.Errorf(models.Unavailable, "no more pages can be served at this moment")
	}
	f.pages++
	f.metrics.pages.Set(float64(f.pages))
	if since == FromNow {
		since = f.last
	}
	return &page{feed: f, w: w, rc: http.NewResponseController(w), at: since, batch: f.readings.count}, nil
}

func (f *Feed) part() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pages--
	f.metrics.pages.Set(float64(f.pages))
}

// begin tells the page where it stands: with a reset when some changes after since are no longer kept, or when it has seen
// more than there is (the store is another one, or older).
func (p *page) begin(ctx context.Context, since int64) error {
	first, err := p.feed.store.FirstChange(ctx)
	if err != nil {
		return err
	}
	last, err := p.feed.store.LastChange(ctx) // the feed itself may be a moment behind
	if err != nil {
		return err
	}
	if since != FromNow && (since < first-1 || since > last) {
		p.at = last
		m, err := message("reset", last, map[string]int64{"last": last})
		if err != nil {
			return err
		}
		if err := p.send(m); err != nil {
			return err
		}
	}
	return p.beat()
}

func (f *Feed) newest() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// beat tells the page that we are alive. It carries the id of what was sent last, so that a page resumes there even when
// nothing has changed yet.
func (p *page) beat() error {
	m, err := message("heartbeat", p.at, struct {
		At   models.Time `json:"at"`
		Last int64       `json:"last"`
	}{models.At(p.feed.now()), p.feed.newest()})
	if err != nil {
		return err
	}
	return p.send(m)
}

// catchUp sends everything that is new and returns when to ask again.
func (p *page) catchUp(ctx context.Context) (<-chan struct{}, error) {
	for {
		wires, wait, ok := p.news()
		if !ok {
			var err error
			if wires, err = p.history(ctx); err != nil {
				return nil, err
			}
		}
		if len(wires) == 0 {
			return wait, nil
		}
		if err := p.send(wires...); err != nil {
			return nil, err
		}
	}
}

// news returns what the feed has in memory for this page; ok is false when the page is farther back than that.
func (p *page) news() (wires [][]byte, wait <-chan struct{}, ok bool) {
	f := p.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.at < f.floor {
		return nil, nil, false
	}
	i, _ := slices.BinarySearchFunc(f.ring, p.at+1, func(e entry, id int64) int { return int(e.id - id) })
	for _, e := range f.ring[i:min(i+pageSize, len(f.ring))] {
		wires = append(wires, e.wire)
		p.at = e.id
	}
	batches, n := f.readings.since(p.batch)
	p.batch = n
	return append(wires, batches...), f.bell, true
}

// history reads one page of older changes from the store.
func (p *page) history(ctx context.Context) ([][]byte, error) {
	changes, err := p.feed.store.Changes(ctx, p.at, pageSize)
	if err != nil {
		return nil, err
	}
	entries, err := encode(changes)
	if err != nil {
		return nil, err
	}
	wires := make([][]byte, len(entries))
	for i, e := range entries {
		wires[i] = e.wire
		p.at = e.id
	}
	return wires, nil
}

// send writes whole events; a connection that does not take them in writeTimeout is given up.
func (p *page) send(wires ...[]byte) error {
	if err := p.rc.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return fmt.Errorf("set a page's deadline: %w", err)
	}
	for _, b := range wires {
		if _, err := p.w.Write(b); err != nil {
			return fmt.Errorf("send to a page: %w", err)
		}
	}
	if err := p.rc.Flush(); err != nil {
		return fmt.Errorf("send to a page: %w", err)
	}
	return nil
}
