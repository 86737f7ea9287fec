package onvif

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
)

// Listener hears what the cameras of the site report by themselves: from the pull point of a camera's device where the site
// says its ONVIF address, else from the metadata beside its video, which is handed in. Only cameras with Alarms are heard.
type Listener struct {
	settings ListenerSettings
	log      *slog.Logger
	count    *metrics
	hears    Hears
	now      func() time.Time
	greeted  chan struct{} // holds one for each device that is greeted
	changed  chan struct{} // a token while wanted is newer than what runs

	mu     sync.Mutex
	wanted map[origin][]models.Camera
	heard  map[string]models.AlarmsMeasure // by camera, of those with Alarms

	ears map[origin]*ear // of Run alone
}

// ListenerSettings are the part of how cameras are read that a Listener has its share in.
type ListenerSettings struct {
	Networks  models.Reach
	AuthRetry time.Duration // pause after refused credentials
}

// Hears is who hears. Both functions are called from many goroutines, in order for each camera, and must not wait.
type Hears struct {
	Alarm func(models.Alarm)
	Lost  func(camera string) // nothing has been heard of what it reports for lostAfter, or nobody listens any more
}

// origin is where and as whom cameras are asked: those of one recorder share a subscription, of which it has few.
type origin struct{ address, username, password string }

// greetsMost bounds the devices that are greeted at the same time, stagger the dials of those that come together.
const (
	greetsMost = 16
	stagger    = 20 * time.Millisecond
)

// NewListener returns a listener without cameras.
func NewListener(settings ListenerSettings, hears Hears, log *slog.Logger, registerer prometheus.Registerer) *Listener {
	return &Listener{
		settings: settings, log: log, count: newMetrics(registerer), hears: hears, now: time.Now,
		greeted: make(chan struct{}, greetsMost), changed: make(chan struct{}, 1),
		wanted: map[origin][]models.Camera{}, heard: map[string]models.AlarmsMeasure{}, ears: map[origin]*ear{},
	}
}

// Apply makes these the cameras of the site. It returns at once; Run follows.
func (l *Listener) Apply(cameras []models.Camera) {
	wanted, listened := map[origin][]models.Camera{}, map[string]bool{}
	for _, c := range cameras {
		listened[c.ID] = c.Alarms && !c.Disabled
		if listened[c.ID] && c.ONVIF.Address != "" {
			d := origin{c.ONVIF.Address, c.Username, c.Password}
			wanted[d] = append(wanted[d], c)
		}
	}
	for _, its := range wanted {
		slices.SortFunc(its, func(a, b models.Camera) int { return strings.Compare(a.ID, b.ID) })
	}
	l.mu.Lock()
	l.wanted = wanted
	maps.DeleteFunc(l.heard, func(id string, _ models.AlarmsMeasure) bool { return !listened[id] })
	for id, yes := range listened {
		if _, known := l.heard[id]; yes && !known {
			l.heard[id] = models.AlarmsMeasure{}
		}
	}
	l.mu.Unlock()
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// Measure tells whether what a camera reports by itself is heard, nil when nobody listens to it.
func (l *Listener) Measure(camera string) *models.AlarmsMeasure {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m, ok := l.heard[camera]; ok {
		return &m
	}
	return nil
}

// Beside takes whether a camera lets the metadata beside its video be had.
func (l *Listener) Beside(camera string, yes bool) {
	why := NoMetadata
	if yes {
		why = ""
	}
	l.note(why, models.Camera{ID: camera})
}

// note keeps why cameras are not heard, "" = they are.
func (l *Listener) note(why Reason, cameras ...models.Camera) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range cameras {
		if _, listened := l.heard[c.ID]; listened {
			l.heard[c.ID] = models.AlarmsMeasure{Heard: why == "", Code: string(why)}
		}
	}
}

// Metadata takes a document of the metadata that a camera sends beside its video, nil for one that was lost. It reads it at
// once, which takes a moment, and never waits.
func (l *Listener) Metadata(camera string, document []byte) {
	if document == nil {
		l.count.notifications.WithLabelValues(toldNever).Inc()
		return
	}
	alarms, ignored, err := AlarmsIn(document, l.now())
	if err != nil {
		l.count.notifications.WithLabelValues(toldGarbage).Inc()
	}
	l.count.notifications.WithLabelValues(toldNothing).Add(float64(ignored))
	for _, a := range alarms {
		a.Camera = camera
		l.count.notifications.WithLabelValues(toldAlarm).Inc()
		l.hears.Alarm(a)
	}
}

// Run listens until ctx ends, and returns nil when every subscription was left.
func (l *Listener) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			for _, e := range l.ears {
				<-e.done
			}
			return nil
		case <-l.changed:
			l.reconcile(ctx)
		}
	}
}

func (l *Listener) reconcile(ctx context.Context) {
	l.mu.Lock()
	wanted := l.wanted // Apply replaces the map, it does not change it
	l.mu.Unlock()
	var leave []*ear
	for d, e := range l.ears {
		if !slices.EqualFunc(e.cameras, wanted[d], sameEar) {
			e.cancel()
			leave = append(leave, e)
			delete(l.ears, d)
		}
	}
	for _, e := range leave {
		<-e.done
		for _, c := range e.cameras { // one that is heard anew says again what holds
			l.hears.Lost(c.ID)
		}
	}
	wait := time.Duration(0)
	for d, cameras := range wanted {
		if l.ears[d] == nil {
			l.ears[d] = l.listen(ctx, d, cameras, wait)
			wait += stagger
		}
	}
}

// sameEar tells whether two cameras of one device are heard in the same way.
func sameEar(a, b models.Camera) bool { return a.ID == b.ID && a.ONVIF.Profile == b.ONVIF.Profile }

func (l *Listener) listen(ctx context.Context, d origin, cameras []models.Camera, wait time.Duration) *ear {
	ctx, cancel := context.WithCancel(ctx)
	e := &ear{Listener: l, origin: d, cameras: cameras, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(e.done)
		defer cancel()
		sleep(ctx, wait)
		e.run(ctx)
	}()
	return e
}

// sleep returns when the time is over or ctx has ended.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
