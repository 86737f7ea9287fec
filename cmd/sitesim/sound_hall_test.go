package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/cmd/internal/app"
	"zhihui/configs"
	"zhihui/models"
	"zhihui/models/store"
)

// What the hall records of a camera that flashes and beeps is in step, says ffmpeg; a silent camera's file has no sound.
func TestFootageOfTheHallIsInStep(t *testing.T) {
	s, stop := soundSite(t)
	defer stop()
	cfg := configs.Default()
	cfg.Store.Dir, cfg.Vision.Off, cfg.Dashboard.Listen = t.TempDir(), true, "127.0.0.1:0"
	cfg.Recording.Keep.Free = 1_000_000
	cfg.Ingest.Networks = models.Reach{"127.0.0.0/8"}
	site := models.Site{Name: "s", Areas: []models.Area{{ID: "a", Name: "a", Kind: models.Grid}}}
	for _, c := range s.script.Cameras {
		site.Cameras = append(site.Cameras, models.Camera{ID: c.ID, Name: c.ID, Area: "a", URL: "rtsp://" + s.server.addr() + "/" + c.ID,
			Username: "zhihui", Password: "secret", Record: models.Recording{Mode: models.RecordAlways, Silent: c.Sound == SoundPCMU}})
	}
	kept, err := store.Open(cfg.Store, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	_, err = kept.ApplySite(t.Context(), site, "test")
	require.NoError(t, err)
	require.NoError(t, kept.Close())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Run(ctx, "test", cfg, slog.New(slog.DiscardHandler)) }()
	require.Eventually(t, func() bool {
		for _, c := range s.report().Cameras {
			if c.Sent < 70 {
				return false
			}
		}
		return true
	}, 3*patience, 50*time.Millisecond)
	cancel()
	require.NoError(t, <-ended)
	for _, c := range s.script.Cameras {
		files, err := filepath.Glob(filepath.Join(cfg.Recording.Folder(cfg.Store.Dir), c.ID, "*", "*.mp4"))
		require.NoError(t, err)
		require.NotEmpty(t, files, c.ID)
		film, err := os.ReadFile(files[len(files)-1])
		require.NoError(t, err)
		beeps, flashes := beginnings(t, film)
		require.GreaterOrEqual(t, len(flashes), 3, c.ID)
		if c.Sound == "" || c.Sound == SoundPCMU {
			require.Empty(t, beeps, c.ID)
			continue
		}
		require.GreaterOrEqual(t, len(beeps), 3, c.ID)
		for i := range min(len(beeps), len(flashes)) {
			t.Logf("%s: beep at %v, flash at %v", c.ID, beeps[i], flashes[i])
			require.InDelta(t, flashes[i], beeps[i], float64(50*time.Millisecond), c.ID)
		}
	}
}
