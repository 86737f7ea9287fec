package app

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
	"zhihui/models/store"
)

// TestRosterIsWhatTheStoreHas: whatever is edited, removed, imported or only seen, what the roster reads is what is there.
func TestRosterIsWhatTheStoreHas(t *testing.T) {
	cfg := settings(t)
	s := openStore(t, cfg)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	site := models.Site{Name: "site", Areas: []models.Area{{ID: "a", Name: "a", Kind: models.Street}}}
	_, err := s.ApplySite(t.Context(), site, "test")
	require.NoError(t, err)
	var (
		r    roster
		seen int64
	)
	camera := rapid.Custom(func(t *rapid.T) models.Camera {
		return models.Camera{ID: fmt.Sprint("cam-", rapid.IntRange(1, 5).Draw(t, "id")), Name: rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "name"),
			Area: "a", URL: "rtsp://192.0.2.1/x", Username: "u", Password: rapid.SampledFrom([]string{"p", "q"}).Draw(t, "password")}
	})
	rapid.Check(t, func(rt *rapid.T) {
		rt.Repeat(map[string]func(*rapid.T){
			"edit": func(rt *rapid.T) {
				require.NoError(t, s.In(store.Whole).PutCamera(t.Context(), camera.Draw(rt, "camera"), "test"))
			},
			"remove": func(rt *rapid.T) {
				if err := s.In(store.Whole).DeleteCamera(t.Context(), camera.Draw(rt, "camera").ID, "test"); err != nil {
					require.Equal(t, models.NotFound, models.CodeOf(err))
				}
			},
			"import": func(rt *rapid.T) {
				site.Cameras = rapid.SliceOfNDistinct(camera, 0, 5, func(c models.Camera) string { return c.ID }).Draw(rt, "cameras")
				_, err := s.ApplySite(t.Context(), site, "test")
				require.NoError(t, err)
			},
			"state": func(rt *rapid.T) {
				err := s.Write(t.Context(), func(tx *store.Tx) error {
					return tx.SetCameraStatus(models.CameraStatus{Camera: camera.Draw(rt, "camera").ID, State: models.CameraOffline})
				})
				require.True(t, err == nil || models.CodeOf(err) == models.NotFound, "%v", err)
			},
			"": func(*rapid.T) {
				page, err := s.AllChanges(t.Context(), seen, store.MaxLimit)
				require.NoError(t, err)
				for _, c := range page {
					require.NoError(t, r.note(c))
					seen = c.ID
				}
				got, err := r.read(t.Context(), s)
				require.NoError(t, err)
				slices.SortFunc(got, func(a, b models.Camera) int { return strings.Compare(a.ID, b.ID) })
				want, err := s.AllCameras(t.Context())
				require.NoError(t, err)
				require.Equal(t, len(want), len(got))
				for i := range want {
					require.Equal(t, want[i], got[i])
				}
			},
		})
	})
}

func TestRosterReadsOnlyWhatWasEdited(t *testing.T) {
	change := func(id string, revision int) models.Change {
		return models.Change{Topic: models.TopicCamera, Entity: id, Data: json.RawMessage(fmt.Sprintf(`{"id":%q,"revision":%d}`, id, revision))}
	}
	r := roster{cameras: map[string]models.Camera{"a": {ID: "a", Revision: 2}, "b": {ID: "b", Revision: 1}}, edited: map[string]bool{}}
	for _, c := range []models.Change{change("a", 2), change("b", 2), {Topic: models.TopicCamera, Entity: "a", Data: json.RawMessage("null")},
		change("new", 1), {Topic: models.TopicOrder, Entity: "x", Data: json.RawMessage("{")}} {
		r.edited = map[string]bool{}
		require.NoError(t, r.note(c))
		edited := c.Topic == models.TopicCamera && !(c.Entity == "a" && len(c.Data) > 4)
		require.Equal(t, edited, r.edited[c.Entity], "%+v", c)
	}
	for i := range maxEdited + 1 {
		require.NoError(t, r.note(change(fmt.Sprint("cam-", i), 1)))
	}
	require.Nil(t, r.cameras, "too many to be read one by one")
	require.Error(t, (&roster{cameras: map[string]models.Camera{}}).note(models.Change{Topic: models.TopicCamera, Data: json.RawMessage("~")}))
}
