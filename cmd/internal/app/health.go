package app

import (
	"cmp"
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
	lookEvery  = 5 * time.Second         // at everything
	lookWithin = 1500 * time.Millisecond // for each part that may answer late; that it does not is itself a fault
)

// watch looks every few seconds at how the hall is and remembers it, so that nobody who asks has to wait for a part that
// does not answer.
type watch struct {
	ask    sources
	dir    string
	now    func() time.Time
	log    *slog.Logger
	grades *prometheus.GaugeVec
	areas  *prometheus.GaugeVec
	begun  time.Time // with its monotonic reading
	clock  clock
	pages  turnedAway

	mu     sync.Mutex
	checks []models.Check
}

func newWatch(ask sources, dir string, now func() time.Time, log *slog.Logger, reg prometheus.Registerer) *watch {
	w := &watch{ask: ask, dir: dir, now: now, log: log, checks: []models.Check{}, grades: prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "zhihui_health", Help: "Checks of the hall about itself, by part and grade (ok, warn, bad).",
	}, []string{"part", "grade"}), areas: prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "zhihui_area_cameras", Help: "Cameras of an area itself that are not disabled (on), of those the ones whose units come (playing), and that are online without an open condition (sound).",
	}, []string{"area", "are"})}
	w.begun = now()
	w.clock.look(w.begun, 0)
	reg.MustRegister(w.grades, w.areas)
	return w
}

// Run looks until ctx ends.
func (w *watch) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		w.look(ctx)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Checks are the newest ones, what is wrong first.
func (w *watch) Checks() []models.Check {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.checks // replaced as a whole, never changed
}

func (w *watch) look(ctx context.Context) {
	found := w.find(ctx)
	if ctx.Err() != nil {
		return // what did not answer was being stopped
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.checks = ordered(w.dated(found))
	w.grades.Reset()
	for _, c := range w.checks {
		w.grades.WithLabelValues(string(c.Part), string(c.Grade)).Inc()
	}
}

// find asks every part.
func (w *watch) find(ctx context.Context) (all []models.Check) {
	now := w.now()
	probed := within(ctx, w.ask.probe)
	var bus busState
	var census store.Census
	_ = within(ctx, func(ctx context.Context) error { bus = w.ask.bus(ctx); return nil }) // its fault is in it
	unread := within(ctx, func(ctx context.Context) (err error) { census, err = w.ask.census(ctx); return err })
	free, total, err := w.ask.room()
	fault := w.ask.fault()
	footage := w.ask.footage()
	all = append(all, storeCheck(fault, probed), diskCheck(fault, w.dir, free, total, footage.room.WithStore, err))
	all = append(all, recordingChecks(footage)...)
	all = append(all, busChecks(bus)...)
	all = append(all, visionChecks(w.ask.vision())...)
	if unread != nil {
		w.log.Warn("how the site is cannot be read", "error", unread)
		all = append(all, ill(models.PartStore, models.StoreRefuses, models.GradeBad, "fault", unread.Error()))
	} else {
		w.count(census.Areas)
		all = append(all, camerasCheck(census), backupCheck(census, models.At(now)))
		all = append(all, sensorsChecks(census, w.ask.sensors())...)
		all = append(all, notifyChecks(census.Waiting, models.At(now))...)
	}
	open, refused := w.ask.pages()
	if w.ask.starved() {
		all = append(all, ill(models.PartCameras, models.HallBusy, models.GradeWarn))
	}
	ahead, cameras := w.ask.clocks()
	all = append(all, clockChecks(w.clock.look(now, now.Sub(w.begun)), ahead, cameras)...)
	all = append(all, deadmanCheck(w.ask.deadman()), w.pages.look(now, open, refused))
	return append(all, w.ask.tls()...)
}

// count shows the cameras of each area, those that are gone no more.
func (w *watch) count(areas map[string]models.AreaLoad) {
	w.areas.Reset()
	for area, l := range areas {
		w.areas.WithLabelValues(area, "on").Set(float64(l.CamerasOn))
		w.areas.WithLabelValues(area, "playing").Set(float64(l.CamerasPlaying))
		w.areas.WithLabelValues(area, "sound").Set(float64(l.CamerasSound))
	}
}

// within bounds how long one part may take to answer.
func within(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	return ask(ctx)
}

// dated gives what has been wrong before the time since when it is.
func (w *watch) dated(found []models.Check) []models.Check {
	for i, c := range found {
		if c.Grade == models.GradeOK || c.Since != 0 {
			continue
		}
		found[i].Since = models.At(w.now())
		for _, before := range w.checks {
			if before.Part == c.Part && before.Code == c.Code && before.Facts["channel"] == c.Facts["channel"] && before.Since != 0 {
				found[i].Since = before.Since
			}
		}
	}
	return found
}

// ordered puts what is wrong first, and the parts in their order.
func ordered(checks []models.Check) []models.Check {
	slices.SortStableFunc(checks, func(a, b models.Check) int {
		return cmp.Or(cmp.Compare(gravity(b.Grade), gravity(a.Grade)), cmp.Compare(place(a.Part), place(b.Part)), cmp.Compare(a.Code, b.Code))
	})
	return checks
}

func gravity(g models.Grade) int {
	return slices.Index([]models.Grade{models.GradeOK, models.GradeWarn, models.GradeBad}, g)
}

func place(p models.Part) int {
	return slices.Index([]models.Part{models.PartStore, models.PartDisk, models.PartRecording, models.PartBus, models.PartVision, models.PartCameras,
		models.PartSensors, models.PartNotify, models.PartDeadman, models.PartTLS, models.PartClock, models.PartBackup, models.PartPages}, p)
}
