package store

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

// edit is a row that gives all of c that is not empty.
func edit(row int, c models.Camera) models.Edit[models.Camera] {
	return models.Edit[models.Camera]{Row: row, ID: c.ID, Area: c.Area, Put: func(is *models.Camera) {
		for _, f := range []struct{ to, from *string }{{&is.Name, &c.Name}, {&is.URL, &c.URL}, {&is.Username, &c.Username}, {&is.Password, &c.Password}} {
			if *f.from != "" {
				*f.to = *f.from
			}
		}
	}}
}

func imported(t *testing.T, s *Store, edits ...models.Edit[models.Camera]) models.Import {
	t.Helper()
	done, err := s.In(Whole).ImportCameras(t.Context(), edits, "li", ImportHow{})
	require.NoError(t, err)
	return done
}

func TestImportAddsChangesAndIsUndone(t *testing.T) {
	s := withSite(t)
	before, err := s.AllCameras(t.Context())
	require.NoError(t, err)
	edits := []models.Edit[models.Camera]{
		edit(2, models.Camera{ID: "cam-1", Name: "东门（新）", Username: "root", Password: "marlin"}),
		edit(3, models.Camera{ID: "cam-2", Area: "第二网格"}), // as it is
		edit(4, models.Camera{ID: "cam-3", Name: "南门", Area: "第一网格", URL: "rtsp://192.0.2.3/1", Password: "tuna"}),
	}
	seen, err := s.LastChange(t.Context())
	require.NoError(t, err)
	plan, err := s.In(Whole).ImportCameras(t.Context(), edits, "li", ImportHow{DryRun: true})
	require.NoError(t, err)
	require.Empty(t, plan.ID)
	now, err := s.LastChange(t.Context())
	require.NoError(t, err)
	require.Equal(t, seen, now, "a plan changes nothing")

	done := imported(t, s, edits...)
	require.Equal(t, models.Import{ID: done.ID, Kind: models.ImportOfCameras, Added: []string{"cam-3"}, Changed: []string{"cam-1"}, Removed: []string{}, Unchanged: 1, Faults: []models.CellFault{}}, done)
	require.True(t, done.ID != "")
	plan.ID = done.ID
	require.Equal(t, plan, done)
	changes, err := s.AllChanges(t.Context(), seen, 0)
	require.NoError(t, err)
	var told []string
	for _, c := range changes {
		told = append(told, string(c.Topic)+" "+c.Entity)
	}
	require.Equal(t, []string{"camera cam-1", "camera cam-3", "site cameras"}, told, "as of edits one by one")
	rows, err := s.LedgerOf(t.Context(), "cam-1")
	require.NoError(t, err)
	require.Equal(t, []string{"camera.put", "li"}, []string{rows[len(rows)-1].Action, rows[len(rows)-1].By})
	after, err := s.AllCameras(t.Context())
	require.NoError(t, err)
	require.Equal(t, []any{"东门（新）", "root", "marlin", int64(2), before[0].Rules}, []any{after[0].Name, after[0].Username, after[0].Password, after[0].Revision, after[0].Rules})
	require.Equal(t, []any{"cam-3", "grid-1", "tuna"}, []any{after[2].ID, after[2].Area, after[2].Password})

	again := imported(t, s, edits...)
	require.Equal(t, []any{"", 3}, []any{again.ID, again.Unchanged})

	undone, err := s.In(Whole).UndoImport(t.Context(), done.ID, "li", ImportHow{})
	require.NoError(t, err)
	require.Equal(t, []any{[]string{"cam-1"}, []string{"cam-3"}}, []any{undone.Changed, undone.Removed})
	requireCameras(t, s, before)
	_, err = s.In(Whole).UndoImport(t.Context(), undone.ID, "li", ImportHow{})
	require.NoError(t, err)
	requireCameras(t, s, after)
	_, err = s.In(Whole).UndoImport(t.Context(), "01NEVER", "li", ImportHow{})
	require.Equal(t, models.NotFound, models.CodeOf(err))
}

// requireCameras compares all but revisions, which only grow.
func requireCameras(t require.TestingT, s *Store, want []models.Camera) {
	got, err := s.AllCameras(context.Background())
	require.NoError(t, err)
	plain := func(all []models.Camera) (out []models.Camera) {
		for _, c := range all {
			c.Revision = 0
			out = append(out, c)
		}
		return out
	}
	require.Equal(t, plain(want), plain(got))
}

func TestFaultsKeepEverythingAsItIs(t *testing.T) {
	s := withSite(t)
	good := edit(2, models.Camera{ID: "cam-9", Name: "新", Area: "grid-1", URL: "rtsp://192.0.2.9/"})
	unread := edit(5, models.Camera{ID: "cam-8", Name: "x", Area: "grid-1", URL: "rtsp://192.0.2.8/"})
	unread.Faults = []models.CellFault{{Row: 5, ID: "cam-8", Field: "lon", Message: "write degrees"}}
	edits := []models.Edit[models.Camera]{good,
		edit(3, models.Camera{ID: "cam 7", Area: "grid-1", URL: "http://192.0.2.7/"}),
		edit(4, models.Camera{ID: "cam-1", URL: "rtsp://192.0.2.77/1"}),
		unread,
		edit(6, models.Camera{ID: "cam-9", Name: "again"}),
		edit(7, models.Camera{ID: "cam-6", Name: "x", Area: "第九网格", URL: "rtsp://u:p@192.0.2.6/"}),
	}
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), models.Camera{ID: "keeps", Name: "x", Area: "grid-1", URL: "rtsp://192.0.2.5/"}, "test"))
	before, err := s.AllCameras(t.Context())
	require.NoError(t, err)
	done := imported(t, s, edits...)
	require.Empty(t, done.ID)
	var told []string
	for _, f := range done.Faults {
		require.NotEmpty(t, f.Message)
		told = append(told, fmt.Sprint(f.Row, " ", f.ID, " ", f.Field))
	}
	require.Equal(t, []string{"3 cam 7 id", "3 cam 7 name", "3 cam 7 url", "4 cam-1 password", "5 cam-8 lon", "6 cam-9 id", "7 cam-6 area", "7 cam-6 url"}, told)
	requireCameras(t, s, before)

	done, err = s.In(Whole).ImportCameras(t.Context(), edits, "li", ImportHow{Partial: true})
	require.NoError(t, err)
	require.Equal(t, []any{[]string{"cam-9"}, 8}, []any{done.Added, len(done.Faults)})
	_, err = s.In(Whole).UndoImport(t.Context(), done.ID, "li", ImportHow{})
	require.NoError(t, err)
	requireCameras(t, s, before)
}

// What was edited after the import is not undone in silence, nor what a sensor needs.
func TestUndoRespectsWhatCameLater(t *testing.T) {
	s := withSite(t)
	done := imported(t, s,
		edit(2, models.Camera{ID: "cam-1", Name: "a"}), edit(3, models.Camera{ID: "cam-2", Name: "b"}),
		edit(4, models.Camera{ID: "cam-3", Name: "c", Area: "grid-1", URL: "rtsp://192.0.2.3/"}))
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), models.Camera{ID: "cam-2", Name: "later", Area: "grid-2", URL: "rtsp://192.0.2.2/1"}, "wang"))
	level := tree().Sensors[0]
	level.Camera = "cam-3"
	require.NoError(t, s.In(Whole).PutSensor(t.Context(), level, "wang"))
	before, err := s.AllCameras(t.Context())
	require.NoError(t, err)
	undone, err := s.In(Whole).UndoImport(t.Context(), done.ID, "li", ImportHow{})
	require.NoError(t, err)
	require.Equal(t, []any{"", 2, "cam-2", "cam-3"}, []any{undone.ID, len(undone.Faults), undone.Faults[0].ID, undone.Faults[1].ID})
	requireCameras(t, s, before)
	undone, err = s.In(Whole).UndoImport(t.Context(), done.ID, "li", ImportHow{Partial: true})
	require.NoError(t, err)
	require.Equal(t, []string{"cam-1"}, undone.Changed)
}

// A camera that was removed since and is there again is another one.
func TestAnImportIsUndoneOnce(t *testing.T) {
	s := withSite(t)
	a, b := imported(t, s, edit(2, models.Camera{ID: "cam-1", Name: "a"})), imported(t, s, edit(2, models.Camera{ID: "cam-1", Name: "b"}))
	undo := func(id string) models.Import {
		done, err := s.In(Whole).UndoImport(t.Context(), id, "li", ImportHow{})
		require.NoError(t, err)
		return done
	}
	back := undo(b.ID)
	require.Equal(t, []string{"cam-1"}, back.Changed)
	require.Equal(t, []string{"cam-1"}, undo(a.ID).Changed)
	for _, id := range []string{b.ID, a.ID, back.ID} {
		done := undo(id)
		require.Empty(t, done.Changed, "it is not as that import has left it")
		require.Len(t, done.Faults, 1)
	}
	requireCameras(t, s, tree().Cameras)
}

func TestUndoKeepsWhatWasMadeAnew(t *testing.T) {
	s := withSite(t)
	done := imported(t, s, edit(2, models.Camera{ID: "cam-3", Name: "c", Area: "grid-1", URL: "rtsp://192.0.2.3/"}))
	require.NoError(t, s.In(Whole).DeleteCamera(t.Context(), "cam-3", "wang"))
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), models.Camera{ID: "cam-3", Name: "another", Area: "grid-1", URL: "rtsp://192.0.2.33/"}, "wang"))
	before, err := s.AllCameras(t.Context())
	require.NoError(t, err)
	undone, err := s.In(Whole).UndoImport(t.Context(), done.ID, "li", ImportHow{Partial: true})
	require.NoError(t, err)
	require.Len(t, undone.Faults, 1)
	require.Contains(t, undone.Faults[0].Message, "edited or removed since")
	requireCameras(t, s, before)
}

// A password that the disk has spoilt is a fault of its row, and of no other.
func TestAnUnreadablePasswordIsAFaultOfItsRow(t *testing.T) {
	s := withSite(t)
	put(t, s, func(tx *Tx) error {
		_, err := tx.db.Exec("UPDATE cameras SET secret = 'c3BvaWx0' WHERE id = 'cam-1'")
		return err
	})
	edits := []models.Edit[models.Camera]{edit(2, models.Camera{ID: "cam-1", Name: "x"}), edit(3, models.Camera{ID: "cam-2", Name: "y"})}
	done, err := s.In(Whole).ImportCameras(t.Context(), edits, "li", ImportHow{Partial: true})
	require.NoError(t, err)
	require.Equal(t, []string{"cam-2"}, done.Changed)
	require.Equal(t, "row 2, password: the one that is kept for camera cam-1 cannot be read any more: enter it again", done.Faults[0].String())
	edits[0] = edit(2, models.Camera{ID: "cam-1", Name: "x", Username: "u", Password: "new"})
	require.Equal(t, []string{"cam-1"}, imported(t, s, edits...).Changed)
}

// A sheet with a fault in every cell is answered with some of them.
func TestFaultsAreBounded(t *testing.T) {
	s := withSite(t)
	var edits []models.Edit[models.Camera]
	for i := range maxFaults {
		edits = append(edits, edit(i+2, models.Camera{ID: fmt.Sprint("no id ", i), Name: "x", Area: "nowhere", URL: "http://x"}))
	}
	edits = append(edits, edit(maxFaults+2, models.Camera{ID: "good", Name: "x", Area: "grid-1", URL: "rtsp://192.0.2.3/"}))
	done, err := s.In(Whole).ImportCameras(t.Context(), edits, "li", ImportHow{Partial: true})
	require.NoError(t, err)
	require.Equal(t, []string{"good"}, done.Added, "the rows behind are imported all the same")
	require.Equal(t, maxFaults+1, len(done.Faults))
	require.Equal(t, fmt.Sprintf("%d faults more: mend these first", 2*maxFaults), done.Faults[maxFaults].String())
}

func TestImportStaysInItsScope(t *testing.T) {
	s := withSite(t)
	edits := []models.Edit[models.Camera]{edit(2, models.Camera{ID: "cam-1", Name: "mine"}), edit(3, models.Camera{ID: "cam-2", Name: "not mine"}),
		edit(4, models.Camera{ID: "cam-4", Name: "x", Area: "第二网格", URL: "rtsp://192.0.2.4/"})}
	done, err := s.In("grid-1").ImportCameras(t.Context(), edits, "li", ImportHow{})
	require.NoError(t, err)
	require.Equal(t, []string{"cam-2", "cam-4"}, []string{done.Faults[0].ID, done.Faults[1].ID})
	whole := imported(t, s, edits[1])
	undone, err := s.In("grid-1").UndoImport(t.Context(), whole.ID, "li", ImportHow{})
	require.NoError(t, err)
	require.Len(t, undone.Faults, 1)
	require.Empty(t, undone.ID)
}

func TestTwoAreasOfOneName(t *testing.T) {
	s := open(t)
	_, err := s.ApplySite(t.Context(), models.Site{Name: "x", Areas: []models.Area{
		{ID: "a", Name: "网格", Kind: models.Grid}, {ID: "b", Name: "网格", Kind: models.Grid}, {ID: "c", Name: "a", Kind: models.Grid}}}, "test")
	require.NoError(t, err)
	done := imported(t, s, edit(2, models.Camera{ID: "x", Name: "x", Area: "网格", URL: "rtsp://192.0.2.1/"}))
	require.Contains(t, done.Faults[0].Message, "2 areas are called")
	done = imported(t, s, edit(2, models.Camera{ID: "x", Name: "x", Area: "a", URL: "rtsp://192.0.2.1/"}))
	require.Empty(t, done.Faults)
	v, err := s.In(Whole).Camera(t.Context(), "x")
	require.NoError(t, err)
	require.Equal(t, "a", v.Area, "an id counts for more than a name")
}

// Old imports go, and with them the passwords that they had replaced; those that are kept follow the key.
func TestImportsAreForgottenAndFollowTheKey(t *testing.T) {
	s := withSite(t)
	first := imported(t, s, edit(2, models.Camera{ID: "cam-1", Password: "p0"}))
	var done models.Import
	for i := range importsKept {
		done = imported(t, s, edit(2, models.Camera{ID: "cam-1", Password: fmt.Sprint("q", i)}))
	}
	_, err := s.In(Whole).UndoImport(t.Context(), first.ID, "li", ImportHow{})
	require.Equal(t, models.NotFound, models.CodeOf(err))
	n, err := s.read.NewSelect().Table("import_rows").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, importsKept, n)
	_, err = s.RotateKey(t.Context(), "test")
	require.NoError(t, err)
	_, err = s.In(Whole).UndoImport(t.Context(), done.ID, "li", ImportHow{})
	require.NoError(t, err)
	all, err := s.AllCameras(t.Context())
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint("q", importsKept-2), all[0].Password)
}

// Whatever is imported: a second time changes nothing, and the way back leads to where it began, credentials included.
func TestImportTwiceAndBack(t *testing.T) {
	s := withSite(t)
	rapid.Check(t, func(rt *rapid.T) {
		pick := func(what string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, what) }
		var edits []models.Edit[models.Camera]
		for i, id := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"cam-1", "cam-2", "cam-3", "cam-4", "cam 5"}), 0, 5, rapid.ID).Draw(rt, "ids") {
			edits = append(edits, edit(i+2, models.Camera{ID: id, Name: pick("name", "", "x", "y"), Area: pick("area", "", "grid-1", "第二网格", "nowhere"),
				URL: pick("url", "", "rtsp://192.0.2.1/1", "rtsp://192.0.2.1/2", "rtsp://192.0.2.2/1", "http://x"), Username: pick("username", "", "u", "v"),
				Password: pick("password", "", "p", "q")}))
		}
		before, err := s.AllCameras(rt.Context())
		require.NoError(rt, err)
		how := ImportHow{Partial: true}
		first, err := s.In(Whole).ImportCameras(rt.Context(), edits, "li", how)
		require.NoError(rt, err)
		again, err := s.In(Whole).ImportCameras(rt.Context(), edits, "li", how)
		require.NoError(rt, err)
		require.Empty(rt, again.ID, "%+v", again)
		require.Equal(rt, len(first.Added)+len(first.Changed)+first.Unchanged, again.Unchanged)
		if first.ID == "" {
			requireCameras(rt, s, before)
			return
		}
		if rapid.Bool().Draw(rt, "back") {
			_, err = s.In(Whole).UndoImport(rt.Context(), first.ID, "li", ImportHow{})
			require.NoError(rt, err)
			requireCameras(rt, s, before)
		}
	})
}
