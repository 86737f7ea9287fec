package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// ids are what was found, as type:id.
func (s *Store) foundBy(t *testing.T, scope, words string) []string {
	t.Helper()
	found, err := s.In(scope).Search(t.Context(), words, 0)
	require.NoError(t, err)
	names := []string{}
	for _, f := range found {
		names = append(names, string(f.Type)+":"+f.ID)
	}
	return names
}

func TestSearchFindsTheBestFirst(t *testing.T) {
	s := withSite(t)
	put(t, s, func(tx *Tx) error {
		for i, why := range []string{"水位 100% 高", "水位 1000 高", "cam-1 离线", "有人_进入"} {
			a := alert(id(i))
			a.Fingerprint, a.Area, a.Why, a.OpenedAt = id(i), "grid-1", why, models.At(noon)
			if err := tx.PutAlert(a); err != nil {
				return err
			}
			o := order(id(i))
			o.Number, o.Area, o.Why = 0, "grid-2", why
			if err := tx.PutOrder(&o); err != nil {
				return err
			}
		}
		return nil
	})
	for words, want := range map[string][]string{
		"cam-1":      {"camera:cam-1", "order:" + id(2), "alert:" + id(2)},
		"CAM-":       {"camera:cam-1", "camera:cam-2", "order:" + id(2), "alert:" + id(2)},
		" #2 ":       {"order:" + id(1)},
		"2":          {"order:" + id(1)}, // and whatever holds a 2, see below
		"100%":       {"order:" + id(0), "alert:" + id(0)},
		"人_进":        {"order:" + id(3), "alert:" + id(3)},
		"%":          {"order:" + id(0), "alert:" + id(0)},
		`\`:          {},
		"水位":         {"sensor:level-1", "order:" + id(1), "order:" + id(0), "alert:" + id(1), "alert:" + id(0)},
		"grid-2":     {"area:grid-2"},
		"level-1":    {"sensor:level-1"},
		id(3):        {"order:" + id(3), "alert:" + id(3)},
		"第一":         {"area:grid-1"},
		"nothing":    {},
		"   ":        {},
		"'; DROP --": {},
	} {
		got := s.foundBy(t, Whole, words)
		if words == "2" {
			got = got[:1]
		}
		require.Equal(t, want, got, "%q", words)
	}
	require.Equal(t, []string{"sensor:level-1", "alert:" + id(1), "alert:" + id(0)}, s.foundBy(t, "grid-1", "水位"), "the orders lie elsewhere")
	require.Equal(t, []string{"camera:cam-1", "alert:" + id(2)}, s.foundBy(t, "grid-1", "cam-"))
	require.Equal(t, []string{"area:grid-1"}, s.foundBy(t, "grid-1", "grid"))
	require.Empty(t, s.foundBy(t, "nowhere", "cam"))

	found, err := s.In(Whole).Search(t.Context(), "#1", 1)
	require.NoError(t, err)
	require.Equal(t, []models.Found{{Type: models.FoundOrder, ID: id(0), Title: "1", Detail: found[0].Detail, Area: "grid-2", At: found[0].At}}, found)
}

// BenchmarkSearch: 33,000 cameras, 100,000 alerts and 20,000 orders, of which none, few or all are meant.
func BenchmarkSearch(b *testing.B) {
	s := open(b)
	site := models.Site{Name: "big", Areas: []models.Area{{ID: "a", Name: "A", Kind: models.Community}, {ID: "b", Name: "B", Kind: models.Community}}}
	for i := range 33000 {
		site.Cameras = append(site.Cameras, models.Camera{ID: fmt.Sprintf("cam-%05d", i), Name: fmt.Sprintf("翠湖路 %d 号门口", i),
			Area: site.Areas[i%2].ID, URL: "rtsp://192.0.2.1/x"})
	}
	_, err := s.ApplySite(b.Context(), site, "test")
	require.NoError(b, err)
	for part := range 100 {
		put(b, s, func(tx *Tx) error {
			for i := range 1000 {
				n := part*1000 + i
				a := alert(models.NewID(noon.Add(time.Duration(n) * time.Second)))
				a.Fingerprint, a.Area, a.Why = a.ID, site.Areas[n%2].ID, fmt.Sprintf("翠湖路 %d 号门口的水位达到 1.52 m，超过了 1.20 m，已持续 %d 秒", n, n)
				if err := tx.PutAlert(a); err != nil {
					return err
				}
				if n%5 == 0 {
					o := order(a.ID)
					o.Number, o.Area, o.Why = 0, a.Area, a.Why
					if err := tx.PutOrder(&o); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	for _, c := range []struct{ scope, words string }{{Whole, "没有"}, {Whole, "99999"}, {Whole, "翠湖路"}, {"a", "水位"}, {Whole, "#777"}} {
		b.Run(c.scope+c.words, func(b *testing.B) {
			for b.Loop() {
				_, err := s.In(c.scope).Search(b.Context(), c.words, 30)
				require.NoError(b, err)
			}
		})
	}
}
