//go:build !race

// The test runs the real binary, which the race detector does not watch: once is enough.

package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// indexed are the files of the camera that have a row, by the store.
func (h *hall) indexed() (files []string) {
	s := h.store()
	all, err := s.Segments(h.t.Context(), "gate", 1, models.At(time.Now().Add(time.Hour)), 0)
	require.NoError(h.t, err)
	require.NoError(h.t, s.Close())
	for _, x := range all {
		files = append(files, x.File())
	}
	return files
}

// written are the files of footage in a folder.
func written(t *testing.T, dir string) (files []string) {
	found, err := filepath.Glob(filepath.Join(dir, "gate", "*", "*.mp4"))
	require.NoError(t, err)
	for _, f := range found {
		name, err := filepath.Rel(dir, f)
		require.NoError(t, err)
		files = append(files, filepath.ToSlash(name))
	}
	return files
}

func (h *hall) shell(args ...string) string {
	out, err := exec.Command(h.bin, append(args, "--config", h.conf)...).CombinedOutput()
	require.NoError(h.t, err, "%s", out)
	return string(out)
}

// TestFootageAndARestore: footage is no part of a backup. A restore leaves it where it lies, and what was recorded after the backup gets
// its rows again; where its disk is lost the hall says so, and goes on with a new one when a person has said that it is ours.
func TestFootageAndARestore(t *testing.T) {
	t.Parallel()
	h := bareHall(t)
	h.camera, h.record = playing(t), models.Recording{Mode: models.RecordAlways}
	settings := fmt.Sprintf("bus: {mqtt: {address: %q, username: device, password: device-password}}\nvision: {off: true}\nrecording: {keep: {free: 1000000}}\n", h.mqtt)
	h.settle(settings)
	h.seed()
	dir := filepath.Join(h.data, "recordings")
	h.start()
	h.grows(dir, 15*time.Second)
	h.kill()
	h.start() // which gives the first file its row
	backup := filepath.Join(h.dir, "hall.tar")
	require.Contains(t, h.shell("backup", backup), "footage")
	before := len(written(t, dir))
	h.until("footage after the backup", 15*time.Second, func() bool { return len(written(t, dir)) > before })
	h.grows(dir, 15*time.Second)
	h.kill()

	there := written(t, dir)
	require.Contains(t, h.shell("restore", "--force", backup), dir)
	require.Equal(t, there, written(t, dir), "it lies where it lay")
	h.start()
	h.until("a row of each file, of those after the backup, too", 30*time.Second, func() bool {
		rows := h.indexed()
		return !slices.ContainsFunc(there, func(file string) bool { return !slices.Contains(rows, file) })
	})
	require.Contains(t, h.shell("recording", "status"), "1 cameras")
	h.kill()

	h.data = filepath.Join(h.dir, "elsewhere")
	h.settle(settings)
	h.shell("restore", backup)
	h.start()
	h.logIn()
	h.says(models.RecordingAway, true)
	elsewhere := filepath.Join(h.data, "recordings")
	require.Empty(t, written(t, elsewhere))
	h.shell("recording", "adopt")
	h.says(models.RecordingAway, false)
	h.grows(elsewhere, 20*time.Second)
	h.kill()
	for _, file := range h.indexed() {
		require.NotContains(t, there, file, "what is lost is not promised")
	}
}
