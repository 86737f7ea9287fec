package store

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestOverviewOfNothing(t *testing.T) {
	s := open(t)
	o, err := s.In(Whole).Overview(t.Context(), noon)
	require.NoError(t, err)
	require.Nil(t, o.OnTime)
	require.Nil(t, o.ResponseMs)
	require.Empty(t, o.Areas)
	require.Len(t, o.Hours, 24)
}

func TestOverviewCounts(t *testing.T) {
	s := withSite(t)
	at := func(ago time.Duration) models.Time { return models.At(noon.Add(-ago)) }
	put(t, s, func(tx *Tx) error {
		for i, a := range []models.Alert{
			{State: models.AlertOpen, Severity: models.Red, OpenedAt: at(time.Minute)},
			{State: models.AlertAcknowledged, Severity: models.Red, OpenedAt: at(2 * time.Hour), AcknowledgedAt: at(2*time.Hour - 3*time.Second)},
			{State: models.AlertShelved, Severity: models.Blue, OpenedAt: at(3 * time.Hour), AcknowledgedAt: at(3*time.Hour - time.Second)},
			{State: models.AlertResolved, Severity: models.Blue, OpenedAt: at(21 * time.Hour)}, // yesterday in Shanghai
			{State: models.AlertOpen, Severity: models.Yellow, OpenedAt: at(30 * time.Hour)},
		} {
			a.ID, a.Fingerprint, a.Area = id(i), id(i), "grid-1"
			require.NoError(t, tx.PutAlert(a))
		}
		for i, o := range []models.WorkOrder{
			{State: models.OrderReported, Lamp: models.LampGreen, CreatedAt: at(time.Minute), Area: "grid-1"},
			{State: models.OrderInProgress, Lamp: models.LampRed, CreatedAt: at(26 * time.Hour), Area: "grid-2"},
			{State: models.OrderClosed, Lamp: models.LampGreen, CreatedAt: at(2 * time.Hour), DoneAt: at(time.Hour), DueAt: at(0), Area: "grid-1"},
			{State: models.OrderClosed, Lamp: models.LampRed, CreatedAt: at(30 * time.Hour), DoneAt: at(time.Hour), DueAt: at(2 * time.Hour)},
			{State: models.OrderCancelled, Lamp: models.LampRed, CreatedAt: at(30 * time.Hour), DoneAt: at(time.Hour)},
		} {
			o.ID = id(i)
			require.NoError(t, tx.PutOrder(&o))
		}
		return errors.Join(tx.SetCameraStatus(models.CameraStatus{Camera: "cam-1", State: models.CameraOffline}),
			tx.SetSensorState("level-1", models.SensorStale, at(0)))
	})
	o, err := s.In(Whole).Overview(t.Context(), noon)
	require.NoError(t, err)
	half, response := 0.5, int64(2000)
	hours := o.Hours
	require.Equal(t, models.HourLoad{From: at(0), Alerts: map[models.Severity]int{}}, hours[23], "the running hour has just begun")
	require.Equal(t, map[models.Severity]int{models.Red: 1}, hours[22].Alerts)
	require.Equal(t, []int{1, 1, 2}, []int{hours[21].OrdersOpened, hours[22].OrdersOpened, hours[22].OrdersDone})
	o.Hours = nil
	require.Equal(t, models.Overview{
		At: at(0), Site: "翠湖街道",
		OrdersByState: map[models.OrderState]int{models.OrderReported: 1, models.OrderInProgress: 1},
		OrdersByLamp:  map[models.Lamp]int{models.LampGreen: 1, models.LampRed: 1},
		OrdersOpened:  2, OrdersDone: 2, OnTime: &half, ResponseMs: &response,
		Alerts:        map[models.Severity]int{models.Red: 2, models.Blue: 1, models.Yellow: 1},
		AlertsUnacked: 2, AlertsToday: 3, AlertsPer10m: 1,
		Cameras: map[models.CameraState]int{models.CameraOffline: 1, models.CameraDisabled: 1}, Analysed: 1,
		Sensors: map[models.SensorState]int{models.SensorStale: 1},
		Areas: []models.AreaLoad{
			{Area: "grid-1", Alerts: map[models.Severity]int{models.Red: 2, models.Blue: 1, models.Yellow: 1}, Orders: 1, Cameras: 1, CamerasDown: 1, CamerasOn: 1},
			{Area: "grid-2", Alerts: map[models.Severity]int{}, Orders: 1, Overdue: 1, Cameras: 1},
			{Area: "street", Alerts: map[models.Severity]int{}},
		},
	}, o)
}

// A camera is sound that is online and of which nothing is known to be wrong; who walks before it is nothing wrong.
func TestWhichCamerasAreSound(t *testing.T) {
	s := withSite(t)
	event := models.Event{ID: id(1), Kind: models.CameraFrozen, State: models.EventOpen, Area: "grid-1", Source: "cam-1", SourceType: models.FromCamera}
	state := func(is models.CameraState) func(tx *Tx) error {
		return func(tx *Tx) error { return tx.SetCameraStatus(models.CameraStatus{Camera: "cam-1", State: is}) }
	}
	for _, step := range []struct {
		name           string
		do             func(tx *Tx) error
		playing, sound int
	}{
		{"connecting", func(*Tx) error { return nil }, 0, 0},
		{"online", state(models.CameraOnline), 1, 1},
		{"frozen", func(tx *Tx) error { return tx.PutEvent(event) }, 1, 0},
		{"no more", func(tx *Tx) error { event.State = models.EventClosed; return tx.PutEvent(event) }, 1, 1},
		{"somebody in its picture", func(tx *Tx) error {
			event.ID, event.Kind, event.State = id(2), models.Intrusion, models.EventOpen
			return tx.PutEvent(event)
		}, 1, 1},
		{"degraded", state(models.CameraDegraded), 1, 0},
		{"offline", state(models.CameraOffline), 0, 0},
	} {
		put(t, s, step.do)
		o, err := s.In(Whole).Overview(t.Context(), noon)
		require.NoError(t, err)
		require.Equal(t, []int{1, step.playing, step.sound}, []int{o.Areas[0].CamerasOn, o.Areas[0].CamerasPlaying, o.Areas[0].CamerasSound}, step.name)
		c, err := s.Census(t.Context())
		require.NoError(t, err)
		require.Equal(t, []int{step.playing, step.sound}, []int{c.Areas["grid-1"].CamerasPlaying, c.Areas["grid-1"].CamerasSound}, step.name)
	}
}

func TestMidnightIsThatOfTheSite(t *testing.T) {
	for zone, want := range map[string]string{
		"Asia/Shanghai": "2026-04-30T16:00:00.000Z",
		"UTC":           "2026-05-01T00:00:00.000Z",
		"Pacific/Apia":  "2026-05-01T11:00:00.000Z",
	} {
		got, err := midnightOf(noon, zone)
		require.NoError(t, err)
		require.Equal(t, want, got.String(), zone)
	}
	_, err := midnightOf(noon, "Mars/Olympus")
	require.Error(t, err)
}

func TestConfigNamesTheFault(t *testing.T) {
	require.NoError(t, DefaultConfig().Validate())
	for field, spoil := range map[string]func(*Config){
		"dir":                  func(c *Config) { c.Dir = "" },
		"keep.readings":        func(c *Config) { c.Keep.Readings = models.Duration(32 * day) },
		"keep.reading_minutes": func(c *Config) { c.Keep.ReadingMinutes = 0 },
		"keep.reading_hours":   func(c *Config) { c.Keep.ReadingHours = models.Duration(21 * year) },
		"keep.changes":         func(c *Config) { c.Keep.Changes = 0 },
		"keep.snapshots":       func(c *Config) { c.Keep.Snapshots = 0 },
		"keep.snapshot_bytes":  func(c *Config) { c.Keep.SnapshotBytes = -1 },
	} {
		c := DefaultConfig()
		spoil(&c)
		require.ErrorContains(t, c.Validate(), field+": ")
		_, err := Open(c, nil)
		require.Error(t, err)
	}
}
