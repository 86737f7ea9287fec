package watched

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
)

const (
	queueLength = 4096 // views that wait for the store
	batch       = 256  // views that are written together
	patience    = 10 * time.Second
	retry       = time.Second
	renewal     = time.Minute     // between looks for what has been open for a day
	farewell    = 2 * time.Second // for what waits when we stop
)

// Deps is what a Book stands on. Write puts all of the rows into the ledger, or none and says why.
type Deps struct {
	Write    func(context.Context, []models.Viewing) error
	Now      func() time.Time
	Log      *slog.Logger
	Registry prometheus.Registerer
}

// Book notes who looks at what. What is noted is written while Run runs.
type Book struct {
	deps    Deps
	metrics *metrics
	queue   chan note

	mu     sync.Mutex
	lately lately
}

// note is a view on its way to the store.
type note struct {
	models.Viewing
	ctx     context.Context // of who waits for it; nil = nobody
	written chan struct{}   // closed when it is on the disk
}

// idle tells whether nobody waits for a note any more that somebody waited for: nothing went out, and nothing is to be noted.
func (n note) idle() bool { return n.ctx != nil && n.ctx.Err() != nil }

// New returns an empty book.
func New(d Deps) *Book {
	b := &Book{deps: d, queue: make(chan note, queueLength), lately: newLately()}
	b.metrics = newMetrics(d.Registry, func() float64 { return float64(len(b.queue)) })
	return b
}

// Note notes a look at a camera, unless it goes on with one that is noted; At is filled in. It must come before the first byte of
// what is looked at: on an error, which is Unavailable, that must not go out. Of an export it returns when the row is on the disk.
func (b *Book) Note(ctx context.Context, v models.Viewing) error {
	now := b.deps.Now()
	v.At = models.At(now)
	if v.Way == models.WatchExport {
		return b.export(ctx, v)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, hour := range hours(v) {
		if err := b.look(hour, now); err != nil {
			return err
		}
	}
	return nil
}

// Open is Note of a live picture that stays on a screen until closed is called.
func (b *Book) Open(v models.Viewing) (closed func(), err error) {
	now := b.deps.Now()
	v.At = models.At(now)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.look(v, now); err != nil {
		return nil, err
	}
	s := sightOf(v)
	b.lately.opened(s, 1, now)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.lately.opened(s, -1, b.deps.Now())
	}, nil
}

// hours divides a look at footage by the hours of UTC that it touches; a live one is of none.
func hours(v models.Viewing) (all []models.Viewing) {
	if v.Way != models.WatchPlayback {
		return []models.Viewing{v}
	}
	hour := models.Time(time.Hour.Milliseconds())
	end := max(v.To, v.From+1)
	for from := v.From - v.From%hour; from < end; from += hour {
		v.From, v.To = from, from+hour
		all = append(all, v)
	}
	return all
}

// look puts a view that is new into the queue; b.mu is held.
func (b *Book) look(v models.Viewing, now time.Time) error {
	if b.lately.goesOn(sightOf(v), now) {
		return nil
	}
	if !b.begin(v, now) {
		return b.refuse()
	}
	return nil
}

// begin puts a view into the queue, and tells whether there was room; b.mu is held.
func (b *Book) begin(v models.Viewing, now time.Time) bool {
	select {
	case b.queue <- note{Viewing: v}:
		b.lately.begin(v, now)
		return true
	default:
		return false
	}
}

// renew notes again what has been open for a day; where there is no room, it is tried again the next time.
func (b *Book) renew() {
	now := b.deps.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, v := range b.lately.long(now) {
		v.At = models.At(now)
		b.begin(v, now)
	}
}

// export waits for room in the queue, and until its row is written.
func (b *Book) export(ctx context.Context, v models.Viewing) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	n := note{v, ctx, make(chan struct{})}
	select {
	case b.queue <- n:
	case <-ctx.Done():
		return b.refuse()
	}
	select {
	case <-n.written:
		return nil
	case <-ctx.Done():
		return b.refuse()
	}
}

func (b *Book) refuse() error {
	b.metrics.refused.Inc()
	return models.Errorf(models.Unavailable, "who looks at a camera is noted, and that cannot be written right now: try again in a minute")
}
