package recording

import (
	"context"
	"log/slog"
	"time"

	"zhihui/models"
)

// Alarm tells the hall by an event that nothing, or not everything, is recorded: one from the first fault until the disk has been well
// for a while, so that a disk that fails again and again is one alert.
type Alarm struct {
	deps AlarmDeps
	open models.Event // zero = none
	sent bool         // whether the newest message about open has gone out
	well time.Time    // since when there is nothing to tell
}

// AlarmDeps are the neighbours of an Alarm.
type AlarmDeps struct {
	Fault   func() Fault
	Area    func(context.Context) (string, error)     // where an event belongs that is about the whole hall; "" = the site has none yet
	Publish func(context.Context, models.Event) error // returns when the message is safe
	English bool                                      // the language of an event's Why
	Now     func() time.Time
	Log     *slog.Logger
}

const (
	wellFor    = 30 * time.Second
	tellEvery  = time.Second
	tellWithin = 5 * time.Second
	tellAgain  = time.Minute // an open event tells how long it has lasted
)

// NewAlarm returns an Alarm that goes on with its event among those that were open when the last process ended.
func NewAlarm(deps AlarmDeps, open []models.Event) *Alarm {
	a := &Alarm{deps: deps, well: deps.Now()}
	for _, e := range open {
		if e.SourceType == models.FromHall && e.Kind == models.RecordingFailed {
			a.open, a.sent = e, true
		}
	}
	return a
}

// Run tells until ctx ends. A message that the bus does not take is offered again each second, and nothing newer goes before it.
func (a *Alarm) Run(ctx context.Context) error {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		if err := a.tell(ctx); err != nil && ctx.Err() == nil {
			a.deps.Log.Error("recording: the event of a disk that fails waits", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (a *Alarm) tell(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	if a.open.ID == "" || a.sent {
		next, news := a.next(a.deps.Fault(), a.deps.Now())
		if !news {
			return nil
		}
		if next.Revision == 1 {
			area, err := a.deps.Area(ctx)
			if err != nil || area == "" {
				return err
			}
			next.Area = area
		}
		a.open, a.sent = next, false
	}
	if err := a.deps.Publish(ctx, a.open); err != nil {
		return err
	}
	if a.sent = true; a.open.State == models.EventClosed {
		a.open = models.Event{}
	}
	return nil
}

// next is the message that is due about the fault, and false when none is.
func (a *Alarm) next(f Fault, now time.Time) (e models.Event, news bool) {
	if e = a.open; f.Code != "" {
		a.well = time.Time{}
	} else if a.well.IsZero() {
		a.well = now
	}
	at := models.At(now)
	switch {
	case e.ID == "" && f.Code == "":
		return e, false
	case e.ID == "":
		e = models.Event{ID: models.NewID(now), Kind: models.RecordingFailed, State: models.EventOpen, SourceType: models.FromHall,
			Source: string(models.PartRecording), Rule: string(models.RecordingFailed), OpenedAt: at, CapturedAt: at}
	case f.Code == "" && now.Sub(a.well) >= wellFor:
		e.State, e.ClosedAt = models.EventClosed, models.At(a.well)
	case f.Code == "", string(f.Code) == e.Facts.Reason && at.Sub(e.UpdatedAt) < tellAgain:
		return e, false
	}
	if f.Code != "" {
		e.Facts.Reason, e.Why, e.Severity = string(f.Code), a.why(f.Code), e.Severity.Graver(severityOf(f.Code))
	}
	e.Facts.ForMs = max(0, at.Sub(e.OpenedAt).Milliseconds())
	if e.State == models.EventClosed {
		e.Facts.ForMs = max(0, e.ClosedAt.Sub(e.OpenedAt).Milliseconds())
	}
	e.Revision, e.UpdatedAt = e.Revision+1, at
	return e, true
}

// severityOf a disk that may lose pictures is yellow; one that takes none is orange, for evidence is lost with each second.
func severityOf(code models.CheckCode) models.Severity {
	if code == models.RecordingSlow {
		return models.Yellow
	}
	return models.Orange
}

// why is the sentence in the site's language; Facts.Reason says the same for others.
func (a *Alarm) why(code models.CheckCode) string {
	zh, en := "录像盘出错，录像已停止", "the disk for footage fails, nothing is recorded"
	switch code {
	case models.RecordingAway:
		zh, en = "录像盘不在，或不属于本系统，录像已停止", "the disk for footage is away or not this hall's, nothing is recorded"
	case models.RecordingFull:
		zh, en = "录像盘满，没有可删除的录像，录像已停止", "the disk for footage is full and nothing may be deleted, nothing is recorded"
	case models.RecordingReadOnly:
		zh, en = "录像盘不能写，录像已停止", "the disk for footage cannot be written, nothing is recorded"
	case models.RecordingSlow:
		zh, en = "录像盘太慢，可能丢画面", "the disk for footage is slow, pictures may be lost"
	}
	if a.deps.English {
		return en
	}
	return zh
}
