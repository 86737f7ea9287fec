package live

import (
	"context"
	"net/http"
	"time"

	"zhihui/models"
)

const (
	heartbeat = 5 * time.Second
	maxPages  = 1024
	// FromNow is the `since` of a page that asks for nothing that was before.
	FromNow int64 = -1
)

// page is one connection that follows the feed.
type page struct {
	feed  *Feed
	w     http.ResponseWriter
	scope string // area
	rc    *http.ResponseController
	at    int64  // id of the change sent last
	batch uint64 // number of the next batch of readings
	met   uint64 // number of what was last heard of who looks at what
}

// Follow sends what was changed within the scope after since (FromNow = what comes from now on) until ctx ends or the page is
// too slow. The scope is an area and all below it, as they are at each moment, or store.Whole. The
// error of a page that is gone is no fault of ours: it is for the log at debug level. Unavailable: 1,024 pages follow already.
func (f *Feed) Follow(ctx context.Context, w http.ResponseWriter, since int64, scope string) error {
	p, err := f.join(w, since, scope)
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
			return p.rc.SetWriteDeadline(time.Time{}) // the connection may serve other requests
		}
		if err != nil {
			return err
		}
	}
}

func (f *Feed) join(w http.ResponseWriter, since int64, scope string) (*page, error) {
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
	return &page{feed: f, w: w, scope: scope, rc: http.NewResponseController(w), at: since, batch: f.readings.count}, nil
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
