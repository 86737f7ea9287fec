package store

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
	"zhihui/models/store/storetest"
)

func TestApplySiteTwiceChangesNothing(t *testing.T) {
	s := open(t)
	plan, err := s.PlanSite(t.Context(), tree(), func(int, int) {})
	require.NoError(t, err)
	require.Len(t, plan.Added, 7) // the site, three areas, two cameras, a sensor
	site, err := s.In(Whole).Site(t.Context())
	require.NoError(t, err)
	require.Empty(t, site.Name, "a plan changes nothing")

	did, err := s.ApplySite(t.Context(), tree(), "admin")
	require.NoError(t, err)
	require.Equal(t, plan, did)
	before, err := s.LastChange(t.Context())
	require.NoError(t, err)
	changes, err := s.AllChanges(t.Context(), before-1, 0)
	require.NoError(t, err)
	require.Equal(t, models.TopicSite, changes[0].Topic)

	did, err = s.ApplySite(t.Context(), tree(), "admin")
	require.NoError(t, err)
	require.True(t, did.Empty(), "%v", did)
	after, err := s.LastChange(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, after)
	rows, err := s.LedgerOf(t.Context(), "site")
	require.NoError(t, err)
	require.Len(t, rows, 1)
	cameras, err := s.AllCameras(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, cameras[0].Revision)

	site, err = s.In(Whole).Site(t.Context())
	require.NoError(t, err)
	require.Equal(t, []any{"翠湖街道", "Asia/Shanghai", 3}, []any{site.Name, site.TimeZone, len(site.Areas)})
}

func TestApplySiteAddsChangesAndRemoves(t *testing.T) {
	s := withSite(t)
	site := tree()
	site.Name = "新名字"
	site.Areas = append(site.Areas[1:], models.Area{ID: "grid-3", Name: "第三网格", Kind: models.Grid, Parent: "grid-2"}) // grid-1 goes
	site.Areas[1].Name = "第二"
	site.Cameras = site.Cameras[:1] // cam-2 goes, cam-1 moves and has another password
	site.Cameras[0].Area, site.Cameras[0].Password = "grid-3", "marlin"
	site.Sensors = nil
	plan, err := s.PlanSite(t.Context(), site, func(int, int) {})
	require.NoError(t, err)
	did, err := s.ApplySite(t.Context(), site, "admin")
	require.NoError(t, err)
	require.Equal(t, plan, did)
	require.Equal(t, SiteDiff{
		Added:   []SiteItem{{"area", "grid-3"}},
		Changed: []SiteItem{{"site", "site"}, {"area", "grid-2"}, {"camera", "cam-1"}},
		Removed: []SiteItem{{"sensor", "level-1"}, {"camera", "cam-2"}, {"area", "grid-1"}},
	}, did)
	cameras, err := s.AllCameras(t.Context())
	require.NoError(t, err)
	require.Len(t, cameras, 1)
	require.Equal(t, []any{"marlin", "grid-3", int64(2)}, []any{cameras[0].Password, cameras[0].Area, cameras[0].Revision})
	areas, err := s.areas(t.Context())
	require.NoError(t, err)
	require.Len(t, areas, 3)
}

// How a camera is recorded is a part of it like any other: what differs is told before it is done.
func TestApplySiteTellsWhatIsRecordedOtherwise(t *testing.T) {
	s := withSite(t)
	site := tree()
	site.Cameras[1].Record = models.Recording{Mode: models.RecordHours, Schedule: []string{"Mon-Fri 08:00-18:00"}, KeepDays: 7}
	want := SiteDiff{Changed: []SiteItem{{"camera", site.Cameras[1].ID}}}
	plan, err := s.PlanSite(t.Context(), site, func(int, int) {})
	require.NoError(t, err)
	require.Equal(t, want, plan)
	did, err := s.ApplySite(t.Context(), site, "admin")
	require.NoError(t, err)
	require.Equal(t, want, did)
	cameras, err := s.AllCameras(t.Context())
	require.NoError(t, err)
	require.Equal(t, site.Cameras[1].Record, cameras[1].Record)
	require.Equal(t, int64(2), cameras[1].Revision)
	did, err = s.ApplySite(t.Context(), site, "admin")
	require.NoError(t, err)
	require.True(t, did.Empty())
}

func TestApplySiteWithoutPasswordKeepsIt(t *testing.T) {
	s := withSite(t)
	site := tree()
	site.Cameras[0].Username, site.Cameras[0].Password = "", ""
	did, err := s.ApplySite(t.Context(), site, "admin")
	require.NoError(t, err)
	require.True(t, did.Empty())
	cameras, err := s.AllCameras(t.Context())
	require.NoError(t, err)
	require.Equal(t, "swordfish", cameras[0].Password)
}

// However a tree of areas is turned round, applying it works, is what was planned, and is done with one time.
func TestApplySiteTurnsTreesRound(t *testing.T) {
	s := open(t)
	names := []string{"a", "b", "c", "d", "e", "f"}
	rapid.Check(t, func(t *rapid.T) {
		site := models.Site{Name: "x"}
		order := rapid.Permutation(names).Draw(t, "order")
		n := rapid.IntRange(0, len(order)).Draw(t, "n")
		for i, name := range order[:n] {
			a := models.Area{ID: name, Name: name, Kind: models.Grid}
			if i > 0 && rapid.Bool().Draw(t, "child") {
				a.Parent = order[rapid.IntRange(0, i-1).Draw(t, "parent")]
			}
			site.Areas = append(site.Areas, a)
			if rapid.Bool().Draw(t, "camera") {
				site.Cameras = append(site.Cameras, models.Camera{ID: "at-" + name, Name: name, Area: name, URL: "rtsp://192.0.2.1/"})
			}
		}
		site.Areas = rapid.Permutation(site.Areas).Draw(t, "areas")
		plan, err := s.PlanSite(t.Context(), site, func(int, int) {})
		require.NoError(t, err)
		did, err := s.ApplySite(t.Context(), site, "admin")
		require.NoError(t, err)
		require.Equal(t, plan, did)
		did, err = s.ApplySite(t.Context(), site, "admin")
		require.NoError(t, err)
		require.True(t, did.Empty())
		areas, err := s.areas(t.Context())
		require.NoError(t, err)
		require.ElementsMatch(t, site.Areas, areas)
	})
}

func TestApplySiteTellsHowFarItIs(t *testing.T) {
	s := open(t)
	site := storetest.District(20, 0, 5)
	var told []int
	diff, err := s.ApplySiteTelling(t.Context(), site, "li", func(done, all int) {
		require.Equal(t, 3331+20+5, all)
		told = append(told, done)
	})
	require.NoError(t, err)
	require.Len(t, told, 3331+20+5)
	require.Len(t, diff.Added, len(told)+1, "and the name of the site")
	for i, done := range told {
		require.Equal(t, i+1, done)
	}
}
