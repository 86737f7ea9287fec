package app

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/configs"
	"zhihui/models"
	"zhihui/models/store"
)

// recorded is a recorder on a store with one camera and one sensor.
type recorded struct {
	*recorder
	cfg     configs.Config
	said    tape
	dropped atomic.Int64
}

func record(t *testing.T) *recorded {
	r := &recorded{cfg: settings(t)}
	s := openStore(t, r.cfg)
	_, err := s.ApplySite(t.Context(), models.Site{
		Name: "site", Areas: []models.Area{{ID: "a", Name: "a", Kind: models.Street}},
		Cameras: []models.Camera{{ID: "gate", Name: "gate", Area: "a", URL: "rtsp://192.0.2.1/live"}},
		Sensors: []models.Sensor{{ID: "water", Name: "water", Area: "a", Kind: "water_level", Topic: "water"}},
	}, "test")
	require.NoError(t, err)
	r.recorder = newRecorder(s, r.said.log(), 20, func(n int) { r.dropped.Add(int64(n)) })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
		require.NoError(t, s.Close())
	})
	return r
}

func status(camera string, state models.CameraState) models.CameraStatus {
	return models.CameraStatus{Camera: camera, State: state, Since: models.At(time.Now())}
}

// TestAStatusOutlastsAStoreThatRefuses: the newest one is written when it can be, and one of a thing that is gone stands in
// nobody's way.
func TestAStatusOutlastsAStoreThatRefuses(t *testing.T) {
	r := record(t)
	sql(t, r.cfg, "CREATE TRIGGER full BEFORE UPDATE ON cameras BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
	r.camera(status("removed", models.CameraOffline))
	r.camera(status("gate", models.CameraOnline))
	require.Eventually(t, func() bool { return strings.Contains(r.said.String(), "statuses wait for the store") }, 10*time.Second, time.Millisecond)
	r.camera(status("gate", models.CameraOffline))
	r.sensor(models.SensorStatus{Sensor: "water", State: models.SensorOK, BadPayloads: 2, LastFault: "no JSON"})
	sql(t, r.cfg, "DROP TRIGGER full")
	stateOf(t, r.store, models.CameraOffline)
	require.Eventually(t, func() bool {
		v, err := r.store.In(store.Whole).Sensor(t.Context(), "water")
		return err == nil && v.State == models.SensorOK && v.BadPayloads == 2 && v.LastFault == "no JSON"
	}, 10*time.Second, 10*time.Millisecond)
}

func TestReadingsWaitForTheStoreUpToABound(t *testing.T) {
	r := record(t)
	sql(t, r.cfg, "CREATE TRIGGER full BEFORE INSERT ON reading_log BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
	for i := range maxReadings + 5 {
		r.reading(models.Reading{Sensor: "water", Value: float64(i), At: models.Time(1 + i)}, nil)
	}
	require.Eventually(t, func() bool { return r.dropped.Load() >= 5 }, 10*time.Second, 10*time.Millisecond)
	sql(t, r.cfg, "DROP TRIGGER full")
	require.Eventually(t, func() bool {
		water, err := r.store.In(store.Whole).Sensor(t.Context(), "water")
		return err == nil && water.Value != nil && *water.Value == maxReadings+4
	}, 20*time.Second, 50*time.Millisecond, "the newest are kept")
	require.EqualValues(t, 5, r.dropped.Load(), "the oldest alone are given up")
}

// A broker that waits until readings are written waits no longer than it takes: they do not wait for the next round.
func TestReadingsThatABrokerWaitsForAreWrittenAtOnce(t *testing.T) {
	r := record(t)
	begun := time.Now()
	for i := range 40 {
		written := make(chan struct{}, r.most)
		for range r.most {
			r.reading(models.Reading{Sensor: "water", Value: 1, At: models.Time(1 + i)}, func() { written <- struct{}{} })
		}
		for range r.most {
			<-written
		}
	}
	require.Less(t, time.Since(begun), 20*readingsEvery)
}
