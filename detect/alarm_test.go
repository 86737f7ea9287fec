package detect

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// fence is a camera that nobody analyses, and whose own alarms are listened to.
func fence() models.Camera {
	return models.Camera{ID: "c1", Area: "grid-1", Alarms: true}
}

// listening is a hall with that camera, and pictures of it.
func listening(t *testing.T, c models.Camera, resumed ...models.Event) *hall {
	h := newHall(t)
	h.eye.sight = func(*models.AccessUnit) (Sight, error) { return Sight{}, nil }
	h.deps.Newest = func(string) *models.AccessUnit { return &models.AccessUnit{Camera: "c1", Seq: 7, Key: true} }
	h.Resume(resumed)
	require.NoError(t, h.Apply([]models.Camera{c}, nil))
	h.start()
	online(h, models.CameraOnline)
	return h
}

// says is what the camera reports now.
func (h *hall) says(kind models.EventKind, name string, active, pulse bool) {
	h.Alarm(models.Alarm{Camera: "c1", Kind: kind, Name: name, Label: "person", Active: active, Pulse: pulse, At: models.At(time.Now())})
}

func TestALineThatWasCrossedIsAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := listening(t, fence())
		h.until(5)
		h.says(models.LineCrossing, "kerb", true, true)
		h.Alarm(models.Alarm{Camera: "nobody", Kind: models.LineCrossing})
		h.until(20)
		got := h.took(models.LineCrossing)
		require.Len(t, got, 3)
		require.Equal(t, h.at(5), got[0].CapturedAt)
		require.Equal(t, "camera.line_crossing", got[0].Rule)
		require.Equal(t, models.Yellow, got[0].Severity)
		require.Equal(t, models.Facts{By: "camera", Zone: "kerb", Label: "person"}, got[0].Facts)
		require.Equal(t, `reported by the camera itself: person crossed a line (rule "kerb")`, got[0].Why)
		require.Equal(t, []byte("unit 7"), h.files[got[1].Snapshot], "the newest picture, of a camera that nobody analyses")
		require.Equal(t, models.EventClosed, got[2].State)
		require.InDelta(t, int64(h.at(8)), int64(got[2].ClosedAt), 200, "2 s and its close delay")
		h.end()
	})
}

// A state holds until its end is told; of several rules and objects of one kind until the last one's.
func TestAnIntrusionThatTheCameraReportsLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := listening(t, fence())
		h.until(5)
		h.says(models.Intrusion, "yard", true, false)
		h.until(10)
		h.says(models.Intrusion, "roof", true, false)
		h.until(20)
		h.says(models.Intrusion, "yard", false, false)
		h.until(40)
		h.says(models.Intrusion, "roof", false, false)
		h.until(41)
		h.says(models.Intrusion, "roof", true, false) // back within the close delay
		h.until(50)
		h.says(models.Intrusion, "roof", false, false)
		h.until(60)
		got := h.took(models.Intrusion)
		require.Len(t, got, 3, "opened, pictured, closed")
		require.Equal(t, models.Orange, got[0].Severity)
		require.Equal(t, "yard", got[0].Facts.Zone)
		require.Equal(t, models.EventClosed, got[2].State)
		require.InDelta(t, int64(h.at(53)), int64(got[2].ClosedAt), 200)
		require.Equal(t, int64(45_000), got[2].Facts.ForMs)
		h.end()
	})
}

// Whatever a camera forgets to say, no event stays open for ever.
func TestNoAlarmHoldsForEver(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(h *hall)
		want float64
	}{
		"it never says the end":    {func(h *hall) { h.until(700) }, 5 + 600 + 3},
		"it goes":                  {func(h *hall) { h.until(30); online(h, models.CameraOffline) }, 33},
		"nobody hears it any more": {func(h *hall) { h.until(40); h.AlarmsLost("c1"); h.AlarmsLost("c2") }, 43},
		"nobody wants to hear it any more": {func(h *hall) {
			h.until(50)
			c := fence()
			c.Alarms = false
			require.NoError(h.t, h.Apply([]models.Camera{c}, nil))
		}, 50},
		"it is taken off the site": {func(h *hall) { h.until(60); require.NoError(h.t, h.Apply(nil, nil)) }, 60},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := listening(t, fence())
				h.until(5)
				h.says(models.Intrusion, "yard", true, false)
				c.end(h)
				h.until(c.want + 10)
				got := h.took(models.Intrusion)
				require.Equal(t, models.EventClosed, got[len(got)-1].State)
				require.InDelta(t, int64(h.at(c.want)), int64(got[len(got)-1].ClosedAt), 200)
				h.end()
			})
		})
	}
}

// After a restart of the hall an event goes on when the camera says so within a minute, and is closed else.
func TestAnAlarmOfTheProcessBefore(t *testing.T) {
	for name, again := range map[string]bool{"the camera says it again": true, "it does not": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := listening(t, fence(), models.Event{ID: models.NewID(time.Now()), Kind: models.Intrusion, Rule: "camera.intrusion", Source: "c1", SourceType: models.FromCamera,
					State: models.EventOpen, Revision: 3, OpenedAt: models.At(time.Now()), Facts: models.Facts{By: "camera", Zone: "yard"}})
				h.until(30)
				if again {
					h.says(models.Intrusion, "yard", true, false)
				}
				h.until(90)
				got := h.took(models.Intrusion)
				if again {
					require.Equal(t, []any{1, models.EventOpen, "person"}, []any{len(got), got[0].State, got[0].Facts.Label}, "more is known of it")
				} else {
					require.InDelta(t, int64(h.at(63)), int64(got[0].ClosedAt), 200)
				}
				h.end()
			})
		})
	}
}

// The site's words about an alarm count: how grave it is, when it counts, how often.
func TestTheSiteHasItsWordOnAlarms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := fence()
		c.Rules = []models.Rule{{Kind: models.LineCrossing, By: models.ByCamera, Severity: models.Red, Cooldown: models.Duration(time.Minute)},
			{Kind: models.Loitering, By: models.ByCamera, Hours: "12:00-13:00"}}
		h := listening(t, c)
		for s := 5.0; s < 60; s += 10 {
			h.until(s)
			h.says(models.LineCrossing, "kerb", true, true)
			h.says(models.Loitering, "kerb", true, true)
		}
		got := h.took(models.LineCrossing)
		require.Len(t, got, 3, "one opening, its picture and its end")
		require.Equal(t, models.Red, got[0].Severity)
		require.Empty(t, h.took(models.Loitering), "not on duty at midnight")
		h.end()
	})
}

func TestAlarmsAreBounded(t *testing.T) {
	var all alarms
	now := time.Now()
	for i := range 3 * alarmsMost {
		all.take(now, models.Alarm{Kind: models.Intrusion, Name: fmt.Sprint(i), Active: true})
	}
	require.Len(t, all, alarmsMost)
	require.Equal(t, fmt.Sprint(2*alarmsMost), all.holding()[0].Name, "the longest goes")
	require.False(t, all.lapse(now.Add(stateHolds-1)))
	require.True(t, all.lapse(now.Add(stateHolds)))
	require.Nil(t, all.holding())

	object := func(id string, active bool) models.Alarm {
		return models.Alarm{Kind: models.Intrusion, Name: "yard", Object: id, Active: active}
	}
	all.take(now, object("1", true))
	all.take(now, object("2", true))
	all.take(now, object("1", false))
	require.Len(t, all, 1, "who went was not the only one")
	all.take(now, object("", false))
	require.Empty(t, all, "it tells them apart no more")
}
