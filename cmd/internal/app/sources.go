package app

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"zhihui/alerting/notify"
	"zhihui/models"
	"zhihui/models/pki"
	"zhihui/models/store"
)

// able tells the dead-man whether the hall can do its work: writes reach the disk, and what was put on the bus by now
// becomes alerts.
func (h *hall) able(ctx context.Context) error {
	if !h.ready.passable.Load() {
		return errStarting
	}
	if err := h.store.Probe(ctx); err != nil {
		return fmt.Errorf("the store: %w", err)
	}
	if _, err := h.bus.Fault(); err != nil {
		return fmt.Errorf("the bus: %w", err)
	}
	if err := h.bus.Drained(ctx); err != nil {
		return fmt.Errorf("alerting does not keep up: %w", err)
	}
	return nil
}

// sources are what the hall asks about itself. Each answers at once or with its context.
type sources struct {
	probe   func(context.Context) error // writes to the store
	fault   func() store.Fault
	census  func(context.Context) (store.Census, error)
	room    func() (free, total uint64, err error)
	bus     func(context.Context) busState
	vision  func() models.VisionHealth
	sensors func() bool // whether the sensors' broker is there
	deadman func() notify.DeadmanStatus
	pages   func() (open int, refused uint64)
	starved func() bool                               // nothing can be told of the streams
	clocks  func() (ahead time.Duration, cameras int) // of most cameras; 0 = as ours
	tls     func() []models.Check
	footage func() footageState
}

// sources are the parts of this hall.
func (h *hall) sources() sources {
	return sources{
		probe: h.store.Probe, fault: h.store.Fault, census: h.store.Census,
		room:   func() (free, total uint64, err error) { return roomOf(h.cfg.Store.Dir) },
		bus:    h.busState,
		vision: h.visionHealth, sensors: h.sensors.Connected, deadman: h.deadman.Status, pages: h.dashboard.Pages,
		footage: h.footageState, tls: h.certificates, starved: h.hub.Starved, clocks: h.hub.Clocks,
	}
}

func (h *hall) certificates() (all []models.Check) {
	shown := []*pki.Identity{h.dashboard.Certificate(), h.bus.Certificate(), h.sensors.Certificate()}
	if h.vision != nil {
		shown = append(shown, h.vision.Certificates()...)
	}
	for _, c := range shown {
		if c != nil {
			all = append(all, c.Check())
		}
	}
	return all
}

func (h *hall) busState(ctx context.Context) (b busState) {
	b.connected, b.held, b.rejected = h.bus.Connected(), h.engine.Waiting(), h.bus.Rejected()
	b.since, b.refuses = h.bus.Fault()
	b.waiting, b.err = h.bus.Waiting(ctx, consumer)
	if b.held > 0 && b.refuses == nil { // they have only just come
		b.held = 0
	}
	return b
}

func (h *hall) visionHealth() models.VisionHealth {
	if h.vision == nil {
		return models.VisionHealth{Off: true, Missing: []string{}, Probation: []string{}, Quarantined: []models.QuarantinedCamera{}}
	}
	return h.vision.Health()
}

// health tells how the hall itself is.
func (h *hall) health() models.Health {
	return models.Health{At: models.At(time.Now()), Version: h.version, Vision: h.visionHealth(), RejectedEvents: h.bus.Rejected(), Checks: h.watch.Checks()}
}

// roomOf asks for the bytes that are free for us, and all there are, on the folder's disk.
func roomOf(dir string) (free, total uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	size := uint64(s.Bsize)
	return s.Bavail * size, s.Blocks * size, nil
}
