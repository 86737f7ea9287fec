package main

import (
	"bytes"
	"context"
	"image/jpeg"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/detect"
	"zhihui/models"
)

// worker is a real pixel worker in a process of its own. Where it cannot be built the test is skipped.
func worker(t *testing.T) *detect.Vision {
	binary := filepath.Join(t.TempDir(), "zhihui-vision")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", binary, "zhihui/cmd/zhihui-vision")
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if said, err := build.CombinedOutput(); err != nil {
		t.Skipf("zhihui-vision cannot be built here: %v: %.500s", err, said)
	}
	cfg := detect.DefaultVisionConfig()
	cfg.Binary, cfg.Instances = binary, 1
	v, err := detect.NewVision(cfg, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- v.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	require.Eventually(t, func() bool { return v.Health().Up == 1 }, 30*time.Second, 10*time.Millisecond)
	return v
}

// album keeps the pictures of events.
type album struct {
	mu    sync.Mutex
	jpegs map[string][]byte
}

func (a *album) save(_ context.Context, name string, picture []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.jpegs[name] = picture
	return nil
}

func pictureFaults() []fault {
	clip := []Clip{{File: "vtest.avi", Length: seconds(12)}}
	const usual, soon = 45 * time.Second, 45 * time.Second // of glances each 10 s: four of them to know, and as many to be sure
	return []fault{
		{camera: Camera{ID: "well", Clips: clip}, do: ModePlay},
		{Camera{ID: "black", Clips: clip}, ModeBlack, models.CameraBlack, usual, soon, 0, nil},
		{Camera{ID: "covered", Clips: clip}, ModeCover, models.CameraCovered, usual, soon, 0, nil},
		{Camera{ID: "blurred", Clips: clip}, ModeBlur, models.CameraBlurred, usual, soon, 0, nil},
		{Camera{ID: "moved", Clips: clip}, ModeTurn, models.CameraMoved, usual, soon, 0, nil},
	}
}

// The same of what is wrong with pictures, with a pixel worker that glances at each camera each 10 s; each event shows what it
// is about.
func TestWhatIsWrongWithAPictureIsAnEvent(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes two minutes of real time")
	}
	t.Parallel()
	pictures, faults := album{jpegs: map[string][]byte{}}, pictureFaults()
	v := worker(t)
	w := watch(t, faults, func(cfg *detect.Config, deps *detect.Deps) {
		cfg.GlanceEvery = models.Duration(10 * time.Second)
		deps.Vision, deps.SaveSnapshot = v, pictures.save
	})
	kinds := []models.EventKind{models.CameraBlack, models.CameraCovered, models.CameraBlurred, models.CameraMoved, models.CameraFrozen, models.CameraWentOffline}
	w.allGoWrong(faults, kinds, "conditions-picture-events.txt")
	for _, f := range faults[1:] {
		shown, err := jpeg.Decode(bytes.NewReader(pictures.jpegs[w.newest(f.camera.ID, f.kind).Snapshot]))
		require.NoError(t, err, f.camera.ID)
		require.Equal(t, pictureWidth, shown.Bounds().Dx())
	}
}
