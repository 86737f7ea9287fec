package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

// twoCommunities puts a street with two communities, each with a sensor, into the store; parent is where the grid lies.
func twoCommunities(t *testing.T, st *store.Store, parent string) {
	t.Helper()
	site := models.Site{Name: "street", Areas: []models.Area{{ID: "red", Name: "r", Kind: models.Community}, {ID: "blue", Name: "b", Kind: models.Community},
		{ID: "grid", Name: "g", Kind: models.Grid, Parent: parent}}}
	for _, area := range []string{"red", "blue", "grid"} {
		site.Sensors = append(site.Sensors, models.Sensor{ID: area + "-level", Name: area, Area: area, Kind: "rain", Topic: area})
	}
	_, err := st.ApplySite(t.Context(), site, "admin")
	require.NoError(t, err)
}

func putIn(t *testing.T, st *store.Store, area string, ids ...string) {
	t.Helper()
	require.NoError(t, st.Write(t.Context(), func(tx *store.Tx) (err error) {
		for _, id := range ids {
			err = errors.Join(err, tx.PutAlert(models.Alert{ID: id, Fingerprint: id, Area: area, State: models.AlertOpen}))
		}
		return err
	}))
}

func TestAPageSeesItsScope(t *testing.T) {
	st := openStore(t)
	twoCommunities(t, st, "red")
	start, err := st.LastChange(t.Context())
	require.NoError(t, err)
	f, srv := startFeed(t, st)
	page := follow(t, fmt.Sprintf("%s?scope=red&since=%d", srv.URL, start))
	require.Equal(t, "heartbeat", page.next().name)
	putIn(t, st, "blue", "B1", "B2")
	putIn(t, st, "red", "R1")
	putIn(t, st, "", "none")
	putIn(t, st, "grid", "G1")
	require.Contains(t, page.until("change").data, `"R1"`)
	require.Contains(t, page.until("change").data, `"G1"`, "what lies below, too")

	for _, s := range []string{"red-level", "blue-level", "grid-level", "unknown"} {
		f.Publish(models.Reading{Sensor: s, Value: 1, At: 1})
	}
	got := page.until("reading").data + page.until("reading").data
	require.Contains(t, got, "red-level")
	require.Contains(t, got, "grid-level")

	require.NoError(t, f.Look(models.User{Username: "li"}, "B1", "blue"))
	require.NoError(t, f.Look(models.User{Username: "wang"}, "R1", "red"))
	require.Contains(t, page.next().data, "wang", "and not who looks at what lies elsewhere")

	putIn(t, st, "blue", "B3")
	beat := page.next()
	require.Equal(t, "heartbeat", beat.name)
	last, err := st.LastChange(t.Context())
	require.NoError(t, err)
	require.Equal(t, last, beat.id, "it has come past what it may not see, and resumes there")
}

// A page that was away hears the same as one that was there.
func TestHistoryOfAScope(t *testing.T) {
	st := openStore(t)
	twoCommunities(t, st, "red")
	start, err := st.LastChange(t.Context())
	require.NoError(t, err)
	var blue []string
	for i := range 2*pageSize + 1 {
		blue = append(blue, fmt.Sprintf("B%05d", i))
	}
	putIn(t, st, "blue", blue...)
	putIn(t, st, "red", "R1")
	putIn(t, st, "blue", "B")
	_, srv := startFeed(t, st) // its ring is empty: all of it comes from the store
	page := follow(t, fmt.Sprintf("%s?scope=red&since=%d", srv.URL, start))
	require.Equal(t, "heartbeat", page.next().name)
	require.Contains(t, page.next().data, `"R1"`)
	require.Equal(t, start+int64(len(blue))+2, page.until("heartbeat").id)
}

// A thing that moves leaves the pages that saw where it was and not where it is; to those that see both it was never gone.
func TestAThingMoves(t *testing.T) {
	for _, from := range []string{"memory", "the store"} {
		t.Run(from, func(t *testing.T) {
			st := openStore(t)
			twoCommunities(t, st, "red")
			start, err := st.LastChange(t.Context())
			require.NoError(t, err)
			move := func() {
				for _, area := range []string{"grid", "blue", "red"} {
					require.NoError(t, st.In(store.Whole).PutSensor(t.Context(), models.Sensor{ID: "grid-level", Name: "n", Area: area, Kind: "rain", Topic: "grid"}, "li"))
				}
			}
			if from == "the store" {
				move()
			}
			_, srv := startFeed(t, st)
			hears := map[string][]string{
				"":     {"grid", "", "blue", "", "red", ""}, // "" is the site
				"red":  {"grid", "", "gone", "", "red", ""},
				"blue": {"", "blue", "", "gone", ""},
				"grid": {"grid", "", "gone", "", ""},
			}
			pages := map[string]*follower{}
			for scope := range hears {
				pages[scope] = follow(t, fmt.Sprintf("%s?scope=%s&since=%d", srv.URL, scope, start))
			}
			if from == "memory" {
				move()
			}
			for scope, wants := range hears {
				for _, want := range wants {
					var c models.Change
					require.NoError(t, json.Unmarshal([]byte(pages[scope].until("change").data), &c))
					is := c.Area
					if c.Topic != models.TopicSite && string(c.Data) == "null" {
						is = "gone"
					}
					require.Equal(t, want, is, "scope %q", scope)
				}
			}
		})
	}
}

// When the site is changed, every page is told to read its lists again, and the scopes are found anew.
func TestAScopeFollowsTheSite(t *testing.T) {
	st := openStore(t)
	twoCommunities(t, st, "red")
	_, srv := startFeed(t, st)
	page := follow(t, srv.URL+"?scope=red")
	require.Equal(t, "heartbeat", page.next().name)
	putIn(t, st, "grid", "G1")
	require.Contains(t, page.until("change").data, "G1")
	twoCommunities(t, st, "blue")
	require.Contains(t, page.until("change").data, `"topic":"site"`)
	putIn(t, st, "grid", "G2")
	putIn(t, st, "red", "R1")
	require.Contains(t, page.until("change").data, "R1", "the grid lies elsewhere now")
	twoCommunities(t, st, "red")
	require.Contains(t, page.until("change").data, `"topic":"site"`)
	putIn(t, st, "grid", "G3")
	require.Contains(t, page.until("change").data, "G3")
}

// What a full house costs: 1,024 pages of 64 scopes take one change and one second of 500 readings.
func BenchmarkNewsOfScopes(b *testing.B) {
	st, err := store.Open(func() store.Config { c := store.DefaultConfig(); c.Dir = b.TempDir(); return c }(), slog.New(slog.DiscardHandler))
	require.NoError(b, err)
	defer st.Close()
	site := models.Site{Name: "n"}
	for i := range 64 {
		site.Areas = append(site.Areas, models.Area{ID: fmt.Sprintf("c%d", i), Name: "n", Kind: models.Community})
		for j := range 20 {
			site.Areas = append(site.Areas, models.Area{ID: fmt.Sprintf("g%d.%d", i, j), Name: "n", Kind: models.Grid, Parent: fmt.Sprintf("c%d", i)})
		}
	}
	for i := range 500 {
		site.Sensors = append(site.Sensors, models.Sensor{ID: fmt.Sprintf("s%d", i), Name: "n", Area: fmt.Sprintf("g%d.%d", i%64, i%20), Kind: "rain", Topic: fmt.Sprint(i)})
	}
	_, err = st.ApplySite(b.Context(), site, "admin")
	require.NoError(b, err)
	f, err := NewFeed(b.Context(), st, slog.New(slog.DiscardHandler), time.Now, prometheus.NewRegistry())
	require.NoError(b, err)
	pages := make([]*page, maxPages)
	for i := range pages {
		pages[i], err = f.join(nil, FromNow, models.User{Username: fmt.Sprint(i), Area: fmt.Sprintf("c%d", i%64)})
		require.NoError(b, err)
	}
	for n := 0; b.Loop(); n++ {
		for i := range 500 {
			f.Publish(models.Reading{Sensor: fmt.Sprintf("s%d", i), Value: 1, At: 1})
		}
		f.flush()
		f.ring, f.last = append(f.ring, entry{id: f.last + 1, area: fmt.Sprintf("g%d.1", n%64), wire: []byte("x")}), f.last+1
		for _, p := range pages {
			p.news()
		}
	}
}
