package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// sitesim runs the command line as main does.
func sitesim(ctx context.Context, args ...string) error {
	parser, err := kong.New(&cli{}, kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return parsed.Run()
}

const shortScript = `loop: 60s
rtsp: {listen: "127.0.0.1:0", username: u, password: p}
cameras:
  - {id: cam-01, clips: [{file: nowhere.avi}, {file: test.avi}]}
`

func TestCommandLine(t *testing.T) {
	folder := t.TempDir()
	testClip(t, folder)
	script, report := filepath.Join(folder, "s.yml"), filepath.Join(folder, "report.json")
	require.NoError(t, os.WriteFile(script, []byte(shortScript), 0o644))
	flags := []string{"--script", script, "--cache", filepath.Join(folder, "cache"), "--footage", folder}

	require.NoError(t, sitesim(t.Context(), append([]string{"prepare"}, flags...)...))
	cached, err := os.ReadDir(filepath.Join(folder, "cache"))
	require.NoError(t, err)
	require.Len(t, cached, 1)

	start := time.Now()
	require.NoError(t, sitesim(t.Context(), append([]string{"run", "--for", "300ms", "--report", report}, flags...)...))
	require.GreaterOrEqual(t, time.Since(start), 300*time.Millisecond)
	text, err := os.ReadFile(report)
	require.NoError(t, err)
	var r Report
	require.NoError(t, json.Unmarshal(text, &r))
	require.NotZero(t, r.Started)
	r.Started = 0
	require.Equal(t, Report{Cameras: []CameraReport{{ID: "cam-01"}}, Sensors: []SensorReport{}}, r)
}

// Being told to stop is no fault, and the report of the end is there.
func TestCommandLineStops(t *testing.T) {
	folder := t.TempDir()
	testClip(t, folder)
	script, report := filepath.Join(folder, "s.yml"), filepath.Join(folder, "report.json")
	require.NoError(t, os.WriteFile(script, []byte(shortScript), 0o644))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		done <- sitesim(ctx, "run", "--script", script, "--cache", filepath.Join(folder, "cache"), "--footage", folder,
			"--report", report)
	}()
	require.Eventually(t, func() bool {
		_, err := os.Stat(report)
		return err == nil
	}, patience, 10*time.Millisecond)
	require.NoError(t, os.Remove(report))
	cancel()
	require.NoError(t, <-done)
	require.FileExists(t, report)
}

func TestCommandLineFaults(t *testing.T) {
	folder := t.TempDir()
	script := filepath.Join(folder, "s.yml")
	require.NoError(t, os.WriteFile(script, []byte(shortScript), 0o644))
	require.ErrorContains(t, sitesim(t.Context(), "run"), "missing flags: --script")
	require.ErrorContains(t, sitesim(t.Context(), "run", "--script", filepath.Join(folder, "none.yml")), "cannot be read")
	t.Setenv("ZHIHUI_SHARED", folder)
	require.ErrorContains(t, sitesim(t.Context(), "prepare", "--script", script, "--cache", folder),
		"camera cam-01: nowhere.avi or test.avi is in none of the folders")
}

func TestStoryIsTold(t *testing.T) {
	script := filepath.Join("..", "..", "configs", "demo", "sim.yml")
	require.NoError(t, sitesim(t.Context(), "story", "--script", script))
	require.NoError(t, sitesim(t.Context(), "story", "--script", script, "--lang", "en"))
	require.Error(t, sitesim(t.Context(), "story", "--script", script, "--lang", "fr"))
	require.ErrorContains(t, sitesim(t.Context(), "story", "--script", "none.yml"), "cannot be read")
}
