package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// tree is a small site: a street with two grids, two cameras and a sensor.
func tree() models.Site {
	limit := 2.5
	return models.Site{
		Name: "翠湖街道", TimeZone: "Asia/Shanghai",
		Areas: []models.Area{ // a child before its parent, on purpose
			{ID: "grid-1", Name: "第一网格", Kind: models.Grid, Parent: "street"},
			{ID: "street", Name: "翠湖街道", Kind: models.Street, Boundary: [][2]float64{{121, 31}, {122, 31}, {122, 32}}},
			{ID: "grid-2", Name: "第二网格", Kind: models.Grid, Parent: "street"},
		},
		Cameras: []models.Camera{
			{ID: "cam-1", Name: "东门", Area: "grid-1", URL: "rtsp://192.0.2.1/1", Username: "viewer-name", Password: "swordfish", Analyse: true,
				Zones: map[string]models.Polygon{"yard": {{0, 0}, {1, 0}, {1, 1}}},
				Rules: []models.Rule{{Kind: models.Intrusion, Zone: "yard"}}},
			{ID: "cam-2", Name: "西门", Area: "grid-2", URL: "rtsp://192.0.2.2/1", Disabled: true},
		},
		Sensors: []models.Sensor{{ID: "level-1", Name: "水位", Area: "grid-1", Kind: "water_level", Unit: "m", Topic: "s/level-1", Camera: "cam-1",
			Rules: []models.Rule{{Kind: models.SensorThreshold, Above: &limit}}}},
	}
}

func withSite(t testing.TB) *Store {
	t.Helper()
	s := open(t)
	_, err := s.ApplySite(t.Context(), tree(), "admin")
	require.NoError(t, err)
	return s
}

func TestEventGoesThereAndBackWhole(t *testing.T) {
	s := open(t)
	e := models.Event{ID: id(1), Kind: models.Crowd, Severity: models.Orange, State: models.EventOpen, Area: "grid-1", Source: "cam-1",
		SourceType: models.FromCamera, Rule: "crowd.yard", Why: "院内 12 人，超过 10 人；'; DROP TABLE events; -- ? \x00", OpenedAt: models.At(noon),
		Facts:      models.Facts{Measured: 12, Limit: 10, Count: 12, Boxes: []models.Box{{X: .1, Y: .2, W: .3, H: 1.0 / 3}}, Track: 1<<63 + 1},
		CapturedAt: models.At(noon) - 1, Snapshot: id(1), Revision: 1}
	put(t, s, func(tx *Tx) error {
		_, ok, err := tx.Event(e.ID)
		require.False(t, ok)
		require.NoError(t, err)
		require.NoError(t, tx.PutEvent(e))
		got, ok, err := tx.Event(e.ID)
		require.True(t, ok)
		require.Equal(t, e, got)
		return err
	})
	got, err := s.In(Whole).Event(t.Context(), e.ID)
	require.NoError(t, err)
	require.Equal(t, e, got)
	open, err := s.OpenEvents(t.Context())
	require.NoError(t, err)
	require.Equal(t, []models.Event{e}, open)

	e.State, e.ClosedAt, e.Revision = models.EventClosed, models.At(noon)+1, 2
	put(t, s, func(tx *Tx) error { return tx.PutEvent(e) })
	got, err = s.In(Whole).Event(t.Context(), e.ID)
	require.NoError(t, err)
	require.Equal(t, e, got)
	open, err = s.OpenEvents(t.Context())
	require.NoError(t, err)
	require.Empty(t, open)
	_, err = s.In(Whole).Event(t.Context(), "no such event")
	require.Equal(t, models.NotFound, models.CodeOf(err))
}

func TestEventsAreFiltered(t *testing.T) {
	s := withSite(t)
	put(t, s, func(tx *Tx) error {
		for i, e := range []models.Event{
			{Kind: models.Crowd, Area: "grid-1", Source: "cam-1", State: models.EventOpen, Severity: models.Red},
			{Kind: models.Crowd, Area: "grid-2", Source: "cam-2", State: models.EventClosed, Severity: models.Blue},
			{Kind: models.Intrusion, Area: "street", Source: "cam-1", State: models.EventClosed, Severity: models.Red},
			{Kind: models.Intrusion, Area: "gone", Source: "cam-9", State: models.EventClosed, Severity: models.Red},
		} {
			e.ID, e.OpenedAt = id(i), models.At(noon)+models.Time(i)
			require.NoError(t, tx.PutEvent(e))
		}
		return nil
	})
	for name, c := range map[string]struct {
		filter EventFilter
		want   []int
	}{
		"all":                       {EventFilter{}, []int{3, 2, 1, 0}},
		"kind":                      {EventFilter{Kind: models.Crowd}, []int{1, 0}},
		"state":                     {EventFilter{State: models.EventOpen}, []int{0}},
		"source":                    {EventFilter{Source: "cam-1"}, []int{2, 0}},
		"severity":                  {EventFilter{Severity: models.Red, State: models.EventClosed}, []int{3, 2}},
		"an area and what is below": {EventFilter{Area: "street"}, []int{2, 1, 0}},
		"a leaf":                    {EventFilter{Area: "grid-1"}, []int{0}},
		"an area that is gone":      {EventFilter{Area: "gone"}, []int{3}},
		"an area that never was":    {EventFilter{Area: "' OR 1=1 --"}, nil},
		"from":                      {EventFilter{From: models.At(noon) + 2}, []int{3, 2}},
		"to":                        {EventFilter{To: models.At(noon) + 2}, []int{1, 0}},
		"after":                     {EventFilter{After: id(2)}, []int{1, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			got, next, err := s.In(Whole).Events(t.Context(), c.filter)
			require.NoError(t, err)
			require.Empty(t, next)
			require.NotNil(t, got, "an empty list is [] in JSON")
			require.Len(t, got, len(c.want))
			for i, n := range c.want {
				require.Equal(t, id(n), got[i].ID)
			}
		})
	}
}

func TestPagesMeet(t *testing.T) {
	s := open(t)
	const n = 250
	put(t, s, func(tx *Tx) error {
		for i := range n {
			require.NoError(t, tx.PutEvent(models.Event{ID: id(i), State: models.EventOpen}))
		}
		return nil
	})
	for limit, pages := range map[int]int{0: 3, 50: 5, 249: 2, 250: 1, 5000: 1} {
		after, seen, asked := "", n, 0
		for asked == 0 || after != "" {
			events, next, err := s.In(Whole).Events(t.Context(), EventFilter{After: after, Limit: limit})
			require.NoError(t, err)
			for _, e := range events {
				seen--
				require.Equal(t, id(seen), e.ID)
			}
			after = next
			asked++
		}
		require.Zero(t, seen)
		require.Equal(t, pages, asked, "limit %d", limit)
	}
}
