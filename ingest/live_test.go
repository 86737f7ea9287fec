package ingest

import (
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// supervise runs a supervisor against real servers.
func supervise(t *testing.T, config Config) *Supervisor {
	config.Networks = home
	s := NewSupervisor(config, slog.New(slog.DiscardHandler), prometheus.NewRegistry(), NewHub(config), func(models.CameraStatus) {})
	ended := make(chan error, 1)
	go func() { ended <- s.Run(t.Context()) }()
	t.Cleanup(func() { require.NoError(t, <-ended) })
	return s
}

// sending plays a camera until the returned function is called.
func sending(camera *rtsptest.Camera) (stop func()) {
	quit := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { camera.Play(quit, 40*time.Millisecond, 10) })
	return sync.OnceFunc(func() { close(quit); wg.Wait() })
}

func (s *Supervisor) status(id string) models.CameraStatus {
	for _, status := range s.known() {
		if status.Camera == id {
			return status
		}
	}
	return models.CameraStatus{}
}

func waitFor(t *testing.T, s *Supervisor, id string, state models.CameraState, most time.Duration) time.Duration {
	t.Helper()
	start := time.Now()
	require.Eventually(t, func() bool { return s.status(id).State == state }, most, 5*time.Millisecond, "%s should be %s", id, state)
	return time.Since(start)
}

func TestARealCameraGoesAndReturns(t *testing.T) {
	gate, yard := rtsptest.H264(t), rtsptest.H264(t)
	defer sending(yard)()
	stopGate := sending(gate)
	defer stopGate()
	s := supervise(t, DefaultConfig())
	refused := yard.Model("refused")
	refused.Password = "wrong"
	s.Apply([]models.Camera{gate.Model("gate"), yard.Model("yard"), refused})
	waitFor(t, s, "gate", models.CameraOnline, 10*time.Second)
	waitFor(t, s, "yard", models.CameraOnline, 10*time.Second)
	waitFor(t, s, "refused", models.CameraAuthRefused, 10*time.Second)
	neighbour := s.hub.Subscribe("yard", 500)
	defer neighbour.Close()

	address := gate.Address()
	stopGate()
	gate.Close()
	waitFor(t, s, "gate", models.CameraOffline, 6*time.Second)
	require.Eventually(t, func() bool { return s.status("gate").Code == "refused" }, 5*time.Second, 5*time.Millisecond)

	back := rtsptest.H264At(t, address)
	defer sending(back)()
	took := waitFor(t, s, "gate", models.CameraOnline, 10*time.Second)
	require.Less(t, took, 3*time.Second)

	var last uint64
	for _, seq := range ready(neighbour) {
		require.True(t, last == 0 || seq == last+1, "the neighbour missed nothing")
		last = seq
	}
	require.NotZero(t, last)
	require.Zero(t, testutil.ToFloat64(s.count.lost))
}

func TestARealCameraStopsInMidStream(t *testing.T) {
	gate := rtsptest.H264(t)
	stop := sending(gate)
	defer stop()
	config := DefaultConfig()
	config.Silence = models.Duration(time.Second)
	s := supervise(t, config)
	s.Apply([]models.Camera{gate.Model("gate")})
	waitFor(t, s, "gate", models.CameraOnline, 10*time.Second)
	stop() // the connection stays, the pictures do not
	waitFor(t, s, "gate", models.CameraOffline, 2*time.Second)
	require.Equal(t, "silent", s.status("gate").Code)
	defer sending(gate)()
	waitFor(t, s, "gate", models.CameraOnline, 5*time.Second)
}

func TestAServerThatAnswersNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() // accepts by the kernel alone, and says nothing
	config := DefaultConfig()
	config.Silence = models.Duration(time.Second)
	s := supervise(t, config)
	s.Apply([]models.Camera{{ID: "mute", URL: "rtsp://" + l.Addr().String() + "/live"}})
	waitFor(t, s, "mute", models.CameraOffline, 4*time.Second)
	require.Equal(t, "silent", s.status("mute").Code)
}
