package live

import (
	"context"
	"errors"
	"net/http"
	"time"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

const (
	heartbeat = 5 * time.Second
	maxPages  = 1024
	maxOwn    = 64 // of one account, so that none takes all the places
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
	meets bool   // whether it hears of that at all: who decides about alerts does
}

// Follow sends what was changed within the scope after since (FromNow = what comes from now on) until ctx ends or the page is
// too slow. The scope is the area of who follows and all below it, as they are at each moment, or store.Whole. The
// error of a page that is gone is no fault of ours: it is for the log at debug level. Unavailable: 1,024 pages follow already,
// 64 of them of this very account.
func (f *Feed) Follow(ctx context.Context, w http.ResponseWriter, since int64, who models.User) error {
	p, err := f.join(w, since, who)
	if err != nil {
		return err
	}
	defer f.part(who)
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
			if errors.Is(context.Cause(ctx), ErrOtherScope) {
				return p.reset(p.at)
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// ErrOtherScope ends a page's context when what its person may see has become another: the page is told to read its lists
// again, then it comes back. Never reassigned.
var ErrOtherScope = errors.New("the scope has become another")

// reset tells the page to read its lists again and to go on after the change last.
func (p *page) reset(last int64) error {
	p.at = last
	m, err := message("reset", last, map[string]int64{"last": last})
	if err != nil {
		return err
	}
	return p.send(m)
}

func (f *Feed) join(w http.ResponseWriter, since int64, who models.User) (*page, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.places.take(who.Username); err != nil {
		f.metrics.refused.Inc()
		return nil, err
	}
	f.metrics.pages.Set(float64(f.places.taken))
	if since == FromNow {
		since = f.last
	}
	return &page{feed: f, w: w, scope: who.Area, rc: http.NewResponseController(w), at: since, batch: f.readings.count,
		meets: auth.Allowed(who.Role, auth.AlertAcknowledge)}, nil
}

func (f *Feed) part(who models.User) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.places.free(who.Username)
	f.metrics.pages.Set(float64(f.places.taken))
}

// Pages tells how many pages follow now, and how many were turned away since the start.
func (f *Feed) Pages() (open int, refused uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.places.taken, f.places.refused
}

// places are what pages take.
type places struct {
	taken   int
	refused uint64
	own     map[string]int // by account
}

// take refuses rather than disturb the pages that are there.
func (p *places) take(account string) error {
	switch {
	case p.taken >= maxPages:
		p.refused++
		return models.Errorf(models.Unavailable, "%d pages are open already, and no more can be served: close some, this one tries again by itself", maxPages)
	case p.own[account] >= maxOwn:
		p.refused++
		return models.Errorf(models.Unavailable, "this account has %d pages open already: close some, this one tries again by itself", maxOwn)
	}
	p.taken++
	p.own[account]++
	return nil
}

func (p *places) free(account string) {
	p.taken--
	if p.own[account]--; p.own[account] == 0 {
		delete(p.own, account)
	}
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
		if err := p.reset(last); err != nil {
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
