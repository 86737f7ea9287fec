//go:build !race

// The test kills the real binary, which the race detector does not watch.

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// TestAKillCostsASecondOfFootage kills a hall that records, again and again. The next start brings the index and the folder to agree:
// what was recorded until the last second before each kill is there, each file whole, and none without its row.
func TestAKillCostsASecondOfFootage(t *testing.T) {
	t.Parallel()
	h := bareHall(t)
	h.camera = rtsptest.H264(t)
	h.settle("vision: {off: true}\n")
	h.seed()
	recordAlways(t, h)
	stop := make(chan struct{})
	defer close(stop)
	go h.camera.Play(stop, 50*time.Millisecond, 20)
	for round := range 3 {
		h.start()
		begun := time.Now()
		h.until("footage is written", 20*time.Second, func() bool { return newestFile(t, h, begun) })
		time.Sleep(2*time.Second + rand.N(2*time.Second))
		h.kill()
		killed := time.Now()
		h.start()
		h.logIn()
		h.until("the index knows what was left", 20*time.Second, func() bool { return killed.Sub(footageUntil(t, h, killed)) < 1100*time.Millisecond })
		t.Logf("kill %d: footage to %s before it", round+1, killed.Sub(footageUntil(t, h, killed)).Round(time.Millisecond))
		h.kill()
		rows := footageRows(t, h)
		for _, name := range footageFiles(t, h) {
			row, known := rows[name]
			delete(rows, name)
			is, err := os.Stat(filepath.Join(h.data, "recordings", name))
			require.NoError(t, err)
			if at, _ := strconv.ParseInt(strings.TrimSuffix(filepath.Base(name), ".mp4"), 10, 64); at < killed.UnixMilli() {
				require.True(t, known, "%s has no row", name)
				require.Equal(t, is.Size(), row.Bytes)
			}
		}
		require.Empty(t, rows, "rows without files")
	}
}

// footageUntil is where the footage before an instant ends, by the API.
func footageUntil(t *testing.T, h *hall, before time.Time) time.Time {
	var found struct{ Items []models.Span }
	path := fmt.Sprintf("/cameras/gate/recordings?from=%s&to=%s", models.At(before.Add(-time.Minute)), models.At(before))
	require.Equal(t, http.StatusOK, h.call(http.MethodGet, path, "", &found))
	if len(found.Items) == 0 {
		return time.Time{}
	}
	return found.Items[len(found.Items)-1].To.Std()
}

func recordAlways(t *testing.T, h *hall) {
	s := h.store()
	c := h.camera.Model("gate")
	c.Name, c.Area, c.Record.Mode = "gate", "street", models.RecordAlways
	_, err := s.ApplySite(t.Context(), models.Site{Name: "kill", Areas: []models.Area{{ID: "street", Name: "street", Kind: models.Street}}, Cameras: []models.Camera{c}}, "test")
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// footageFiles are the files of the camera's footage, by their names in the folder of the recordings.
func footageFiles(t *testing.T, h *hall) (names []string) {
	root := filepath.Join(h.data, "recordings")
	files, err := filepath.Glob(filepath.Join(root, "gate", "*", "*.mp4"))
	require.NoError(t, err)
	for _, f := range files {
		name, err := filepath.Rel(root, f)
		require.NoError(t, err)
		names = append(names, name)
	}
	return names
}

// newestFile tells whether something was written after an instant.
func newestFile(t *testing.T, h *hall, after time.Time) bool {
	return slices.ContainsFunc(footageFiles(t, h), func(name string) bool {
		is, err := os.Stat(filepath.Join(h.data, "recordings", name))
		return err == nil && is.ModTime().After(after) && is.Size() > 0
	})
}

func footageRows(t *testing.T, h *hall) map[string]models.Segment {
	s := h.store()
	defer func() { require.NoError(t, s.Close()) }()
	found, err := s.Segments(context.Background(), "gate", 1, models.At(time.Now().Add(time.Hour)), 0)
	require.NoError(t, err)
	rows := map[string]models.Segment{}
	for _, row := range found {
		rows[row.File()] = row
	}
	return rows
}
