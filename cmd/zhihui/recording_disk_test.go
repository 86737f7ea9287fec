//go:build !race

// The tests break the disk of the recordings under the real binary, which the race detector does not watch: once is enough.

package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// footageOn is a hall that records its camera always, into dir.
func footageOn(t *testing.T, dir string) *hall {
	h := bareHall(t)
	h.camera, h.record = playing(t), models.Recording{Mode: models.RecordAlways}
	h.settle(fmt.Sprintf("bus: {mqtt: {address: %q, username: device, password: device-password}}\nvision: {off: true}\n"+
		"recording: {dir: %q, keep: {free: 1000000}}\n", h.mqtt, dir))
	h.seed()
	return h
}

// footage is how many bytes of it lie in the folder.
func footage(t *testing.T, dir string) (bytes int64) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".mp4") {
			return err
		}
		is, err := d.Info()
		if err == nil {
			bytes += is.Size()
		}
		return err
	})
	if err != nil {
		return 0 // it is being deleted, or away
	}
	return bytes
}

func (h *hall) grows(dir string, within time.Duration) {
	h.t.Helper()
	seen := footage(h.t, dir)
	h.until("footage is written", within, func() bool { return footage(h.t, dir) > seen })
}

// recordingAlerts are the alerts of the recordings' disk.
func (h *hall) recordingAlerts() (all []models.Alert) {
	var page struct{ Items []models.Alert }
	require.Contains(h.t, []int{0, http.StatusOK}, h.call(http.MethodGet, "/alerts?limit=500", "", &page))
	for _, a := range page.Items {
		if a.Kind == models.RecordingFailed {
			all = append(all, a)
		}
	}
	return all
}

// metric is a counter of the hall.
func (h *hall) metric(name string) string {
	r, err := h.client.Get("http://" + h.http + "/metrics")
	require.NoError(h.t, err)
	defer r.Body.Close()
	b := make([]byte, 4<<20)
	n := 0
	for err == nil && n < len(b) {
		var m int
		m, err = r.Body.Read(b[n:])
		n += m
	}
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(b[:n])
	require.Len(h.t, found, 2, name)
	return string(found[1])
}

// TestRecordingsDiskThatFails breaks the disk for footage under a running hall and mends it. Meanwhile alerts, orders and live video go
// on as if nothing were; the hall says what is wrong by one alert, which is over by itself when footage is written again.
func TestRecordingsDiskThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		disk func(t *testing.T, dir string) (spoil, mend func())
		code models.CheckCode
	}{
		"full":      {fullFootage, models.RecordingFull},
		"read-only": {readOnlyFootage, models.RecordingReadOnly},
		"away":      {unmountedFootage, models.RecordingAway},
		"slow":      {frozenFootage, models.RecordingSlow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "footage")
			require.NoError(t, os.Mkdir(dir, 0o750))
			spoil, mend := c.disk(t, dir)
			h := footageOn(t, dir)
			h.start()
			h.logIn()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			pictures := h.watching(ctx)
			h.until("video", 10*time.Second, func() bool { return pictures.Load() > 10 })
			h.grows(dir, 15*time.Second)
			sensors := h.device()
			require.Empty(t, h.recordingAlerts())

			spoil()
			spoilt := time.Now()
			var told []models.Alert
			h.until("an alert of the disk", 20*time.Second, func() bool { told = h.recordingAlerts(); return len(told) == 1 })
			require.Equal(t, []any{models.FromHall, "recording", "street", string(c.code)},
				[]any{told[0].SourceType, told[0].Source, told[0].Area, told[0].Facts.Reason})
			t.Logf("%s: an alert after %s", name, time.Since(spoilt).Round(100*time.Millisecond))
			h.says(c.code, true)
			a := sensors.raises(1)
			require.NotEmpty(t, a.Order)
			require.Equal(t, http.StatusOK, h.call(http.MethodPost, "/alerts/"+a.ID+"/acknowledge", "{}", &a))
			seen := pictures.Load()
			h.until("more video", 10*time.Second, func() bool { return pictures.Load() > seen+10 })

			mend()
			mended := time.Now()
			h.grows(dir, 20*time.Second)
			t.Logf("%s: footage again after %s", name, time.Since(mended).Round(100*time.Millisecond))
			h.until("the alert is over by itself", 100*time.Second, func() bool {
				told = h.recordingAlerts()
				return len(told) == 1 && told[0].State == models.AlertResolved
			})
			h.says(c.code, false)
			if c.code == models.RecordingSlow {
				require.Equal(t, "0", h.metric("zhihui_recording_lost_units_total"), "what came meanwhile has waited")
			}
			h.kill()
		})
	}
}

func mountFootage(t *testing.T, dir string) {
	if err := syscall.Mount("zhihui-test", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("no small disk can be mounted here (needs root): %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}

func fullFootage(t *testing.T, dir string) (spoil, mend func()) {
	mountFootage(t, dir)
	ballast := filepath.Join(dir, "ballast")
	spoil = func() { require.ErrorIs(t, os.WriteFile(ballast, make([]byte, 17<<20), 0o600), syscall.ENOSPC) }
	return spoil, func() { require.NoError(t, os.Remove(ballast)) }
}

func readOnlyFootage(t *testing.T, dir string) (spoil, mend func()) {
	return readOnlyFolder(t, func() string { return dir })
}

// unmountedFootage takes the disk away and leaves its mount point, into which nothing may come.
func unmountedFootage(t *testing.T, dir string) (spoil, mend func()) {
	around, aside := filepath.Dir(dir), filepath.Join(filepath.Dir(dir), "aside")
	mountFootage(t, around)
	require.NoError(t, syscall.Mount("", around, "", syscall.MS_PRIVATE, ""), "what lies in a shared mount cannot be moved")
	require.NoError(t, os.Mkdir(dir, 0o750))
	require.NoError(t, os.Mkdir(aside, 0o750))
	mountFootage(t, dir)
	t.Cleanup(func() { _ = syscall.Unmount(aside, syscall.MNT_DETACH) })
	spoil = func() { require.NoError(t, syscall.Mount(dir, aside, "", syscall.MS_MOVE, "")) }
	return spoil, func() {
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left, "nothing was written into the mount point")
		require.NoError(t, syscall.Mount(aside, dir, "", syscall.MS_MOVE, ""))
	}
}

// frozenFootage stalls a file system for five seconds: who writes waits in the kernel.
func frozenFootage(t *testing.T, dir string) (spoil, mend func()) {
	img := filepath.Join(t.TempDir(), "disk")
	require.NoError(t, os.WriteFile(img, nil, 0o600))
	require.NoError(t, os.Truncate(img, 64<<20))
	for _, command := range [][]string{{"mkfs.ext4", "-q", img}, {"mount", "-o", "loop", img, dir}} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Skipf("no file system can be frozen here (needs root and loop devices): %s: %v %s", command[0], err, out)
		}
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	freeze := func(flag string) error { return exec.Command("fsfreeze", flag, dir).Run() }
	if freeze("-f") != nil || freeze("-u") != nil {
		t.Skip("no file system can be frozen here (fsfreeze)")
	}
	var thawed chan error
	t.Cleanup(func() { _ = freeze("-u") })
	spoil = func() {
		require.NoError(t, freeze("-f"))
		thawed = make(chan error, 1)
		time.AfterFunc(5*time.Second, func() { thawed <- freeze("-u") })
	}
	return spoil, func() { require.NoError(t, <-thawed) }
}
