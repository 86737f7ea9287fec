package main

import (
	"errors"
	"time"

	"zhihui/models"
)

// passages is analysed cameras past which somebody comes once in half a minute, by turns.
func passages(cameras int) load {
	l := newLoad(passageLoop, referenceGOP)
	for n := range cameras {
		id, at := cameraID(n), ringFills+time.Duration(n)*2*time.Second
		if n%2 == 0 {
			l.camera(empty(id, n), true)
			l.scene(id, "car", models.VehicleInZone, at%passageLoop, 7*time.Second)
		} else {
			l.camera(indoors(id), true)
			l.scene(id, "person", models.Intrusion, at%passageLoop, 10*time.Second)
		}
	}
	return l
}

const (
	passageLoop = 45 * time.Second // watch for longer, and each has come once
	ringFills   = 15 * time.Second // before an event: its clip begins 10 s earlier
)

// clips waits for events of analysed cameras, and counts from the opening of each until the clip of it plays from its beginning,
// or from where there is footage at all.
func (c recordCmd) clips(d *bed, r *recorded) error {
	_, h, err := d.play(c.Analysed)
	if err != nil {
		return err
	}
	ready := time.Now().Add(ringFills)
	d.note("%d cameras are analysed; their clips are watched for %v", c.Analysed, c.Clips)
	opened, played := map[string]models.Event{}, map[string]time.Duration{}
	for end := time.Now().Add(ringFills + c.Clips); time.Now().Before(end); {
		events, err := h.events(d.ctx)
		if err != nil {
			return err
		}
		for _, e := range events {
			if e.SourceType == models.FromCamera && e.OpenedAt.Std().After(ready) && len(e.Facts.Boxes) > 0 {
				opened[e.ID] = e
			}
		}
		for id, e := range opened {
			if played[id] != 0 {
				continue
			}
			plays, err := h.clipPlays(d, e)
			if err != nil {
				return err
			}
			if plays {
				played[id] = time.Since(e.OpenedAt.Std())
			}
		}
		if err := sleep(d.ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	var took []time.Duration
	for id := range opened {
		if played[id] == 0 && time.Since(opened[id].OpenedAt.Std()) < clipWithin {
			continue // it has only just opened
		} else if played[id] == 0 {
			d.note("event %s of camera %s has no clip that plays", id, opened[id].Source)
			played[id] = c.Clips
		}
		took = append(took, played[id])
	}
	if len(took) == 0 {
		return errors.New("no event has opened: there is no clip to wait for")
	}
	r.Clip, r.Clips = p95(took), len(took)
	return nil
}

// clipWithin is how soon a clip should play, and some.
const clipWithin = 5 * time.Second

// clipPlays tells whether there is a clip of an event, and its beginning plays.
func (h *hall) clipPlays(d *bed, e models.Event) (bool, error) {
	var page struct{ Items []models.Clip }
	if err := h.get(d.ctx, "/clips?event="+e.ID, &page); err != nil || len(page.Items) == 0 {
		return false, err
	}
	at := page.Items[len(page.Items)-1].From // newest first
	_, err := h.footage(d.ctx, e.Source, at, referenceGOP)
	if next, ok := errors.AsType[noFootage](err); ok && next != 0 && models.Time(next) <= e.OpenedAt { // zhihui was not there yet
		_, err = h.footage(d.ctx, e.Source, models.Time(next), referenceGOP)
	}
	if _, ok := errors.AsType[noFootage](err); ok {
		return false, nil
	}
	return err == nil, err
}
