package recording

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

func newClipper() *clipper {
	n := 0
	return &clipper{camera: "gate", area: "street", before: 10 * time.Second, after: 20 * time.Second, id: func() string {
		n++
		return fmt.Sprintf("clip-%04d", n)
	}}
}

// noon is an instant; at is so many seconds after it.
func at(seconds int) models.Time {
	return models.At(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)).Add(time.Duration(seconds) * time.Second)
}

func eventAt(id string, kind models.EventKind, second int) models.Event {
	return models.Event{ID: id, Kind: kind, State: models.EventOpen, OpenedAt: at(second), Revision: 1}
}

func closedAt(e models.Event, second int) models.Event {
	e.State, e.ClosedAt, e.Revision = models.EventClosed, at(second), e.Revision+1
	return e
}

// run plays what happens at each second, and a step each second, until all is still; it returns the clips as they are at the end.
func (c *clipper) run(until int, happens map[int][]models.Event) (clips []models.Clip) {
	note := func(changed []models.Clip) {
		for _, x := range changed {
			i := slices.IndexFunc(clips, func(y models.Clip) bool { return y.ID == x.ID })
			if i < 0 {
				clips = append(clips, x)
			} else {
				clips[i] = x
			}
		}
	}
	for second := range until {
		note(c.step(at(second)))
		for _, e := range happens[second] {
			note(c.event(e, at(second)))
		}
	}
	return clips
}

func TestClips(t *testing.T) {
	a, b := eventAt("a", models.Intrusion, 100), eventAt("b", models.Crowd, 130)
	update := a
	update.Revision = 2
	for name, c := range map[string]struct {
		happens map[int][]models.Event
		want    [][2]int // from and to, in seconds; to 0 = it grows
	}{
		"one":                           {map[int][]models.Event{100: {a}, 110: {closedAt(a, 110)}}, [][2]int{{90, 130}}},
		"open and closed at once":       {map[int][]models.Event{100: {a, closedAt(a, 100)}}, [][2]int{{90, 120}}},
		"told late":                     {map[int][]models.Event{103: {a}, 110: {closedAt(a, 109)}}, [][2]int{{90, 129}}},
		"grows":                         {map[int][]models.Event{100: {a}}, [][2]int{{90, 390}, {390, 690}, {690, 0}}},
		"two that overlap":              {map[int][]models.Event{100: {a}, 110: {closedAt(a, 110)}, 130: {b}, 140: {closedAt(b, 140)}}, [][2]int{{90, 160}}},
		"two whose clips overlap":       {map[int][]models.Event{90: {eventAt("a", models.Crowd, 90)}, 92: {closedAt(eventAt("a", models.Crowd, 90), 92)}, 120: {eventAt("b", models.Crowd, 120)}, 121: {closedAt(eventAt("b", models.Crowd, 120), 121)}}, [][2]int{{80, 141}}},
		"two apart":                     {map[int][]models.Event{100: {a}, 101: {closedAt(a, 101)}, 132: {eventAt("c", models.Crowd, 132)}, 133: {closedAt(eventAt("c", models.Crowd, 132), 133)}}, [][2]int{{90, 121}, {122, 153}}},
		"five minutes, and the rest":    {map[int][]models.Event{100: {a}, 400: {closedAt(a, 400)}}, [][2]int{{90, 390}, {390, 420}}},
		"an update is no opening":       {map[int][]models.Event{100: {update}}, nil},
		"closed and never seen":         {map[int][]models.Event{100: {closedAt(a, 100)}}, nil},
		"of the device itself":          {map[int][]models.Event{100: {eventAt("a", models.CameraFrozen, 100)}}, [][2]int{{90, 390}}},
		"of the device, soon over":      {map[int][]models.Event{100: {eventAt("a", models.CameraBlack, 100)}, 120: {closedAt(eventAt("a", models.CameraBlack, 100), 120)}}, [][2]int{{90, 140}}},
		"of the device, and told again": {map[int][]models.Event{100: {eventAt("a", models.SensorWentStale, 100)}, 600: {eventAt("a", models.SensorWentStale, 100)}}, [][2]int{{90, 390}}},
		"told when it is long past":     {map[int][]models.Event{700: {a}, 710: {closedAt(a, 709)}}, [][2]int{{90, 390}, {690, 729}}},
	} {
		var got [][2]int
		for _, clip := range newClipper().run(800, c.happens) {
			require.Equal(t, "street", clip.Area)
			span := [2]int{int(clip.From.Sub(at(0)).Seconds()), 0}
			if clip.To != 0 {
				span[1] = int(clip.To.Sub(at(0)).Seconds())
			}
			got = append(got, span)
		}
		require.Equal(t, c.want, got, name)
	}
}

func TestAClipGoesOnAfterARestart(t *testing.T) {
	a := eventAt("a", models.Intrusion, 100)
	grown := models.Clip{ID: "x", Camera: "gate", Area: "street", From: at(90), Events: []string{"a"}}
	open := map[string]models.Event{"a": a}
	for name, c := range map[string]struct {
		open map[string]models.Event
		now  int
		want []models.Clip
	}{
		"soon": {open, 200, nil},
		"after its five minutes": {open, 500, []models.Clip{
			{ID: "x", Camera: "gate", Area: "street", From: at(90), To: at(390), Events: []string{"a"}},
			{ID: "clip-0001", Camera: "gate", Area: "street", From: at(490), Events: []string{"a"}},
		}},
		"its event was closed meanwhile": {nil, 200, nil},
		"… and it was long":              {nil, 500, []models.Clip{{ID: "x", Camera: "gate", Area: "street", From: at(90), To: at(390), Events: []string{"a"}}}},
	} {
		k := newClipper()
		require.Equal(t, c.want, k.resume(grown, c.open, at(c.now)), name)
		if c.open == nil {
			k.step(at(c.now + 30))
		}
		require.Equal(t, c.open != nil, k.grows(), name)
	}
}

func TestAClipWhenOurClockIsSetBack(t *testing.T) {
	k := newClipper()
	a := eventAt("a", models.Intrusion, 100)
	k.event(a, at(100))
	k.event(closedAt(eventAt("b", models.Crowd, 100), 105), at(105))
	require.Empty(t, k.step(at(110)))
	require.Empty(t, k.step(at(109)), "that is no step")
	changed := k.step(at(40))
	require.Equal(t, []models.Time{at(109), 0}, []models.Time{changed[0].To, changed[1].To})
	require.Equal(t, []string{"a"}, changed[1].Events)
	require.Equal(t, at(40), changed[1].From)
	k.event(closedAt(a, 45), at(45))
	require.Equal(t, at(65), k.step(at(66))[0].To)

	k = newClipper()
	k.resume(models.Clip{ID: "x", Camera: "gate", From: at(3600), Events: []string{"a"}}, map[string]models.Event{"a": a}, at(0))
	require.Equal(t, at(0), k.clip.From, "it was set while nobody saw it")
}

func TestAClipEndsWithTheRecording(t *testing.T) {
	k := newClipper()
	require.Empty(t, k.stop(at(0)))
	k.event(eventAt("a", models.Intrusion, 100), at(100))
	require.Equal(t, at(105), k.stop(at(105))[0].To)
	require.Empty(t, k.stop(at(106)))
	require.False(t, k.grows())
}

// TestClipsCoverEveryEvent: whatever events come, each moment from 10 s before one opens to 20 s after it closes is in a clip of it,
// no clip is longer than five minutes, and no two are the same moment's unless their events began late.
func TestClipsCoverEveryEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		happens := map[int][]models.Event{}
		type span struct {
			id       string
			from, to int
		}
		var all []span
		for i := range rapid.IntRange(1, 12).Draw(t, "events") {
			from, length := rapid.IntRange(20, 900).Draw(t, "from"), rapid.IntRange(0, 700).Draw(t, "length")
			e := eventAt(fmt.Sprintf("e%d", i), models.Intrusion, from)
			happens[from] = append(happens[from], e)
			happens[from+length] = append(happens[from+length], closedAt(e, from+length))
			all = append(all, span{e.ID, from - 10, from + length + 20})
		}
		clips := newClipper().run(1700, happens)
		for i, c := range clips {
			require.NotZero(t, c.To, "everything ends")
			require.LessOrEqual(t, c.To.Sub(c.From), clipMost)
			require.Greater(t, c.To, c.From)
			if i > 0 {
				require.Greater(t, c.From, clips[i-1].From.Add(-10*time.Second), "the seconds before an event may lie before a clip that has just followed another")
			}
		}
		for _, s := range all {
			for second := s.from; second < s.to; second++ {
				require.True(t, slices.ContainsFunc(clips, func(c models.Clip) bool { return c.From <= at(second) && at(second) < c.To }), "%s at %d: %v", s.id, second, clips)
			}
			require.True(t, slices.ContainsFunc(clips, func(c models.Clip) bool { return slices.Contains(c.Events, s.id) }), s.id)
		}
	})
}
