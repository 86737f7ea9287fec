package recording

import (
	"maps"
	"slices"
	"strings"
	"time"

	"zhihui/models"
)

const (
	clipMost       = 5 * time.Minute // then another begins
	clipEventsMost = 500             // of one clip; with more another begins
	backMost       = 2 * time.Second // that our clock may be set back without another beginning
)

// stretch is how long an event wants its camera to be recorded: until 0 = until it closes.
type stretch struct{ until models.Time }

// clipper decides which clips a camera has; it does nothing itself, but tells which rows are other ones. What the device reports of
// itself (camera_*, sensor_stale) may last for weeks and shows nothing new: its clip ends after the first five minutes.
type clipper struct {
	camera, area  string
	before, after time.Duration
	id            func() string

	clip  models.Clip // the newest; no id = there was none yet
	wants map[string]stretch
	seen  models.Time // the newest instant at which something was done
}

// grows tells whether a clip is being recorded.
func (c *clipper) grows() bool { return c.clip.ID != "" && c.clip.To == 0 }

// event takes what has happened to an event.
func (c *clipper) event(e models.Event, now models.Time) (changed []models.Clip) {
	_, known := c.wants[e.ID]
	if e.State == models.EventClosed {
		if known {
			until := e.ClosedAt.Add(c.after)
			if is := c.wants[e.ID].until; is != 0 {
				until = min(is, until)
			}
			c.wants[e.ID] = stretch{until}
		}
		return c.step(now)
	}
	if limit := c.limit(e); known || e.Revision > 1 || limit != 0 && limit <= now {
		return c.step(now)
	}
	return c.open(e, e.OpenedAt.Add(-c.before), now)
}

// open begins a clip for an event, or makes it a part of the one that there is.
func (c *clipper) open(e models.Event, from, now models.Time) (changed []models.Clip) {
	changed = c.step(now)
	if c.wants == nil {
		c.wants = map[string]stretch{}
	}
	c.wants[e.ID] = stretch{c.limit(e)}
	switch room := len(c.clip.Events) < clipEventsMost; {
	case c.grows() && room:
		c.clip.Events = append(c.clip.Events, e.ID)
	case c.grows():
		changed = append(changed, c.end(max(now, c.clip.From+1)))
		c.begin(now, []string{e.ID})
	case room && from <= c.clip.To && from >= c.clip.From && now.Sub(c.clip.From) < clipMost: // they overlap
		c.clip.To, c.clip.Events = 0, append(c.clip.Events, e.ID)
	default:
		c.begin(from, []string{e.ID})
	}
	return append(append(changed, c.row()), c.step(now)...)
}

// limit is when an open event wants no more, 0 = it does until it is closed.
func (c *clipper) limit(e models.Event) models.Time {
	if strings.HasPrefix(string(e.Kind), "camera_") || e.Kind == models.SensorWentStale {
		return e.OpenedAt.Add(clipMost - c.before)
	}
	return 0
}

// step does what is due by the clock: a clip ends, or another follows it.
func (c *clipper) step(now models.Time) (changed []models.Clip) {
	if was := max(c.seen, c.clip.From); c.grows() && was.Sub(now) > backMost {
		changed = c.setBack(was, now)
	}
	c.seen = now
	for c.grows() {
		last := c.last()
		most := c.clip.From.Add(clipMost)
		switch {
		case last != 0 && last <= min(now, most):
			c.wants = nil
			return append(changed, c.end(max(last, c.clip.From+1)))
		case now < most:
			return changed
		}
		changed = append(changed, c.end(most))
		maps.DeleteFunc(c.wants, func(_ string, s stretch) bool { return s.until != 0 && s.until <= max(most, now) })
		if len(c.wants) > 0 {
			c.begin(max(most, now.Add(-c.before)), slices.Sorted(maps.Keys(c.wants)))
			changed = append(changed, c.row())
		}
	}
	return changed
}

// setBack ends the clip where our clock was, and goes on with another where it is.
func (c *clipper) setBack(was, now models.Time) []models.Clip {
	for id, s := range c.wants {
		if s.until != 0 {
			c.wants[id] = stretch{min(s.until, now.Add(c.after))}
		}
	}
	ended := c.end(max(was, c.clip.From+1))
	c.begin(now, slices.Sorted(maps.Keys(c.wants)))
	return []models.Clip{ended, c.row()}
}

// last is until when the events want to be recorded, 0 = one of them is open.
func (c *clipper) last() (last models.Time) {
	for _, s := range c.wants {
		if s.until == 0 {
			return 0
		}
		last = max(last, s.until)
	}
	return max(last, 1)
}

// stop ends the clip now: the camera is not recorded any more.
func (c *clipper) stop(now models.Time) (changed []models.Clip) {
	c.wants = nil
	if !c.grows() {
		return nil
	}
	return []models.Clip{c.end(min(max(now, c.clip.From+1), c.clip.From.Add(clipMost)))}
}

// resume goes on with a clip that grew when the last process ended, for those of its events that are still open.
func (c *clipper) resume(clip models.Clip, open map[string]models.Event, now models.Time) (changed []models.Clip) {
	if c.grows() { // there is only one; the older ends
		changed = append(changed, c.end(c.clip.From.Add(clipMost)))
	}
	if c.wants == nil {
		c.wants = map[string]stretch{}
	}
	c.clip = clip
	for _, id := range clip.Events {
		until := min(now.Add(c.after), clip.From.Add(clipMost))
		if e, is := open[id]; is {
			until = c.limit(e)
		}
		c.wants[id] = stretch{until}
	}
	return append(changed, c.step(now)...)
}

func (c *clipper) begin(from models.Time, events []string) {
	if len(events) > clipEventsMost {
		events = events[:clipEventsMost]
	}
	c.clip = models.Clip{ID: c.id(), Camera: c.camera, Area: c.area, From: max(from, 1), Events: events}
}

func (c *clipper) end(at models.Time) models.Clip {
	c.clip.To = at
	return c.row()
}

// row is the clip as it is now: the events are never changed behind a reader's back.
func (c *clipper) row() models.Clip {
	row := c.clip
	row.Events = slices.Clone(c.clip.Events)
	return row
}
