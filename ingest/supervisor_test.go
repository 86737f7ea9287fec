package ingest

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

func TestACameraThatFallsSilentIsOfflineWithinFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := true
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			if first {
				first = false
				if err := beat(ctx, c, sink, 100); err != nil {
					return err
				}
			}
			return hang(ctx)
		})
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(9900 * time.Millisecond)
		require.Equal(t, []models.CameraState{"connecting", "online"}, st.states("gate"))
		require.Equal(t, 1.0, testutil.ToFloat64(st.Supervisor.count.cameras.WithLabelValues("online")))
		time.Sleep(3900 * time.Millisecond)
		require.Equal(t, models.CameraOnline, st.known()[0].State)
		time.Sleep(200 * time.Millisecond)
		status := st.known()[0]
		require.Equal(t, models.CameraOffline, status.State)
		require.Equal(t, "silent", status.Code)
		require.Equal(t, rtsp.Silent.Sentence(), status.Reason)
		require.Equal(t, 100.0, testutil.ToFloat64(st.Supervisor.count.units))
		time.Sleep(time.Minute)
		require.Equal(t, []models.CameraState{"connecting", "online", "offline"}, st.states("gate"), "it stays offline while we try")
		require.Greater(t, st.actor.count("gate"), 4)
	})
}

func TestRefusedCredentialsAreTriedOnceInFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, func(_ context.Context, c models.Camera, _ rtsp.Sink) error {
			return &rtsp.Fault{Reason: rtsp.AuthRefused}
		})
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(4*time.Minute + 59*time.Second)
		require.Equal(t, 1, st.actor.count("gate"))
		require.Equal(t, []models.CameraState{"connecting", "auth_refused"}, st.states("gate"))
		time.Sleep(2 * time.Second)
		require.Equal(t, 2, st.actor.count("gate"))
		st.Apply([]models.Camera{camera("gate", 1)}) // no edit
		time.Sleep(time.Minute)
		require.Equal(t, 2, st.actor.count("gate"))

		st.Apply([]models.Camera{camera("gate", 2)}) // an edit of something else: perhaps the camera was corrected
		synctest.Wait()
		require.Equal(t, 3, st.actor.count("gate"))
		better := camera("gate", 3)
		better.Password = "better"
		st.Apply([]models.Camera{better})
		synctest.Wait()
		require.Equal(t, 4, st.actor.count("gate"))
		time.Sleep(299 * time.Second)
		require.Equal(t, 4, st.actor.count("gate"))
	})
}

// lines counts what is logged.
type lines struct{ n atomic.Int64 }

func (l *lines) Write(b []byte) (int, error) {
	l.n.Add(1)
	return len(b), nil
}

// A camera that is played another way than the site says is so at each of its streams: one line says it.
func TestAnotherWayIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			sink.Playing(models.TransportTCP)
			if err := beat(ctx, c, sink, 200); err != nil {
				return err
			}
			return &rtsp.Fault{Reason: rtsp.Ended}
		})
		var said strings.Builder
		st.log = slog.New(slog.NewTextHandler(&said, nil))
		gate := camera("gate", 1)
		gate.Transport = models.TransportUDP
		st.Apply([]models.Camera{gate})
		time.Sleep(5 * time.Minute)
		require.Greater(t, st.actor.count("gate"), 10)
		st.Apply(nil)
		synctest.Wait()
		require.Equal(t, 1, strings.Count(said.String(), "another way"))
	})
}

// TestACameraThatFlapsIsNotHammered: one picture is no reason to begin the pauses, and the log, from the start.
func TestACameraThatFlapsIsNotHammered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			units := 1
			if time.Since(began) > time.Minute {
				units = 1 << 30
			}
			if err := beat(ctx, c, sink, units); err != nil {
				return err
			}
			return &rtsp.Fault{Reason: rtsp.Ended}
		})
		said := &lines{}
		st.log = slog.New(slog.NewTextHandler(said, nil))
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(time.Minute)
		synctest.Wait()
		tries := st.actor.count("gate")
		require.Greater(t, tries, 30, "it may stay at any time")
		require.Less(t, tries, 70)
		require.EqualValues(t, 2, said.n.Load())
		time.Sleep(time.Minute)
		synctest.Wait()
		require.EqualValues(t, 3, said.n.Load(), "that it stays is worth a line")
	})
}

func TestAnEditWhilePlayingCutsNoLaterPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plays := 0
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			if plays++; plays == 1 {
				_ = beat(ctx, c, sink, 20)
			}
			return &rtsp.Fault{Reason: rtsp.AuthRefused}
		})
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(time.Second)
		st.Apply([]models.Camera{camera("gate", 2)})
		time.Sleep(4 * time.Minute)
		require.Equal(t, 1, plays)
	})
}

func TestWhileACameraIsAwayItIsOnlyProbed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st *stage
		st = newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			if st.actor.count("gate") == 1 {
				return &rtsp.Fault{Reason: rtsp.Ended}
			}
			return beat(ctx, c, sink, 1<<30)
		})
		st.actor.away = &rtsp.Fault{Reason: rtsp.Unreachable}
		st.Apply([]models.Camera{camera("gate", 1)})
		time.Sleep(time.Hour)
		require.Equal(t, 1, st.actor.count("gate"))
		require.Equal(t, "unreachable", st.known()[0].Code)
		since := st.known()[0].Since
		require.WithinDuration(t, time.Now().Add(-time.Hour), since.Std(), time.Second, "since it went, not since the last try")
		st.actor.mu.Lock()
		require.InDelta(t, 3600/1.2, st.actor.probes, 600)
		st.actor.away = nil
		st.actor.mu.Unlock()
		time.Sleep(1600 * time.Millisecond)
		require.Equal(t, models.CameraOnline, st.known()[0].State, "live again soon after any outage")
	})
}

func TestApplyTouchesOnlyWhatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error { return beat(ctx, c, sink, 1<<30) })
		a, b, c := camera("a", 1), camera("b", 1), camera("c", 1)
		st.Apply([]models.Camera{a, b, c})
		time.Sleep(time.Second)
		reader := st.hub.Subscribe("a", 10)
		defer reader.Close()
		b.URL, b.Revision = "rtsp://elsewhere/live", 2
		a.Name, a.Revision = "North gate", 2
		off := camera("d", 1)
		off.Disabled = true
		st.Apply([]models.Camera{a, b, off})
		time.Sleep(time.Second)
		require.Equal(t, 1, st.actor.count("a"), "a new name cuts no picture")
		require.Equal(t, 2, st.actor.count("b"))
		require.Zero(t, st.actor.count("d"))
		statuses := st.known()
		require.Len(t, statuses, 3)
		require.Equal(t, models.CameraDisabled, statuses[2].State)
		gone := st.hub.Subscribe("c", 1)
		require.Empty(t, ready(gone), "a removed camera leaves no picture")
		gone.Close()
		st.Apply(nil)
		synctest.Wait()
		require.Empty(t, st.known())
		_, ended := reader.take()
		require.True(t, ended)
		for _, state := range []string{"online", "disabled", "connecting"} {
			require.Zero(t, testutil.ToFloat64(st.Supervisor.count.cameras.WithLabelValues(state)), state)
		}
	})
}

func TestSilentCamerasDoNotHoldUpTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			if c.ID[0] == 's' {
				return hang(ctx)
			}
			return beat(ctx, c, sink, 1<<30)
		})
		var site []models.Camera
		for i := range 64 {
			site = append(site, camera("s"+string(rune('0'+i)), 1), camera("x"+string(rune('0'+i)), 1))
		}
		st.Apply(site)
		time.Sleep(5 * time.Second)
		require.Equal(t, 64.0, testutil.ToFloat64(st.Supervisor.count.cameras.WithLabelValues("online")))
		require.Equal(t, 64.0, testutil.ToFloat64(st.Supervisor.count.cameras.WithLabelValues("connecting")))
		time.Sleep(10 * time.Second)
		require.Equal(t, 64.0, testutil.ToFloat64(st.Supervisor.count.cameras.WithLabelValues("offline")))
	})
}

func TestWhatAnEditAsksOfAStream(t *testing.T) {
	old := models.Camera{ID: "c", URL: "rtsp://h/s", Username: "u", Password: "p", Revision: 1}
	for edit, want := range map[*models.Camera]step{
		{ID: "c", URL: "rtsp://h/s", Username: "u", Password: "p", Revision: 1}:                                                                    stepKeep,
		{ID: "c", Name: "n", URL: "rtsp://h/s", Username: "u", Password: "p", Revision: 2}:                                                         stepAgain,
		{ID: "c", URL: "rtsp://h/s", Username: "u", Password: "p", Record: models.Recording{Mode: models.RecordAlways, Silent: true}, Revision: 2}: stepAgain,
		{ID: "c", URL: "rtsp://h/s", Username: "u", Password: "p", Record: models.Recording{Mode: models.RecordNever, KeepDays: 7}, Revision: 2}:   stepAgain,
		{ID: "c", URL: "rtsp://h/s", Username: "u", Password: "p", Record: models.Recording{Mode: models.RecordEvents}, Revision: 2}:               stepReplace, // for its sound
		{ID: "c", URL: "rtsp://h/t", Username: "u", Password: "p", Revision: 2}:                                                                    stepReplace,
		{ID: "c", URL: "rtsp://h/s", Username: "u", Password: "p", Alarms: true, Revision: 2}:                                                      stepReplace, // for its metadata
		{ID: "c", URL: "rtsp://h/s", Username: "u", Password: "p", Alarms: true, ONVIF: models.ONVIF{Address: "h"}, Revision: 1}:                   stepKeep,    // its device has a pull point
		{ID: "c", URL: "rtsp://h/s", Username: "u", Password: "p", Transport: models.TransportUDP, Revision: 2}:                                    stepReplace,
		{ID: "c", URL: "rtsp://h/s", Username: "u", Password: "p", Transport: models.TransportAuto, Disabled: true}:                                stepReplace,
	} {
		require.Equal(t, want, compare(old, *edit))
	}
}

// What a camera showed at another address, and how fast, says nothing of the one that is there now.
func TestAtAnotherAddressIsAnotherCamera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStage(t, func(ctx context.Context, c models.Camera, sink rtsp.Sink) error {
			if c.URL == "rtsp://elsewhere/live" {
				return hang(ctx)
			}
			return beat(ctx, c, sink, 1<<30)
		})
		vitals := func() models.StreamVital { return st.hub.vitals(time.Now())[0] }
		gate := camera("gate", 1)
		st.Apply([]models.Camera{gate})
		time.Sleep(15 * time.Second)
		vitals()
		gate.Password = "better"
		st.Apply([]models.Camera{gate})
		time.Sleep(5 * time.Second)
		require.InDelta(t, 10, vitals().UsualFPS, 0.1, "the same camera")
		require.NotNil(t, st.hub.Newest("gate"))
		gate.URL = "rtsp://elsewhere/live"
		reader := st.hub.Subscribe("gate", 100)
		defer reader.Close()
		st.Apply([]models.Camera{gate})
		synctest.Wait()
		require.Nil(t, st.hub.Newest("gate"))
		require.Empty(t, st.hub.Measures(time.Now()))
		gate.URL = "rtsp://back/live"
		st.Apply([]models.Camera{gate})
		time.Sleep(6 * time.Second)
		require.Zero(t, vitals().UsualFPS)
		require.NotEmpty(t, ready(reader), "who reads it goes on")
	})
}
