package store

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// deeds are the rows as "by action entity".
func deeds(rows []models.LedgerRow) []string {
	out := []string{}
	for _, r := range rows {
		out = append(out, r.By+" "+r.Action+" "+r.Entity)
	}
	return out
}

// A site file is one row for each thing that it changes, with what was before and what is after.
func TestEachThingHasItsRow(t *testing.T) {
	s := withSite(t)
	site := tree()
	site.Name = "新名字"
	site.Areas[2].Name = "第二"
	site.Cameras[0].Heading = 90
	site.Cameras, site.Sensors = site.Cameras[:1], nil
	_, err := s.ApplySite(t.Context(), site, "li")
	require.NoError(t, err)
	rows, next, err := s.In(Whole).Ledger(t.Context(), LedgerFilter{By: "li"})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Equal(t, []string{"li camera.delete cam-2", "li sensor.delete level-1", "li camera.put cam-1", "li area.put grid-2", "li site.put site"}, deeds(rows))
	require.Contains(t, string(rows[0].Before), "西门")
	require.Equal(t, "null", string(rows[0].After))
	require.Contains(t, string(rows[2].Before), `"heading":0`)
	require.Contains(t, string(rows[2].After), `"heading":90`)
	require.Contains(t, string(rows[3].Before), "第二网格")
	require.JSONEq(t, `{"name":"翠湖街道","time_zone":"Asia/Shanghai"}`, string(rows[4].Before))
	require.JSONEq(t, `{"name":"新名字","time_zone":"Asia/Shanghai"}`, string(rows[4].After))
}

// No password, however it came in, is in the ledger or in the changes.
func TestTheLedgerHoldsNoSecrets(t *testing.T) {
	s := withSite(t)
	c := tree().Cameras[0]
	c.Password = "marlin-secret"
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), c, "li"))
	require.NoError(t, s.In(Whole).DeleteCamera(t.Context(), "cam-2", "li"))
	u := models.User{Username: "wang", Role: models.Viewer, PasswordHash: "$argon2id$secret"}
	require.NoError(t, s.PutUser(t.Context(), u, "li"))
	u.PasswordHash = "$argon2id$other-secret"
	require.NoError(t, s.PutUser(t.Context(), u, "li"))
	var docs []string
	for _, query := range []string{"SELECT doc_before || doc_after FROM ledger", "SELECT doc FROM changes"} {
		var some []string
		require.NoError(t, s.read.NewRaw(query).Scan(t.Context(), &some))
		require.NotEmpty(t, some)
		docs = append(docs, some...)
	}
	var sealed []string
	require.NoError(t, s.read.NewRaw("SELECT secret FROM cameras WHERE secret <> ''").Scan(t.Context(), &sealed))
	require.NotEmpty(t, sealed)
	for _, doc := range docs {
		for _, secret := range append(sealed, "swordfish", "marlin", "viewer-name", "argon2", "secret\"", "password\":", "password_hash") {
			require.NotContains(t, doc, secret)
		}
	}
}

func TestTheLedgerIsLookedThrough(t *testing.T) {
	s := withSite(t)
	for i, act := range []string{"alert.acknowledge", "alert.reject", "alerts", "order.accept"} {
		a := alert(id(i))
		put(t, s, func(tx *Tx) error { return tx.Ledger([]string{"li", "wang"}[i%2], act, a.ID, nil, a) })
	}
	for name, c := range map[string]struct {
		filter LedgerFilter
		want   []string
	}{
		"by":          {LedgerFilter{By: "wang"}, []string{"wang order.accept " + id(3), "wang alert.reject " + id(1)}},
		"action":      {LedgerFilter{Action: "alert.reject"}, []string{"wang alert.reject " + id(1)}},
		"a beginning": {LedgerFilter{Action: "alert."}, []string{"wang alert.reject " + id(1), "li alert.acknowledge " + id(0)}},
		"entity":      {LedgerFilter{Entity: id(2)}, []string{"li alerts " + id(2)}},
		"none":        {LedgerFilter{Action: "alert"}, []string{}},
		"too early":   {LedgerFilter{To: models.At(noon)}, []string{}},
		"too late":    {LedgerFilter{By: "li", From: models.At(noon) + 1}, []string{}},
		"in time":     {LedgerFilter{Entity: id(3), From: models.At(noon), To: models.At(noon) + 1}, []string{"wang order.accept " + id(3)}},
	} {
		rows, _, err := s.In(Whole).Ledger(t.Context(), c.filter)
		require.NoError(t, err, name)
		require.Equal(t, c.want, deeds(rows), name)
	}
	all, _, err := s.In(Whole).Ledger(t.Context(), LedgerFilter{})
	require.NoError(t, err)
	var paged []models.LedgerRow
	for after, pages := "", 0; ; pages++ {
		require.Less(t, pages, len(all))
		rows, next, err := s.In(Whole).Ledger(t.Context(), LedgerFilter{Limit: 3, After: after})
		require.NoError(t, err)
		paged = append(paged, rows...)
		if after = next; next == "" {
			break
		}
	}
	require.Equal(t, all, paged)
	require.True(t, slices.IsSortedFunc(all, func(a, b models.LedgerRow) int { return int(b.ID - a.ID) }))
}

// What was moved from one area to another is for the eyes of those who see both.
func TestTheLedgerOfAnArea(t *testing.T) {
	s := withSite(t)
	c := tree().Cameras[0]
	c.Name = "before"
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), c, "li"))
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), moved(c, "grid-2"), "li"))
	c.Name = "after"
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), moved(c, "grid-2"), "li"))
	for area, want := range map[string]int{"grid-1": 1, "grid-2": 1, Whole: 3} {
		rows, _, err := s.In(area).Ledger(t.Context(), LedgerFilter{By: "li"})
		require.NoError(t, err)
		require.Len(t, rows, want, area)
	}
}

// TestLooksDoNotBuryTheLedger: among a million rows that say who looked at a camera, each page is read in its order and ends when it is
// full, whatever it is filtered by.
func TestLooksDoNotBuryTheLedger(t *testing.T) {
	s := open(t)
	week := models.At(noon.Add(-7 * day))
	for name, c := range map[string]struct {
		filter LedgerFilter
		by     string
	}{
		"who looked":                {LedgerFilter{Action: "watch."}, "ledger_views"},
		"who looked last week":      {LedgerFilter{Action: "watch.", From: week, To: models.At(noon), After: "9"}, "ledger_views"},
		"who saw this camera":       {LedgerFilter{Action: "watch.", Entity: "cam-1", From: week}, "ledger_entity"},
		"who downloaded":            {LedgerFilter{Action: "watch.export", From: week}, "ledger_action"},
		"what a person saw":         {LedgerFilter{Action: "watch.", By: "li"}, "ledger_person"},
		"what was done":             {LedgerFilter{Except: "watch."}, "ledger_acts"},
		"what was done last week":   {LedgerFilter{Except: "watch.", From: week, To: models.At(noon)}, "ledger_acts"},
		"what was done to a camera": {LedgerFilter{Except: "watch.", Entity: "cam-1"}, "ledger_entity"},
	} {
		steps := strings.Join(plans(t, s, func() error { _, _, err := s.In(Whole).Ledger(t.Context(), c.filter); return err }).steps, "; ")
		require.Contains(t, steps, "INDEX "+c.by, name)
		require.NotContains(t, steps, "TEMP", name)
	}
}
