package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

// twoCommunities is a street with two communities that have the same in them, each under its own name.
func twoCommunities(names ...string) models.Site {
	site := models.Site{Name: "street", Areas: []models.Area{{ID: "street", Name: "Street", Kind: models.Street, Boundary: [][2]float64{{1, 1}, {2, 1}, {2, 2}}}}}
	for _, c := range names {
		site.Areas = append(site.Areas,
			models.Area{ID: c, Name: c, Kind: models.Community, Parent: "street", Boundary: [][2]float64{{1, 1}, {2, 1}, {2, 2}}},
			models.Area{ID: c + "-grid", Name: c + " grid", Kind: models.Grid, Parent: c})
		site.Cameras = append(site.Cameras, models.Camera{ID: c + "-cam", Name: c + " camera", Area: c + "-grid", URL: "rtsp://192.0.2.1/" + c, Analyse: true})
		site.Sensors = append(site.Sensors, models.Sensor{ID: c + "-level", Name: c + " level", Area: c, Kind: "water_level", Topic: c + "/1"})
	}
	return site
}

// happened writes one of everything for the n-th community, and returns the name of its picture.
func happened(t testing.TB, s *Store, n int, c string) string {
	t.Helper()
	picture := id(n) + "." + c
	at := models.At(noon)
	e := models.Event{ID: id(n), Kind: models.Intrusion, Severity: models.Red, State: models.EventOpen, Area: c + "-grid", Source: c + "-cam",
		SourceType: models.FromCamera, Why: c, OpenedAt: at, Snapshot: picture}
	a, o := alert(id(n)), order(id(n))
	a.Fingerprint, a.Area, a.Why, a.Source, a.AcknowledgedAt = c, c+"-grid", c, c+"-cam", at+3000
	o.Area, o.Why, o.Source = c, c, c+"-cam"
	closed := order(id(n + 100))
	closed.Area, closed.Why, closed.State, closed.DoneAt = c, c, models.OrderClosed, at
	put(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutEvent(e), tx.PutAlert(a), tx.AttachEvent(a.ID, e.ID), tx.PutOrder(&o), tx.PutOrder(&closed),
			tx.AddStep(o.ID, models.OrderStep{At: at, By: c}), tx.Ledger(c, "alert.acknowledge", a.ID, nil, a),
			tx.SetCameraStatus(models.CameraStatus{Camera: c + "-cam", State: models.CameraOffline, Since: at}))
	})
	require.NoError(t, s.AppendReadings(t.Context(), []models.Reading{{Sensor: c + "-level", Value: 1, At: at}}))
	require.NoError(t, s.SaveSnapshot(t.Context(), picture, []byte(c)))
	require.NoError(t, s.PutClip(t.Context(), models.Clip{ID: id(n), Camera: c + "-cam", Area: c + "-grid", From: at, Events: []string{id(n)}}))
	_, err := s.In(c).PutHold(t.Context(), models.Hold{Camera: c + "-cam", From: at, To: at + 1, Why: c, By: c})
	require.NoError(t, err)
	return picture
}

// everything is all that a scope shows, as the API would put it.
func everything(t *testing.T, v Scope) string {
	t.Helper()
	var all []any
	add := func(x any, err error) {
		t.Helper()
		require.NoError(t, err)
		all = append(all, x)
	}
	page := func(x any, _ string, err error) { t.Helper(); add(x, err) }
	ctx := t.Context()
	page(v.Cameras(ctx, CameraFilter{}))
	page(v.Sensors(ctx, SensorFilter{}))
	page(v.Events(ctx, EventFilter{}))
	page(v.Alerts(ctx, AlertFilter{}))
	page(v.Orders(ctx, OrderFilter{}))
	page(v.Ledger(ctx, LedgerFilter{}))
	page(v.Cameras(ctx, CameraFilter{Area: "ochre"}))
	page(v.Alerts(ctx, AlertFilter{Area: "street"}))
	add(v.Changes(ctx, 0, 1000))
	add(v.Search(ctx, "e", 100))
	add(v.Search(ctx, "ochre", 100))
	add(v.Site(ctx))
	add(v.Overview(ctx, noon))
	add(v.CameraIDs(ctx, []string{"ochre-cam", "lilac-cam", "gone"}))
	add(v.SensorIDs(ctx))
	add(v.AlertEvents(ctx, id(2)))
	page(v.Clips(ctx, ClipFilter{}))
	page(v.Clips(ctx, ClipFilter{Camera: "ochre-cam", At: models.At(noon), Live: true}))
	page(v.Clips(ctx, ClipFilter{Event: id(2)}))
	page(v.Clips(ctx, ClipFilter{Alert: id(2)}))
	page(v.FootageHolds(ctx, HoldFilter{}))
	page(v.FootageHolds(ctx, HoldFilter{Camera: "ochre-cam", Active: true}))
	b, err := json.Marshal(all)
	require.NoError(t, err)
	return string(b)
}

func TestAScopeShowsNothingOfAnother(t *testing.T) {
	s := open(t)
	_, err := s.ApplySite(t.Context(), twoCommunities("lilac", "ochre"), "admin")
	require.NoError(t, err)
	lilac, ochre := happened(t, s, 1, "lilac"), happened(t, s, 2, "ochre")
	shown := everything(t, s.In("lilac"))
	require.NotContains(t, shown, "ochre")
	for _, name := range []string{"lilac-cam", "lilac-level", "lilac-grid", id(1), `"Street"`} {
		require.Contains(t, shown, name)
	}
	require.Contains(t, everything(t, s.In(Whole)), "ochre")
	require.Contains(t, everything(t, s.In("street")), "ochre")

	ctx, v := t.Context(), s.In("lilac")
	for name, see := range map[string]func(c string, n int) error{
		"camera":   func(c string, _ int) error { _, err := v.Camera(ctx, c+"-cam"); return err },
		"sensor":   func(c string, _ int) error { _, err := v.Sensor(ctx, c+"-level"); return err },
		"readings": func(c string, _ int) error { _, err := v.Trend(ctx, c+"-level", TrendFilter{To: 1}); return err },
		"event":    func(_ string, n int) error { _, err := v.Event(ctx, id(n)); return err },
		"alert":    func(_ string, n int) error { _, err := v.Alert(ctx, id(n)); return err },
		"order":    func(_ string, n int) error { _, err := v.Order(ctx, id(n)); return err },
		"hold": func(_ string, n int) error {
			all, _, err := s.In(Whole).FootageHolds(ctx, HoldFilter{Camera: []string{"lilac-cam", "ochre-cam"}[n-1]})
			require.NoError(t, err)
			_, err = v.LiftHold(ctx, all[0].ID, "not needed", "li")
			return err
		},
		"picture": func(_ string, n int) error {
			f, err := v.OpenSnapshot(ctx, []string{lilac, ochre}[n-1])
			if err == nil {
				err = f.Close()
			}
			return err
		},
	} {
		require.NoError(t, see("lilac", 1), name)
		err := see("ochre", 2)
		require.Equal(t, models.NotFound, models.CodeOf(err), name)
		require.ErrorContains(t, err, "there is no", name)
	}
	_, _, err = v.Alerts(ctx, AlertFilter{After: id(2)})
	require.Equal(t, models.Invalid, models.CodeOf(err), "a cursor does not tell what there is elsewhere")
}

// The figures of one community in a site of two are those of a site that has only the one.
func TestAScopeCountsOnlyItsOwn(t *testing.T) {
	both, one := open(t), open(t)
	_, err := both.ApplySite(t.Context(), twoCommunities("ochre", "lilac"), "admin")
	require.NoError(t, err)
	_, err = one.ApplySite(t.Context(), twoCommunities("lilac"), "admin")
	require.NoError(t, err)
	happened(t, both, 2, "ochre")
	happened(t, both, 1, "lilac")
	happened(t, one, 1, "lilac")
	got, err := both.In("lilac").Overview(t.Context(), noon.Add(time.Minute))
	require.NoError(t, err)
	want, err := one.In(Whole).Overview(t.Context(), noon.Add(time.Minute))
	require.NoError(t, err)
	want.Areas = slices.DeleteFunc(want.Areas, func(l models.AreaLoad) bool { return l.Area == "street" })
	require.Equal(t, want, got)
	require.Equal(t, 1, got.AlertsToday)

	site, err := both.In("lilac").Site(t.Context())
	require.NoError(t, err)
	require.Len(t, site.Areas, 3, "where it lies is told, too")
	require.Empty(t, site.Areas[2].Boundary)
	require.Equal(t, "street", site.Areas[2].ID)
}

func TestNothingIsPutOutOfAScope(t *testing.T) {
	s := open(t)
	_, err := s.ApplySite(t.Context(), twoCommunities("lilac", "ochre"), "admin")
	require.NoError(t, err)
	ctx, v := t.Context(), s.In("lilac")
	lilac, ochre := twoCommunities("lilac").Cameras[0], twoCommunities("ochre").Cameras[0]
	lilacLevel, ochreLevel := twoCommunities("lilac").Sensors[0], twoCommunities("ochre").Sensors[0]
	lilac.Name, lilacLevel.Name = "renamed", "renamed"
	require.NoError(t, v.PutCamera(ctx, lilac, "li"))
	require.NoError(t, v.PutSensor(ctx, lilacLevel, "li"))
	for name, c := range map[string]struct {
		err  error
		code models.Code
	}{
		"a camera moved out":           {v.PutCamera(ctx, moved(lilac, "ochre"), "li"), models.Invalid},
		"a camera moved up":            {v.PutCamera(ctx, moved(lilac, "street"), "li"), models.Invalid},
		"a new camera elsewhere":       {v.PutCamera(ctx, models.Camera{ID: "new", Name: "n", Area: "ochre", URL: lilac.URL}, "li"), models.Invalid},
		"a camera moved in":            {v.PutCamera(ctx, moved(ochre, "lilac"), "li"), models.NotFound},
		"a camera of others removed":   {v.DeleteCamera(ctx, "ochre-cam", "li"), models.NotFound},
		"a sensor moved in":            {v.PutSensor(ctx, func() models.Sensor { x := ochreLevel; x.Area = "lilac"; return x }(), "li"), models.NotFound},
		"a sensor moved out":           {v.PutSensor(ctx, func() models.Sensor { x := lilacLevel; x.Area = "ochre"; return x }(), "li"), models.Invalid},
		"a sensor of others removed":   {v.DeleteSensor(ctx, "ochre-level", "li"), models.NotFound},
		"a camera in an area unknown":  {s.In(Whole).PutCamera(ctx, moved(lilac, "mars"), "li"), models.Invalid},
		"in the scope of a gone area":  {s.In("mars").PutCamera(ctx, moved(lilac, "mars"), "li"), models.Invalid},
		"a hold on others' footage":    {second(v.PutHold(ctx, models.Hold{Camera: "ochre-cam", From: 1, To: 2, Why: "w", By: "li"})), models.Invalid},
		"another's camera by a sensor": {v.PutSensor(ctx, func() models.Sensor { x := lilacLevel; x.Camera = "ochre-cam"; return x }(), "li"), models.Invalid},
	} {
		require.Equal(t, c.code, models.CodeOf(c.err), "%s: %v", name, c.err)
	}
	ochreLevel.Camera = "lilac-cam"
	require.NoError(t, s.In(Whole).PutSensor(ctx, ochreLevel, "admin"))
	err = v.DeleteCamera(ctx, "lilac-cam", "li")
	require.Equal(t, models.Conflict, models.CodeOf(err))
	require.NotContains(t, err.Error(), "ochre")
	require.NoError(t, s.In(Whole).DeleteSensor(ctx, "ochre-level", "admin"))
	require.NoError(t, v.DeleteSensor(ctx, "lilac-level", "li"))
	require.NoError(t, v.DeleteCamera(ctx, "lilac-cam", "li"))
}

func second[T any](_ T, err error) error { return err }

func moved(c models.Camera, area string) models.Camera {
	c.Area = area
	return c
}

// An area that is moved to another parent takes its history along; one that is removed leaves its history to the whole site.
func TestAreasThatMoveAndGo(t *testing.T) {
	s := open(t)
	site := twoCommunities("lilac", "ochre")
	_, err := s.ApplySite(t.Context(), site, "admin")
	require.NoError(t, err)
	happened(t, s, 1, "lilac")
	seen := func(area string) bool {
		_, err := s.In(area).Alert(t.Context(), id(1))
		if err != nil {
			require.Equal(t, models.NotFound, models.CodeOf(err))
		}
		return err == nil
	}
	require.Equal(t, []bool{true, true, false}, []bool{seen("lilac"), seen("lilac-grid"), seen("ochre")})
	site.Areas[2].Parent = "ochre"
	_, err = s.ApplySite(t.Context(), site, "admin")
	require.NoError(t, err)
	require.Equal(t, []bool{false, true, true}, []bool{seen("lilac"), seen("lilac-grid"), seen("ochre")})
	site.Areas = slices.Delete(site.Areas, 2, 3)
	site.Cameras[0].Area = "lilac"
	_, err = s.ApplySite(t.Context(), site, "admin")
	require.NoError(t, err)
	require.Equal(t, []bool{false, true, false, true}, []bool{seen("lilac"), seen("lilac-grid"), seen("ochre"), seen(Whole)})
}

// SQL and Go agree on what lies below an area, whatever the tree.
func TestTheStoreAndTheTreeAgree(t *testing.T) {
	s := open(t)
	rapid.Check(t, func(rt *rapid.T) {
		site := models.Site{Name: "n"}
		for i := range rapid.IntRange(1, 10).Draw(rt, "areas") {
			a := models.Area{ID: "a" + strconv.Itoa(i), Name: "n", Kind: models.Grid}
			if p := rapid.IntRange(-1, i-1).Draw(rt, "parent"); p >= 0 {
				a.Parent = "a" + strconv.Itoa(p)
			}
			site.Areas = append(site.Areas, a)
			site.Cameras = append(site.Cameras, models.Camera{ID: "c" + strconv.Itoa(i), Name: "n", Area: a.ID, URL: "rtsp://192.0.2.1/1"})
		}
		_, err := s.ApplySite(t.Context(), site, "admin")
		require.NoError(rt, err)
		tree, _, err := s.Layout(t.Context())
		require.NoError(rt, err)
		require.Equal(rt, models.TreeOf(site.Areas), tree)
		known := []string{"mars"}
		for _, c := range site.Cameras {
			known = append(known, c.ID)
		}
		for _, a := range site.Areas {
			ids, err := s.In(a.ID).CameraIDs(t.Context(), known)
			require.NoError(rt, err)
			want := map[string]bool{}
			for area := range tree.Below(a.ID) {
				want["c"+area[1:]] = true
			}
			require.True(rt, maps.Equal(want, ids), fmt.Sprint(a.ID, want, ids))
		}
	})
}
