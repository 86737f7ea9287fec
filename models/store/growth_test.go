package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"zhihui/models"
	"zhihui/models/store/storetest"
)

// planner asks SQLite how it has answered each query.
type planner struct {
	t     testing.TB
	db    *sql.DB
	steps []string
	walks int // through the tree of areas
}

func (p *planner) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (p *planner) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	if !strings.HasPrefix(e.Query, "SELECT") && !strings.HasPrefix(e.Query, "WITH") {
		return
	}
	p.walks += strings.Count(e.Query, "RECURSIVE")
	rows, err := p.db.Query("EXPLAIN QUERY PLAN " + e.Query)
	require.NoError(p.t, err, e.Query)
	defer func() { require.NoError(p.t, rows.Close()) }()
	for rows.Next() {
		var id, parent, unused int
		var step string
		require.NoError(p.t, rows.Scan(&id, &parent, &unused, &step))
		p.steps = append(p.steps, step)
	}
	require.NoError(p.t, rows.Err())
}

// plans asks SQLite about all queries that ask runs.
func plans(t testing.TB, s *Store, ask func() error) *planner {
	t.Helper()
	plain := s.read
	defer func() { s.read = plain }()
	p := &planner{t: t, db: plain.DB}
	s.read = plain.WithQueryHook(p)
	require.NoError(t, ask())
	require.NotEmpty(t, p.steps)
	return p
}

// TestWhatAPageAsksForReadsWhatItShows: no query of a page reads all cameras or all that has ever happened. What may be read whole
// is an index that holds all that is needed of it, or one of the few that are live.
func TestWhatAPageAsksForReadsWhatItShows(t *testing.T) {
	s := open(t)
	live, open := []models.AlertState{models.AlertOpen, models.AlertShelved}, []models.OrderState{models.OrderReported, models.OrderOnHold}
	for _, scope := range []string{Whole, "j07"} {
		v := s.In(scope)
		for name, ask := range map[string]func() error{
			"overview": func() error { _, err := v.Overview(t.Context(), noon); return err },
			"census":   func() error { _, err := s.Census(t.Context()); return err },
			"cameras":  func() error { _, _, err := v.Cameras(t.Context(), CameraFilter{After: "cam-1"}); return err },
			"cameras, state": func() error {
				_, _, err := v.Cameras(t.Context(), CameraFilter{State: models.CameraOffline})
				return err
			},
			"cameras, area": func() error { _, _, err := v.Cameras(t.Context(), CameraFilter{Area: "j07-s01"}); return err },
			"sensors, area": func() error { _, _, err := v.Sensors(t.Context(), SensorFilter{Area: "j07-s01"}); return err },
			"alerts, live":  func() error { _, _, err := v.Alerts(t.Context(), AlertFilter{States: live}); return err },
			"alerts, live, red": func() error {
				_, _, err := v.Alerts(t.Context(), AlertFilter{States: live, Severity: models.Red})
				return err
			},
			"alerts, kind": func() error { _, _, err := v.Alerts(t.Context(), AlertFilter{Kind: "fire"}); return err },
			"alerts, area": func() error { _, _, err := v.Alerts(t.Context(), AlertFilter{Area: "j07-s01"}); return err },
			"orders, live": func() error { _, _, err := v.Orders(t.Context(), OrderFilter{States: open}); return err },
			"orders, area": func() error { _, _, err := v.Orders(t.Context(), OrderFilter{Area: "j07-s01"}); return err },
			"orders, mine": func() error { _, _, err := v.Orders(t.Context(), OrderFilter{Assignee: "grid"}); return err },
			"search":       func() error { _, err := v.Search(t.Context(), "门", 30); return err },
			"changes":      func() error { _, err := v.Changes(t.Context(), 5, 10); return err },
		} {
			p := plans(t, s, ask)
			require.LessOrEqual(t, p.walks, 2, "%s of %q: one for the scope, one for the area that is asked for", name, scope)
			for _, step := range p.steps {
				table, whole := strings.CutPrefix(step, "SCAN ")
				table, by, _ := strings.Cut(table, " ")
				switch {
				case !whole || strings.Contains(by, "COVERING") || strings.Contains(by, "_wanted") || strings.Contains(by, "events_open"):
				case slices.Contains([]string{"areas", "below", "json_each", "CONSTANT", "notifications"}, table):
				case table == "sensors" && name == "census": // whose payloads cannot be read
				default:
					t.Errorf("%s of %q reads all %s: %s", name, scope, table, step)
				}
			}
		}
	}
}

// TestWholeDistrict: a district with 33,000 cameras and 5,000 alerts. The bounds only tell milliseconds from seconds, also on a
// busy machine under the race detector; cmd/bench measures.
func TestWholeDistrict(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 33,000 cameras")
	}
	s := open(t)
	site := storetest.District(33_000, 0, 500)
	settle(t, s, site)
	for v, most := range map[Scope]int{s.In(Whole): 33_000, s.In("j07"): 1_100} {
		seen, pages, slowest := 0, 0, time.Duration(0)
		for after, more := "", true; more; pages++ {
			begun := time.Now()
			page, next, err := v.Cameras(t.Context(), CameraFilter{After: after, Limit: MaxLimit})
			require.NoError(t, err)
			slowest = max(slowest, time.Since(begun))
			seen, after, more = seen+len(page), next, next != ""
		}
		require.Equal(t, most, seen)
		require.Less(t, slowest, 2*time.Second, "a page of %d", pages)
		soon(t, "overview", func() error { _, err := v.Overview(t.Context(), noon); return err })
		soon(t, "search", func() error { _, err := v.Search(t.Context(), "停车场", 30); return err })
		soon(t, "live alerts", func() error {
			live, _, err := v.Alerts(t.Context(), AlertFilter{States: []models.AlertState{models.AlertOpen}, Limit: MaxLimit})
			require.LessOrEqual(t, len(live), storetest.Live)
			return err
		})
	}
	o, err := s.In(Whole).Overview(t.Context(), noon)
	require.NoError(t, err)
	require.Equal(t, map[models.CameraState]int{models.CameraDisabled: 33_000}, o.Cameras)
	require.Equal(t, storetest.Live, o.AlertsUnacked)
}

func soon(t *testing.T, what string, ask func() error) {
	t.Helper()
	begun := time.Now()
	require.NoError(t, ask())
	require.Less(t, time.Since(begun), 2*time.Second, what)
}

// settle puts the site and a history into the store the short way: without ledger, changes and encryption.
func settle(t *testing.T, s *Store, site models.Site) {
	put(t, s, func(tx *Tx) error {
		for _, a := range site.Areas {
			doc, err := document(a)
			if err := errors.Join(err, tx.insert(&areaRow{ID: a.ID, Parent: a.Parent, Words: folded(a.Name), Doc: doc}, "an area")); err != nil {
				return err
			}
		}
		for part := range slices.Chunk(site.Cameras, 1000) {
			rows := make([]cameraRow, len(part))
			for i, c := range part {
				doc, err := document(c)
				if err != nil {
					return err
				}
				rows[i] = cameraRow{ID: c.ID, Area: c.Area, Words: folded(c.Name), Doc: doc, State: stateWhen(c.Disabled)}
			}
			if err := tx.insert(&rows, "cameras"); err != nil {
				return err
			}
		}
		for a, o := range storetest.History(site, 5000, noon) {
			if err := tx.PutAlert(a); err != nil {
				return err
			}
			if o == nil {
				continue
			}
			if err := tx.PutOrder(o); err != nil {
				return err
			}
		}
		return nil
	})
}
