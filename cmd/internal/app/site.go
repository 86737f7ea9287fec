package app

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"zhihui/dashboard/live"
	"zhihui/ingest"
	"zhihui/models"
	"zhihui/models/store"
)

const (
	analysisDepth = 64 // access units of a camera that may wait for analysis; a longer wait loses up to the next key unit
	liveDepth     = 64 // access units that may wait for a muxer
)

// startSite gives the cameras and sensors of the store to those who watch them, now and at each change.
func (h *hall) startSite(ctx context.Context) error {
	seen, err := h.store.LastChange(ctx)
	if err != nil {
		return err
	}
	if err := h.applySite(ctx); err != nil {
		return err
	}
	h.parts.run("site", func(ctx context.Context) error { return h.followSite(ctx, seen) })
	return nil
}

// followSite applies the site again when a person has changed it, by the API or from the shell. What fails is tried again
// soon: the next change may be hours away.
func (h *hall) followSite(ctx context.Context, seen int64) error {
	for {
		changed := h.store.Changed()
		var (
			err   error
			again <-chan time.Time
		)
		if seen, err = h.catchUp(ctx, seen); err != nil && ctx.Err() == nil {
			h.log.Error("a change of the site cannot be applied yet", "error", err)
			again = time.After(retryEvery)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-again:
		}
	}
}

// catchUp applies the site when one of the changes after seen is about it, and returns the last change that is done with.
func (h *hall) catchUp(ctx context.Context, seen int64) (int64, error) {
	for {
		page, err := h.store.AllChanges(ctx, seen, store.MaxLimit)
		if err != nil || len(page) == 0 {
			return seen, err
		}
		if page[0].ID != seen+1 { // some are not kept any more
			h.roster.forget()
		}
		for _, c := range page {
			if err := h.roster.note(c); err != nil {
				return seen, err
			}
		}
		if isOfSite(page, seen) {
			if err := h.applySite(ctx); err != nil {
				return seen, err
			}
		}
		seen = page[len(page)-1].ID
	}
}

// isOfSite tells whether one of the changes after seen is about the site; one that is not kept any more may have been.
func isOfSite(page []models.Change, seen int64) bool {
	return page[0].ID != seen+1 || slices.ContainsFunc(page, func(c models.Change) bool { return c.Topic == models.TopicSite })
}

// applySite leaves out, and names in the log, the rules that cannot run; everything else goes on.
func (h *hall) applySite(ctx context.Context) error {
	cameras, err := h.roster.read(ctx, h.store)
	if err != nil {
		return err
	}
	sensors, err := h.store.AllSensors(ctx)
	if err != nil {
		return err
	}
	h.footage.Apply(cameras, sensors) // before an event opens or closes
	if err := h.engine.Apply(cameras, sensors); err != nil {
		h.log.Error("some rules of the site cannot run", "error", err)
	}
	h.keeper.Apply(cameras)
	h.cameras.Apply(cameras)
	h.listener.Apply(cameras)
	h.sensors.Apply(sensors)
	return nil
}

// live gives the dashboard a reader of one camera's units.
func (h *hall) live(camera string) (live.UnitReader, error) {
	return h.hub.Subscribe(camera, liveDepth), nil
}

var _ live.UnitReader = (*ingest.Reader)(nil)

// gate tells whether everything was started and nothing is being stopped.
type gate struct{ passable atomic.Bool }

func (g *gate) open()  { g.passable.Store(true) }
func (g *gate) close() { g.passable.Store(false) }

var (
	errStarting = errors.New("the hall is starting or stopping")
	errNoSite   = errors.New("the site has no areas yet: zhihui site apply FILE.yml")
	errNoPeople = errors.New("nobody can log in yet: zhihui user add")
)

// isReady tells whether the site is seeded and somebody can log in.
func (h *hall) isReady(ctx context.Context) error {
	if !h.ready.passable.Load() {
		return errStarting
	}
	site, err := h.store.In(store.Whole).Site(ctx)
	if err != nil {
		return err
	}
	if len(site.Areas) == 0 {
		return errNoSite
	}
	users, err := h.store.Users(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		if !u.Disabled {
			return nil
		}
	}
	return errNoPeople
}
