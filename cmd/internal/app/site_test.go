package app

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/configs"
	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
	"zhihui/models/store"
)

const wrong = "not-the-password"

// refused is a hall with one camera that refuses its password, and the store beside it, as the shell's commands have it.
func refused(t *testing.T) (said *tape, beside *store.Store, cfg configs.Config, camera *rtsptest.Camera) {
	camera = rtsptest.H264(t)
	quit, played := make(chan struct{}), make(chan struct{})
	go func() { defer close(played); camera.Play(quit, 40*time.Millisecond, 10) }()
	t.Cleanup(func() { close(quit); <-played })
	cfg, said = settings(t), &tape{}
	beside = openStore(t, cfg)
	_, err := beside.ApplySite(t.Context(), models.Site{
		Name: "site", Areas: []models.Area{{ID: "a", Name: "a", Kind: models.Street}},
		Cameras: []models.Camera{gateCamera(camera, wrong)},
		Sensors: []models.Sensor{{ID: "water", Name: "water", Area: "a", Kind: "water_level", Topic: "water"}},
	}, "test")
	require.NoError(t, err)
	stop := serving(t, cfg, said)
	t.Cleanup(func() {
		require.NoError(t, stop())
		require.NoError(t, beside.Close())
	})
	stateOf(t, beside, models.CameraAuthRefused)
	return said, beside, cfg, camera
}

func gateCamera(camera *rtsptest.Camera, password string) models.Camera {
	c := camera.Model("gate")
	c.Name, c.Area, c.Password = "gate", "a", password
	return c
}

func stateOf(t *testing.T, s *store.Store, state models.CameraState) {
	t.Helper()
	require.Eventually(t, func() bool {
		v, err := s.In(store.Whole).Camera(t.Context(), "gate")
		return err == nil && v.State == state
	}, 10*time.Second, 20*time.Millisecond, "the camera should be %s", state)
}

// alertOf waits for the alert of a source to have the state.
func alertOf(t *testing.T, s *store.Store, source string, state models.AlertState) (a models.Alert) {
	t.Helper()
	require.Eventually(t, func() bool {
		alerts, _, err := s.In(store.Whole).Alerts(t.Context(), store.AlertFilter{})
		if err != nil || len(alerts) == 0 {
			return false
		}
		a = alerts[0]
		return a.Source == source && a.State == state
	}, 10*time.Second, 20*time.Millisecond, "%s should have an alert that is %s", source, state)
	return a
}

func TestARefusedPasswordIsShownOnceAndTriedAgainAfterAnEdit(t *testing.T) {
	said, beside, _, camera := refused(t)
	a := alertOf(t, beside, "gate", models.AlertOpen)
	require.Equal(t, models.CameraAuth, a.Kind)
	require.NotEmpty(t, a.Order)
	tries := camera.Refused()

	require.NoError(t, beside.In(store.Whole).PutCamera(t.Context(), gateCamera(camera, rtsptest.Password), "integrator"))
	stateOf(t, beside, models.CameraOnline)
	alertOf(t, beside, "gate", models.AlertResolved)
	require.Equal(t, tries, camera.Refused(), "between the refusal and the edit the camera was left alone")
	require.NotContains(t, said.String(), wrong)
	require.NotContains(t, said.String(), rtsptest.Password)
}

func TestAnAlertIsResolvedWhenItsCameraIsTakenOffTheSite(t *testing.T) {
	_, beside, _, _ := refused(t)
	alertOf(t, beside, "gate", models.AlertOpen)
	require.NoError(t, beside.In(store.Whole).DeleteCamera(t.Context(), "gate", "integrator"))
	alertOf(t, beside, "gate", models.AlertResolved)
}

// TestAnEditThatCannotBeAppliedIsTriedAgain: no other change comes to its help.
func TestAnEditThatCannotBeAppliedIsTriedAgain(t *testing.T) {
	said, beside, cfg, camera := refused(t)
	alertOf(t, beside, "gate", models.AlertOpen)
	sql(t, cfg, "UPDATE sensors SET doc = '~' || doc")
	require.NoError(t, beside.In(store.Whole).PutCamera(t.Context(), gateCamera(camera, rtsptest.Password), "integrator"))
	require.Eventually(t, func() bool { return strings.Contains(said.String(), "a change of the site cannot be applied") }, 10*time.Second, 20*time.Millisecond)
	sql(t, cfg, "UPDATE sensors SET doc = substr(doc, 2)")
	stateOf(t, beside, models.CameraOnline)
}

func TestWhatMayHaveBeenOfTheSiteIsApplied(t *testing.T) {
	order, site := models.Change{ID: 8, Topic: models.TopicOrder}, models.Change{ID: 9, Topic: models.TopicSite}
	require.False(t, isOfSite([]models.Change{order}, 7))
	require.True(t, isOfSite([]models.Change{order, site}, 7))
	require.True(t, isOfSite([]models.Change{order}, 6), "nobody can say what the seventh was about")
}
