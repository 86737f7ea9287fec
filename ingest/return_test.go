package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

func TestAColdStartIsNoStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, p, cameras := newTown(t, 1043)
		for i, nature := range []string{"refuses", "is a hole", "is mute", "babbles", "hangs up", "answers OPTIONS alone"} {
			p.be(nature, cameras[i*50:(i+1)*50]...) // 300 of them are ill
		}
		began := time.Now()
		st.Apply(cameras)
		for st.count(models.CameraOnline) < 743 && time.Since(began) < time.Minute {
			time.Sleep(100 * time.Millisecond)
		}
		require.Less(t, time.Since(began), 20*time.Second, "the ill ones hold up nobody for long")
		starts, _, most := p.seen()
		require.LessOrEqual(t, most, st.config.Handshakes)
		slices.SortFunc(starts, time.Time.Compare)
		for i := range len(starts) - 100 {
			require.GreaterOrEqual(t, starts[i+100].Sub(starts[i]), 100*time.Millisecond, "100 dials in 100 ms would be a storm")
		}
		time.Sleep(20 * time.Second)
		require.Equal(t, 300, st.count(models.CameraOffline))
		require.Equal(t, 743, st.count(models.CameraOnline))
	})
}

// 200 cameras return at once while 60 others stay ill: 19 of 20 have a picture within 3 s, whatever they were away by and
// for however long.
func TestCamerasThatReturnAreLiveSoon(t *testing.T) {
	for _, test := range []struct {
		nature string
		away   time.Duration
	}{
		{"refuses", 20 * time.Second}, {"refuses", time.Hour},
		{"is a hole", 20 * time.Second}, {"is mute", 20 * time.Second},
		{"babbles", 20 * time.Second}, {"hangs up", 20 * time.Second},
	} {
		t.Run(fmt.Sprint(test.nature, " for ", test.away), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st, p, cameras := newTown(t, 300)
				p.be("answers OPTIONS alone", cameras[:60]...)
				st.Apply(cameras)
				time.Sleep(time.Minute)
				require.Equal(t, 240, st.count(models.CameraOnline))
				back := cameras[100:]
				p.be(test.nature, back...)
				time.Sleep(6 * time.Second)
				require.Equal(t, 40, st.count(models.CameraOnline))
				time.Sleep(test.away - 6*time.Second)
				returned := time.Now()
				p.be("", back...)
				time.Sleep(20 * time.Second)
				require.Equal(t, 240, st.count(models.CameraOnline))
				_, live, most := p.seen()
				var took []time.Duration
				for _, c := range back {
					took = append(took, live[c.ID].Sub(returned))
				}
				slices.Sort(took)
				t.Logf("median %v, p95 %v, last %v", took[100], took[190], took[199])
				require.LessOrEqual(t, took[190], 3*time.Second)
				require.LessOrEqual(t, most, st.config.Handshakes)
			})
		})
	}
}

// A camera that is worse than dead, whose connection cannot even be closed, is told to be dead all the same.
func TestWhatCannotBeClosedIsOfflineInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			sink.Unit(&models.AccessUnit{Camera: c.ID, Key: true, NALUs: [][]byte{{1}}})
			time.Sleep(20 * time.Second)
			return errors.New("at last")
		})
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(4100 * time.Millisecond)
		require.Equal(t, "silent", st.known()[0].Code)
	})
}

// Units without a key unit are no picture, but a camera that ends after them is left as soon as any other.
func TestACameraThatEndsBeforeItsFirstPictureIsLeftInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			sink.Unit(&models.AccessUnit{Camera: c.ID, NALUs: [][]byte{{1}}})
			return hang(ctx)
		})
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(3900 * time.Millisecond)
		require.Equal(t, []models.CameraState{"connecting"}, st.states("gate"))
		time.Sleep(200 * time.Millisecond)
		require.Equal(t, []models.CameraState{"connecting", "offline"}, st.states("gate"))
	})
}

// A camera that breaks off again and again is degraded, not online and offline by turns; when it stays away it is offline
// as soon as any other.
func TestACameraThatFlapsIsUnsteady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dead atomic.Bool
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			if dead.Load() {
				return hang(ctx)
			}
			_ = beat(ctx, c, sink, 5)
			return &rtsp.Fault{Reason: rtsp.Ended}
		})
		said := &lines{}
		st.log = slog.New(slog.NewTextHandler(said, nil))
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(time.Hour)
		require.Equal(t, []models.CameraState{"connecting", "online", "offline", "online", "offline", "online", "degraded"}, st.states("gate"))
		require.Equal(t, "unsteady", st.known()[0].Code)
		require.NotEmpty(t, st.known()[0].Reason)
		require.LessOrEqual(t, said.n.Load(), int64(3))
		dead.Store(true)
		time.Sleep(5 * time.Second)
		require.Equal(t, models.CameraOffline, st.known()[0].State, "the last unit is 5 s old")
		dead.Store(false)
		time.Sleep(time.Minute)
		require.Equal(t, models.CameraDegraded, st.known()[0].State)
	})
}

// A link that fails now in this way, now in that one, is not told each second.
func TestAnHourAwayIsTellsAndProbesOfABound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, func(context.Context, models.Camera, rtsp.Sink) error {
			return &rtsp.Fault{Reason: rtsp.NoAnswer}
		})
		probes := 0
		st.player = prober{st.actor, func() error {
			probes++
			return &rtsp.Fault{Reason: []rtsp.Reason{rtsp.NoAnswer, rtsp.Unreachable}[probes/2%2]}
		}}
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(time.Hour)
		require.LessOrEqual(t, len(st.states("gate")), 65)
		require.Equal(t, 1, st.actor.count("gate"))
		require.InDelta(t, 3000, testutil.ToFloat64(st.Supervisor.count.probes), 300)
	})
}

// prober is an actor whose probes are of its own.
type prober struct {
	*actor
	probe func() error
}

func (p prober) Probe(context.Context, models.Camera) error { return p.probe() }

// A camera that answers no probe and plays all the same is tried now and then.
func TestAProbeIsNotBelievedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st *stage
		st = newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			if st.actor.count("gate") == 1 {
				return &rtsp.Fault{Reason: rtsp.Ended}
			}
			return beat(ctx, c, sink, 1<<30)
		})
		st.actor.away = &rtsp.Fault{Reason: rtsp.Silent}
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(8 * time.Minute)
		require.Equal(t, models.CameraOnline, st.known()[0].State)
		require.Equal(t, 2, st.actor.count("gate"))
	})
}
