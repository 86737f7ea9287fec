package app

import (
	"context"
	"time"

	"zhihui/ingest"
	"zhihui/ingest/recording"
	"zhihui/models"
	"zhihui/models/store"
)

// startRecording is there before any camera plays and any event opens, and goes on until nothing comes any more.
func (h *hall) startRecording(ctx context.Context) error {
	h.hub = ingest.NewHub(h.cfg.Ingest)
	zone, err := time.LoadLocation(h.cfg.Detect.TimeZone)
	if err != nil {
		return models.FieldError("detect.time_zone", "%v", err)
	}
	h.disk = recording.NewDisk(h.cfg.Recording, h.cfg.Store.Dir, h.store, time.Now, h.log)
	h.footage, err = recording.New(h.cfg.Recording, recording.Deps{
		Subscribe: func(camera string) recording.Reader { return h.hub.Record(camera, recording.Span) },
		Store:     h.store, StoreDir: h.cfg.Store.Dir, Disk: h.disk, Zone: zone,
	}, h.log, h.reg)
	if err != nil {
		return err
	}
	open, err := h.store.OpenEvents(ctx)
	if err != nil {
		return err
	}
	if err := h.footage.Resume(ctx, open); err != nil {
		return err
	}
	h.keeper, err = recording.NewKeeper(h.disk, h.cfg.Recording.Keep, h.store, h.footage.InHand, h.log, h.reg)
	if err != nil {
		return err
	}
	alarm := recording.NewAlarm(recording.AlarmDeps{
		Fault: h.disk.Fault, Area: h.firstArea, Publish: h.bus.PublishEvent, English: h.cfg.Detect.Language == "en", Now: time.Now, Log: h.log,
	}, open)
	h.parts.run("disk of the recordings", h.disk.Run)
	h.parts.run("recording", h.footage.Run)
	h.parts.run("retention of footage", h.keeper.Run)
	h.parts.run("alarm of the recordings", alarm.Run)
	return nil
}

// firstArea is a root of the site, "" = there is none yet.
func (h *hall) firstArea(ctx context.Context) (string, error) {
	site, err := h.store.In(store.Whole).Site(ctx)
	for _, a := range site.Areas {
		if a.Parent == "" {
			return a.ID, err
		}
	}
	return "", err
}

// footageState is for the health page.
func (h *hall) footageState() footageState {
	f := footageState{dir: h.cfg.Recording.Folder(h.cfg.Store.Dir), fault: h.disk.Fault(), short: h.keeper.Short()}
	f.room, _ = h.disk.Room()
	f.done, f.days = h.footage.Agreeing()
	return f
}

// publish lets the footage of an event begin before anybody else hears of it. It is called until the bus has taken the event.
func (h *hall) publish(ctx context.Context, e models.Event) error {
	h.footage.Event(e)
	return h.bus.PublishEvent(ctx, e)
}
