package ingest

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// ills are the ways in which a third of the cameras below misbehave, by turns.
var ills = []rtsptest.Mode{
	rtsptest.Refuse, rtsptest.Mute, rtsptest.Trickle, rtsptest.Babble, rtsptest.HangUp, rtsptest.Silent,
	rtsptest.Stall, rtsptest.Drip, rtsptest.Noise, rtsptest.Recode, rtsptest.Restart,
}

// Real connections: a third of the cameras misbehave in every way together, heal, and fall ill again. The others lose no
// unit, and nothing grows.
func TestIllCamerasHurtNobody(t *testing.T) {
	config := DefaultConfig()
	config.Silence = models.Duration(1500 * time.Millisecond)
	s := supervise(t, config)
	var site []models.Camera
	var well, ill []*rtsptest.Raw
	for i := range 44 {
		mode := []rtsptest.Mode{rtsptest.Play, rtsptest.Deaf}[i%2]
		well = append(well, rtsptest.NewRaw(t, mode, "Session: 1;timeout=1"))
		site = append(site, well[i].Model(fmt.Sprintf("well%02d", i)))
	}
	for i := range 22 {
		ill = append(ill, rtsptest.NewRaw(t, rtsptest.Play))
		site = append(site, ill[i].Model(fmt.Sprintf("ill%02d", i)))
	}
	s.Apply(site)
	state := func(ids string, state models.CameraState) int {
		return len(slices.DeleteFunc(s.known(), func(c models.CameraStatus) bool { return c.Camera[:len(ids)] != ids || c.State != state }))
	}
	all := func() bool { return state("", models.CameraOnline)+state("ill", models.CameraDegraded) == len(site) }
	require.Eventually(t, all, 20*time.Second, 10*time.Millisecond)
	goroutines, files := runtime.NumGoroutine(), descriptors(t)
	for cycle := range 2 {
		for i, camera := range ill {
			camera.Become(ills[i%len(ills)])
		}
		fell := time.Now()
		require.Eventually(t, func() bool { // all but those that play between
			longEnough := time.Since(fell) > 2*config.Silence.Std()+time.Second // for those that only time can tell
			return longEnough && state("ill", models.CameraOffline) >= 16
		}, 20*time.Second, 10*time.Millisecond)
		for _, camera := range ill {
			camera.Become(rtsptest.Play)
		}
		began := time.Now()
		require.Eventually(t, all, 20*time.Second, 10*time.Millisecond)
		t.Logf("cycle %d: all are back after %v", cycle, time.Since(began))
		require.Equal(t, len(well), state("well", models.CameraOnline))
	}
	require.Eventually(t, func() bool {
		return runtime.NumGoroutine() <= goroutines+6 && descriptors(t) <= files+6 // a probe or two may be on their way
	}, 10*time.Second, 10*time.Millisecond, "%d goroutines and %d files before", goroutines, files)
	for _, camera := range well {
		camera.Hold()
	}
	require.Eventually(t, func() bool {
		received := map[string]int64{}
		for _, m := range s.hub.Measures(time.Now()) {
			received[m.Camera] = m.Units
		}
		for i, camera := range well {
			if received[site[i].ID] != camera.Sent() {
				return false
			}
		}
		return true
	}, 10*time.Second, 10*time.Millisecond, "every unit that was sent has come")
	require.Zero(t, testutil.ToFloat64(s.count.lost))
	require.Less(t, testutil.ToFloat64(s.count.tries), 1000.0, "22 cameras are ill for 8 s")
}

func descriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(entries)
}
