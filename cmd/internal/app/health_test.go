package app

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/alerting/notify"
	"zhihui/models"
	"zhihui/models/store"
)

// wellAll are parts of which none has a fault.
func wellAll() sources {
	return sources{
		probe:   func(context.Context) error { return nil },
		fault:   func() store.Fault { return store.Fault{} },
		census:  func(context.Context) (store.Census, error) { return store.Census{}, nil },
		room:    func() (uint64, uint64, error) { return 50e9, 100e9, nil },
		bus:     func(context.Context) busState { return busState{connected: true} },
		vision:  func() models.VisionHealth { return models.VisionHealth{Instances: 1, Up: 1} },
		sensors: func() bool { return true },
		deadman: func() notify.DeadmanStatus { return notify.DeadmanStatus{} },
		pages:   func() (int, uint64) { return 1, 0 },
		starved: func() bool { return false },
		clocks:  func() (time.Duration, int) { return 0, 0 },
		tls:     func() []models.Check { return []models.Check{well(models.PartTLS)} },
		footage: func() footageState { return footageState{} },
	}
}

func watchOf(ask sources) *watch {
	return newWatch(ask, "/data", time.Now, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
}

func TestWatchCountsTheCamerasOfEachArea(t *testing.T) {
	areas := map[string]models.AreaLoad{"north": {CamerasOn: 5, CamerasPlaying: 4, CamerasSound: 3}, "south": {CamerasOn: 1}}
	ask := wellAll()
	ask.census = func(context.Context) (store.Census, error) { return store.Census{Areas: areas}, nil }
	w := watchOf(ask)
	w.look(t.Context())
	for are, want := range map[string]float64{"on": 5, "playing": 4, "sound": 3} {
		require.Equal(t, want, testutil.ToFloat64(w.areas.WithLabelValues("north", are)), are)
	}
	delete(areas, "south")
	w.look(t.Context())
	require.Equal(t, 3, testutil.CollectAndCount(w.areas), "an area that is gone is not counted on")
}

func TestWatchSaysThatTheHallIsTooBusy(t *testing.T) {
	ask := wellAll()
	ask.starved = func() bool { return true }
	w := watchOf(ask)
	w.look(t.Context())
	require.Equal(t, []said{{models.HallBusy, models.GradeWarn}}, saidBy(w.Checks()[0]))
}

func TestWatchPutsWhatIsWrongFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ask := wellAll()
		ask.room = func() (uint64, uint64, error) { return 1e9, 100e9, nil }
		ask.vision = func() models.VisionHealth { return models.VisionHealth{Instances: 2} }
		w := watchOf(ask)
		require.Empty(t, w.Checks())
		w.look(t.Context())
		began := models.At(time.Now())
		time.Sleep(time.Minute)
		w.look(t.Context())
		all := w.Checks()
		require.Equal(t, []said{{models.VisionDown, models.GradeBad}, {models.DiskLow, models.GradeWarn}}, saidBy(all[:2]...))
		require.Equal(t, began, all[0].Since, "since it was first seen")
		var parts []models.Part
		for _, c := range all[2:] {
			require.Equal(t, models.GradeOK, c.Grade)
			require.Zero(t, c.Since)
			parts = append(parts, c.Part)
		}
		require.Equal(t, []models.Part{"store", "recording", "bus", "cameras", "sensors", "notify", "deadman", "tls", "clock", "backup", "pages"}, parts)
		require.EqualValues(t, 1, testutil.ToFloat64(w.grades.WithLabelValues("disk", "warn")))

		w.ask = wellAll()
		w.look(t.Context())
		require.Equal(t, models.GradeOK, w.Checks()[0].Grade)
		require.Equal(t, 13, testutil.CollectAndCount(w.grades))
	})
}

func TestWatchWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ask := wellAll()
		ask.probe = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		ask.census = func(ctx context.Context) (store.Census, error) { return store.Census{}, ctx.Err() }
		w := watchOf(ask)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.Run(ctx) }()
		time.Sleep(lookWithin + time.Second)
		synctest.Wait()
		require.Equal(t, said{models.StoreRefuses, models.GradeBad}, saidBy(w.Checks()...)[0])
		stop()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
}
