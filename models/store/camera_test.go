package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestCamerasAreListedWithoutTheirSecrets(t *testing.T) {
	s := withSite(t)
	for name, c := range map[string]struct {
		filter CameraFilter
		want   []string
		next   string
	}{
		"all":      {CameraFilter{}, []string{"cam-1", "cam-2"}, ""},
		"one":      {CameraFilter{Limit: 1}, []string{"cam-1"}, "cam-1"},
		"the next": {CameraFilter{Limit: 1, After: "cam-1"}, []string{"cam-2"}, ""},
		"below":    {CameraFilter{Area: "street"}, []string{"cam-1", "cam-2"}, ""},
		"a grid":   {CameraFilter{Area: "grid-2"}, []string{"cam-2"}, ""},
		"a state":  {CameraFilter{State: models.CameraDisabled}, []string{"cam-2"}, ""},
		"none":     {CameraFilter{State: models.CameraOnline}, []string{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, next, err := s.In(Whole).Cameras(t.Context(), c.filter)
			require.NoError(t, err)
			require.Equal(t, c.next, next)
			ids := []string{}
			for _, v := range got {
				ids = append(ids, v.ID)
				require.Empty(t, v.Username+v.Password)
			}
			require.Equal(t, c.want, ids)
		})
	}
	_, err := s.In(Whole).Camera(t.Context(), "none")
	require.Equal(t, models.NotFound, models.CodeOf(err))
}

func TestCameraStatus(t *testing.T) {
	s := withSite(t)
	before, err := s.LastChange(t.Context())
	require.NoError(t, err)
	st := models.CameraStatus{Camera: "cam-1", State: models.CameraOffline, Code: "refused", Reason: "the camera refuses the connection", Since: models.At(noon) + 1}
	put(t, s, func(tx *Tx) error { return tx.SetCameraStatus(st) })
	st.Since++
	put(t, s, func(tx *Tx) error { return tx.SetCameraStatus(st) })
	v, err := s.In(Whole).Camera(t.Context(), "cam-1")
	require.NoError(t, err)
	require.Equal(t, []any{st.State, st.Code, st.Reason, models.At(noon) + 1}, []any{v.State, v.Code, v.Reason, v.Since}, "since the first")
	changes, err := s.AllChanges(t.Context(), before, 0)
	require.NoError(t, err)
	require.Len(t, changes, 1, "the same again changes nothing")
	var shown models.CameraView
	require.NoError(t, json.Unmarshal(changes[0].Data, &shown))
	require.Equal(t, v, shown)
	st.Camera = "none"
	require.Equal(t, models.NotFound, models.CodeOf(s.Write(t.Context(), func(tx *Tx) error { return tx.SetCameraStatus(st) })))
}

func TestPutCameraKeepsWhatIsLeftOut(t *testing.T) {
	s := withSite(t)
	stored := func() models.Camera {
		all, err := s.AllCameras(t.Context())
		require.NoError(t, err)
		return all[0]
	}
	c := stored()
	require.Equal(t, []any{"viewer-name", "swordfish", int64(1)}, []any{c.Username, c.Password, c.Revision})

	c.Username, c.Password, c.Name = "", "", "新名字"
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), c, "chen"))
	require.Equal(t, []any{"viewer-name", "swordfish", "新名字", int64(2)}, []any{stored().Username, stored().Password, stored().Name, stored().Revision})
	c.Username = "another"
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), c, "chen"))
	require.Equal(t, []any{"another", "swordfish", int64(3)}, []any{stored().Username, stored().Password, stored().Revision})
	c.Password = "marlin"
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), c, "chen"))
	require.Equal(t, []any{"another", "marlin", int64(4)}, []any{stored().Username, stored().Password, stored().Revision})

	before, err := s.LastChange(t.Context())
	require.NoError(t, err)
	c.Revision = 77
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), c, "chen"))
	after, err := s.LastChange(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, after, "nothing differs")
	rows, err := s.LedgerOf(t.Context(), "cam-1")
	require.NoError(t, err)
	require.Len(t, rows, 4, "with that of the site file")
}

func TestPutCameraDisablesAtOnce(t *testing.T) {
	s := withSite(t)
	c := tree().Cameras[0]
	put(t, s, func(tx *Tx) error {
		return tx.SetCameraStatus(models.CameraStatus{Camera: c.ID, State: models.CameraDegraded, Code: "loss", Reason: "loss"})
	})
	for _, disabled := range []bool{true, false} {
		c.Disabled = disabled
		require.NoError(t, s.In(Whole).PutCamera(t.Context(), c, "chen"))
		v, err := s.In(Whole).Camera(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, stateWhen(disabled), v.State)
		require.Empty(t, v.Code+v.Reason)
	}
}

func TestPutCameraNamesTheFault(t *testing.T) {
	s := withSite(t)
	for field, spoil := range map[string]func(*models.Camera){
		"area":          func(c *models.Camera) { c.Area = "none" },
		"id":            func(c *models.Camera) { c.ID = "../etc" },
		"rules[0].zone": func(c *models.Camera) { c.Rules[0].Zone = "roof" },
		"zones.yard":    func(c *models.Camera) { c.Zones["yard"] = nil },
	} {
		c := tree().Cameras[0]
		spoil(&c)
		err := s.In(Whole).PutCamera(t.Context(), c, "chen")
		require.Equal(t, models.Invalid, models.CodeOf(err))
		require.ErrorContains(t, err, field+": ")
	}
}

func TestDeleteCamera(t *testing.T) {
	s := withSite(t)
	require.Equal(t, models.Conflict, models.CodeOf(s.In(Whole).DeleteCamera(t.Context(), "cam-1", "chen")), "a sensor names it")
	require.NoError(t, s.In(Whole).DeleteCamera(t.Context(), "cam-2", "chen"))
	require.Equal(t, models.NotFound, models.CodeOf(s.In(Whole).DeleteCamera(t.Context(), "cam-2", "chen")))
	last, err := s.LastChange(t.Context())
	require.NoError(t, err)
	changes, err := s.AllChanges(t.Context(), last-2, 0)
	require.NoError(t, err)
	require.Equal(t, "cam-2", changes[0].Entity)
	require.Equal(t, "null", string(changes[0].Data))
	require.Equal(t, models.TopicSite, changes[1].Topic, "who works from the lists reads them again")
	again := tree().Cameras[1]
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), again, "chen"))
}

func TestSecretsAreNowhereInTheFiles(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	_, err := s.ApplySite(t.Context(), tree(), "admin")
	require.NoError(t, err)
	require.NoError(t, s.CreateUser(t.Context(), models.User{Username: "anna", Role: models.Viewer}, "admin"))
	require.NoError(t, s.BeginSession(t.Context(), models.Session{ID: "01S"}, models.User{Username: "anna"}, "the-token", "", models.At(noon.Add(day))))
	_, err = s.CreateWallToken(t.Context(), "East", "", "the-secret", "admin")
	require.NoError(t, err)
	grep := func() {
		require.NoError(t, filepath.WalkDir(dir, func(file string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := os.ReadFile(file)
			for _, secret := range []string{"swordfish", "viewer-name", "the-token", "the-secret"} {
				require.NotContains(t, string(b), secret, file)
			}
			return err
		}))
	}
	grep() // the WAL, too
	require.NoError(t, s.Close())
	grep()
}

func TestSecretIsBoundToItsCamera(t *testing.T) {
	s := withSite(t)
	put(t, s, func(tx *Tx) error {
		_, err := tx.db.Exec("UPDATE cameras SET secret = (SELECT secret FROM cameras WHERE id = 'cam-1') WHERE id = 'cam-2'")
		return err
	})
	all, err := s.AllCameras(t.Context())
	require.NoError(t, err, "the others go on")
	require.Equal(t, []string{"swordfish", ""}, []string{all[0].Password, all[1].Password})

	edit := tree().Cameras[1]
	require.ErrorContains(t, s.In(Whole).PutCamera(t.Context(), edit, "chen"), "camera cam-2 cannot be read any more")
	edit.Username, edit.Password = "new", "again"
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), edit, "chen"))
	all, err = s.AllCameras(t.Context())
	require.NoError(t, err)
	require.Equal(t, "again", all[1].Password)
}

func TestOpenRefusesAKeyThatIsNotRight(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(key string) error
		code  models.Code
	}{
		"readable by others": {func(key string) error { return os.Chmod(key, 0o640) }, models.Forbidden},
		"missing":            {os.Remove, models.Unavailable},
		"cut":                {func(key string) error { return os.Truncate(key, 31) }, models.Invalid},
		"another one":        {func(key string) error { return os.WriteFile(key, make([]byte, keySize), 0o600) }, models.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, openIn(t, dir).Close())
			require.NoError(t, c.spoil(filepath.Join(dir, "key")))
			s, err := Open(configIn(dir), nil)
			require.Nil(t, s)
			require.Equal(t, c.code, models.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, dir)
		})
	}
}

// TestMovedCameraLeaves: who sees the area where a camera was, and not the one where it is, hears that it is gone.
func TestMovedCameraLeaves(t *testing.T) {
	s := withSite(t)
	last, err := s.LastChange(t.Context())
	require.NoError(t, err)
	c, err := s.In(Whole).Camera(t.Context(), "cam-1")
	require.NoError(t, err)
	c.Area = "grid-2"
	require.NoError(t, s.In(Whole).PutCamera(t.Context(), c.Camera, "li"))
	changes, err := s.AllChanges(t.Context(), last, 10)
	require.NoError(t, err)
	require.Len(t, changes, 3)
	require.Equal(t, []string{"grid-1", "null"}, []string{changes[0].Area, string(changes[0].Data)})
	require.Equal(t, []any{models.TopicCamera, "cam-1", "grid-2"}, []any{changes[1].Topic, changes[1].Entity, changes[1].Area})
	require.Equal(t, []any{models.TopicSite, models.SiteCameras}, []any{changes[2].Topic, changes[2].Entity})
	some, err := s.SomeCameras(t.Context(), []string{"cam-1", "mars"})
	require.NoError(t, err)
	require.Len(t, some, 1)
	require.Equal(t, "grid-2", some[0].Area)
}
