package ingest

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp"
	"zhihui/models"
)

// actor is a player that does what its script says, by the camera's URL, and notes every try.
type actor struct {
	mu     sync.Mutex
	tries  map[string]int
	probes int
	script func(ctx context.Context, camera models.Camera, sink rtsp.Sink) error
	away   error // what a probe finds
}

func (a *actor) Run(ctx context.Context, camera models.Camera, sink rtsp.Sink) error {
	a.mu.Lock()
	a.tries[camera.ID]++
	a.mu.Unlock()
	return a.script(ctx, camera, sink)
}

func (a *actor) Probe(context.Context, models.Camera) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.probes++
	return a.away
}

func (a *actor) count(id string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tries[id]
}

// beat plays units every 100 ms until ctx ends, or n of them.
func beat(ctx context.Context, camera models.Camera, sink rtsp.Sink, n int) error {
	for i := range n {
		sink.Unit(&models.AccessUnit{Camera: camera.ID, Key: i%20 == 0, ReceivedAt: time.Now(), NALUs: [][]byte{{1}}})
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

func hang(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// stage is a supervisor with an actor, and every status that it told.
type stage struct {
	*Supervisor
	actor *actor
	mu    sync.Mutex
	told  []models.CameraStatus
}

func newStage(t *testing.T, script func(context.Context, models.Camera, rtsp.Sink) error) *stage {
	st := &stage{actor: &actor{tries: map[string]int{}, script: script}}
	config := DefaultConfig()
	st.Supervisor = NewSupervisor(config, slog.New(slog.DiscardHandler), prometheus.NewRegistry(), NewHub(config), func(s models.CameraStatus) {
		st.mu.Lock()
		defer st.mu.Unlock()
		st.told = append(st.told, s)
	})
	st.player = st.actor
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- st.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	return st
}

// known returns what is known of every camera, sorted by id.
func (s *Supervisor) known() []models.CameraStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.statuses), func(a, b models.CameraStatus) int {
		return strings.Compare(a.Camera, b.Camera)
	})
}

// states returns the states told of a camera, in order.
func (st *stage) states(id string) (states []models.CameraState) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, s := range st.told {
		if s.Camera == id {
			states = append(states, s.State)
		}
	}
	return states
}

func camera(id string, revision int64) models.Camera {
	return models.Camera{ID: id, URL: "rtsp://" + id + "/live", Revision: revision}
}
