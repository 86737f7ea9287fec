package ingest

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

// Whatever is edited in whatever order: the cameras that play are those of the site, once each, and the gauge agrees.
func TestTheFleetFollowsTheSite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		playing := map[string]int{} // connections by URL
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			mu.Lock()
			playing[c.URL]++
			mu.Unlock()
			defer func() { mu.Lock(); playing[c.URL]--; mu.Unlock() }()
			return beat(ctx, c, sink, 1<<30)
		})
		const seed = 7
		random := rand.New(rand.NewPCG(seed, seed)) // rapid does not run under synctest
		for revision := range int64(200) {
			var site []models.Camera
			want := map[string]int{}
			for _, id := range []string{"a", "b", "c", "d"} {
				switch random.IntN(4) {
				case 0: // as it was
					site = append(site, camera(id, revision))
				case 1: // at another address
					c := camera(id, revision)
					c.URL += "/" + strconv.Itoa(random.IntN(2))
					site = append(site, c)
				case 2: // disabled; 3 is removed
					c := camera(id, revision)
					c.Disabled = true
					site = append(site, c)
				}
			}
			enabled := 0
			for _, c := range site {
				if !c.Disabled {
					want[c.URL]++
					enabled++
				}
			}
			st.Apply(site)
			time.Sleep(2 * time.Second)
			synctest.Wait()
			mu.Lock()
			for url, n := range playing {
				require.Equal(t, want[url], n, url)
			}
			mu.Unlock()
			require.Len(t, st.known(), len(site))
			require.Equal(t, float64(enabled), testutil.ToFloat64(st.Supervisor.count.cameras.WithLabelValues("online")))
			require.Equal(t, float64(len(site)-enabled), testutil.ToFloat64(st.Supervisor.count.cameras.WithLabelValues("disabled")))
		}
	})
}

func TestACameraThatLosesUnitsIsDegraded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			for range 30 {
				if err := beat(ctx, c, sink, 3); err != nil {
					return err
				}
				sink.Lost(1)
			}
			return beat(ctx, c, sink, 1<<30)
		})
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(7 * time.Second)
		status := st.known()[0]
		require.Equal(t, models.CameraDegraded, status.State)
		require.Equal(t, "lossy", status.Code)
		require.NotEmpty(t, status.Reason)
		time.Sleep(15 * time.Second)
		require.Equal(t, models.CameraOnline, st.known()[0].State)
		require.Equal(t, 30.0, testutil.ToFloat64(st.Supervisor.count.lost))
		require.Equal(t, []models.CameraState{"connecting", "online", "degraded", "online"}, st.states("gate"))
	})
}

func TestASlowListenerOfStatusesDoesNotStopThePictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error { return beat(ctx, c, sink, 1<<30) })
		st.onStatus = func(models.CameraStatus) { time.Sleep(time.Minute) }
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(61 * time.Second) // "connecting" has been told, "online" is being told
		before := testutil.ToFloat64(st.Supervisor.count.units)
		time.Sleep(30 * time.Second)
		require.InDelta(t, 300, testutil.ToFloat64(st.Supervisor.count.units)-before, 2)
	})
}

func TestMetricsHaveTheirNames(t *testing.T) {
	r := prometheus.NewRegistry()
	newMetrics(r, NewHub(DefaultConfig()))
	n, err := testutil.GatherAndCount(r, "zhihui_ingest_access_units_total", "zhihui_ingest_lost_access_units_total",
		"zhihui_ingest_dropped_access_units_total")
	require.NoError(t, err)
	require.Equal(t, 3, n)
	n, err = testutil.GatherAndCount(r, "zhihui_cameras")
	require.NoError(t, err)
	require.Equal(t, 6, n, "every state is there from the beginning")
}

// Readers that come, read and go while cameras publish: for the race detector.
func TestHubUnderTraffic(t *testing.T) {
	h := NewHub(DefaultConfig())
	var publishers, readers sync.WaitGroup
	quit := make(chan struct{})
	for range 2 {
		publishers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-quit:
					return
				default:
					h.Publish(unit(1, i%5 == 0))
				}
			}
		})
	}
	for range 4 {
		readers.Go(func() {
			for range 50 {
				r := h.Subscribe("gate", 4)
				for last := uint64(0); last == 0; {
					u, err := r.Next(t.Context())
					require.NoError(t, err)
					require.True(t, u.Key || last > 0)
					last = u.Seq
				}
				r.Close()
				h.Rest("gate")
			}
		})
	}
	readers.Wait()
	close(quit)
	publishers.Wait()
}
