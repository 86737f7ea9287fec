//go:build !race

// The tests break the surroundings of the real binary, which the race detector does not watch: once is enough.

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// TestBackupUnderLoad: everything that was acknowledged before the backup began is in it, and a hall opens on it.
func TestBackupUnderLoad(t *testing.T) {
	h := newHall(t)
	h.start()
	before := newWitness()
	h.loadUntilStepped(before)
	var loading sync.WaitGroup
	loading.Go(func() {
		h.load(newWitness(), 1500*time.Millisecond)
	})
	file := filepath.Join(h.dir, "hall.tar")
	begun := time.Now()
	out, err := exec.Command(h.bin, "backup", "--config", h.conf, file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("backed up beside the running hall in %s: %s", time.Since(begun).Round(time.Millisecond), out)
	loading.Wait()
	require.Contains(t, string(out), "Not in it", "it says what it does not hold")
	out, err = exec.Command(h.bin, "backup", "--verify", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	out, err = exec.Command(h.bin, "restore", "--force", "--config", h.conf, file).CombinedOutput()
	require.Error(t, err, "a hall runs on the folder")
	require.Contains(t, string(out), "another zhihui runs")
	h.kill()

	h.data = filepath.Join(h.dir, "restored")
	h.settle(fmt.Sprintf("bus: {mqtt: {address: %q, username: device, password: device-password}}\nvision: {off: true}\n", h.mqtt))
	out, err = exec.Command(h.bin, "restore", "--config", h.conf, file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	before.verify(h, "restored")
	h.start()
	var session struct{ Code string }
	require.Equal(t, http.StatusUnauthorized, h.call(http.MethodGet, "/overview", "", &session), "sessions are not in it")
	after := newWitness()
	after.last = before.last
	h.loadUntilStepped(after)
	require.NotEmpty(t, after.changes, "events become alerts again")
	h.kill()
	after.verify(h, "after it went on")
}

// loadUntilStepped is load for as long as it takes on a busy machine.
func (h *hall) loadUntilStepped(seen *witness) {
	for range 20 {
		if h.load(seen, 1500*time.Millisecond); len(seen.steps) > 0 {
			return
		}
	}
	h.t.Fatalf("no order was ever stepped, the test saw no load: %s", h.tail())
}

// device is a sensor that stays connected.
type device struct {
	h      *hall
	client mqtt.Client
}

func (h *hall) device() device {
	c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + h.mqtt).SetClientID("device").
		SetUsername("device").SetPassword("device-password").SetMaxReconnectInterval(time.Second))
	token := c.Connect()
	require.True(h.t, token.WaitTimeout(5*time.Second) && token.Error() == nil, "the sensors' broker: %v", token.Error())
	h.t.Cleanup(func() { c.Disconnect(0) })
	return device{h, c}
}

// measures publishes until it has gone out.
func (d device) measures(sensor int, qos byte, value string) {
	d.h.until("a reading goes out", 30*time.Second, func() bool {
		token := d.client.Publish(fmt.Sprintf("s/%d", sensor), qos, false, value)
		return token.WaitTimeout(2*time.Second) && token.Error() == nil
	})
}

// raises measures until there is an alert: what goes out before the hall listens is nobody's.
func (d device) raises(sensor int) (a models.Alert) {
	for range 40 {
		d.measures(sensor, 0, "2")
		for range 10 {
			if a, ok := d.h.find(sensor); ok {
				return a
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	d.h.t.Fatalf("no alert of water-%d: %s", sensor, d.h.tail())
	return a
}

// tail is what the hall has logged last.
func (h *hall) tail() string {
	out := h.out.String()
	return out[max(0, len(out)-4000):]
}

// find looks for the alert of a sensor.
func (h *hall) find(sensor int) (models.Alert, bool) {
	h.t.Helper()
	var page struct{ Items []models.Alert }
	require.Contains(h.t, []int{0, http.StatusOK}, h.call(http.MethodGet, "/alerts?limit=500", "", &page), "alerts stay readable")
	i := slices.IndexFunc(page.Items, func(a models.Alert) bool { return a.Source == fmt.Sprint("water-", sensor) })
	if i < 0 {
		return models.Alert{}, false
	}
	return page.Items[i], true
}

// alert waits for the alert of a sensor.
func (h *hall) alert(sensor int, within time.Duration) (a models.Alert) {
	h.t.Helper()
	h.until(fmt.Sprintf("an alert of water-%d", sensor), within, func() (ok bool) { a, ok = h.find(sensor); return ok })
	return a
}

// checks are what is wrong by the health page.
func (h *hall) checks() (codes []models.CheckCode) {
	var health models.Health
	require.Contains(h.t, []int{0, http.StatusOK}, h.call(http.MethodGet, "/health", "", &health))
	for _, c := range health.Checks {
		if c.Grade != models.GradeOK {
			codes = append(codes, c.Code)
		}
	}
	return codes
}

func (h *hall) says(code models.CheckCode, yes bool) {
	h.t.Helper()
	h.until(fmt.Sprint(code, " ", yes), 40*time.Second, func() bool { return slices.Contains(h.checks(), code) == yes })
}

// refusal is what a person is told whose acknowledgement is not written.
func (h *hall) refusal(alert string) (e models.Error) {
	h.t.Helper()
	h.until("a refusal", 20*time.Second, func() bool { // the last free bytes may take a few
		return h.call(http.MethodPost, "/alerts/"+alert+"/acknowledge", "{}", &e) == http.StatusServiceUnavailable
	})
	return e
}

// watching counts the messages of a camera's live video.
func (h *hall) watching(ctx context.Context) *atomic.Int64 {
	conn, _, err := websocket.Dial(ctx, "ws://"+h.http+"/api/v1/cameras/gate/live", &websocket.DialOptions{HTTPClient: &http.Client{Jar: h.client.Jar}})
	require.NoError(h.t, err)
	conn.SetReadLimit(8 << 20)
	count := &atomic.Int64{}
	var ended atomic.Pointer[error]
	h.t.Cleanup(func() {
		if err := ended.Load(); err != nil && h.t.Failed() {
			h.t.Logf("the video ended: %v", *err)
		}
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if _, _, err := conn.Read(ctx); err != nil {
				ended.Store(&err)
				return
			}
			count.Add(1)
		}
	}()
	h.t.Cleanup(func() { _ = conn.CloseNow(); <-done })
	return count
}

func playing(t *testing.T) *rtsptest.Camera {
	camera := rtsptest.H264(t)
	quit, played := make(chan struct{}), make(chan struct{})
	go func() { defer close(played); camera.Play(quit, 40*time.Millisecond, 10) }()
	t.Cleanup(func() { close(quit); <-played })
	return camera
}

// TestDiskThatTakesNothing breaks the disk under a running hall and mends it. Meanwhile what is there stays readable, video
// goes on, and who writes is told why not; an event waits and becomes an alert once the disk is mended, without a restart.
func TestDiskThatTakesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		disk     func(t *testing.T, h *hall) (spoil, mend func())
		code     models.CheckCode
		sentence string
	}{
		"full":      {fullDisk, models.DiskFull, "the disk is full"},
		"read-only": {readOnlyDisk, models.StoreReadOnly, "read-only"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := bareHall(t)
			spoil, mend := c.disk(t, h)
			h.camera = playing(t)
			h.settle(fmt.Sprintf("bus: {mqtt: {address: %q, username: device, password: device-password}}\nvision: {off: true}\n", h.mqtt))
			h.seed()
			h.start()
			h.logIn()
			sensors := h.device()
			first := sensors.raises(1)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			pictures := h.watching(ctx)
			h.until("video", 10*time.Second, func() bool { return pictures.Load() > 10 })

			spoil()
			e := h.refusal(first.ID)
			require.Equal(t, models.Unavailable, e.Code)
			require.Contains(t, e.Message, c.sentence)
			sensors.measures(2, 0, "2") // an event that cannot become an alert now
			h.says(c.code, true)
			require.Equal(t, first.ID, h.alert(1, 5*time.Second).ID)
			seen := pictures.Load()
			h.until("more video", 10*time.Second, func() bool { return pictures.Load() > seen+10 })

			mend()
			mended := time.Now()
			h.alert(2, 40*time.Second)
			t.Logf("the event that waited is an alert %s after the disk was mended", time.Since(mended).Round(100*time.Millisecond))
			var a models.Alert
			require.Equal(t, http.StatusOK, h.call(http.MethodPost, "/alerts/"+first.ID+"/acknowledge", "{}", &a))
			h.says(models.StoreRefuses, false)
			h.says(models.StoreReadOnly, false)
			sensors.raises(3)
			h.kill()
		})
	}
}

// fullDisk puts the hall's data on a small disk of its own.
func fullDisk(t *testing.T, h *hall) (spoil, mend func()) {
	disk := t.TempDir()
	if err := syscall.Mount("zhihui-test", disk, "tmpfs", 0, "size=48m"); err != nil {
		t.Skipf("no small disk can be mounted here (needs root): %v", err)
	}
	t.Cleanup(func() {
		if h.cmd != nil && h.cmd.ProcessState == nil {
			_ = h.cmd.Process.Kill()
			_ = h.cmd.Wait()
		}
		require.NoError(t, syscall.Unmount(disk, 0))
	})
	h.data = filepath.Join(disk, "data")
	ballast := filepath.Join(disk, "ballast")
	spoil = func() {
		f, err := os.Create(ballast)
		require.NoError(t, err)
		for block := make([]byte, 64<<10); len(block) > 0; {
			if _, err := f.Write(block); err != nil {
				block = block[:len(block)/2]
			}
		}
		require.NoError(t, f.Close())
	}
	return spoil, func() { require.NoError(t, os.Remove(ballast)) }
}

// readOnlyDisk makes the hall's data such as nobody may write, not even through open files: as ext4 does after a fault of the
// disk. What a process has mapped it leaves writable then, which an immutable file would not be: it ends who writes there by
// SIGBUS. So the index that SQLite maps stays as it is.
func readOnlyDisk(t *testing.T, h *hall) (spoil, mend func()) {
	return readOnlyFolder(t, func() string { return h.data })
}

func readOnlyFolder(t *testing.T, dir func() string) (spoil, mend func()) {
	chattr := func(sign, dir string) error {
		args := []string{sign}
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && (d.IsDir() || d.Type().IsRegular()) && !strings.HasSuffix(path, "-shm") {
				args = append(args, path)
			}
			return err
		})
		if out, failed := exec.Command("chattr", args...).CombinedOutput(); failed != nil {
			return errors.Join(err, fmt.Errorf("%w: %s", failed, out))
		}
		return err
	}
	try := t.TempDir()
	if err := errors.Join(chattr("+i", try), chattr("-i", try)); err != nil {
		t.Skipf("nothing can be made read-only under a running hall here (needs root and chattr): %v", err)
	}
	mend = func() { require.NoError(t, chattr("-i", dir())) }
	t.Cleanup(mend)
	return func() { require.NoError(t, chattr("+i", dir())) }, mend
}

// TestDatabaseThatAnotherHolds: who writes waits five seconds and is told why; who reads does not wait; what happens
// meanwhile becomes an alert as soon as the database is let go.
func TestDatabaseThatAnotherHolds(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.start()
	h.logIn()
	sensors := h.device()
	first := sensors.raises(1)
	db, err := sql.Open("sqlite", filepath.Join(h.data, "zhihui.db")+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	_, err = db.Exec("BEGIN EXCLUSIVE")
	require.NoError(t, err)
	sensors.measures(2, 0, "2")
	begun := time.Now()
	var page struct{ Items []models.Alert }
	require.Equal(t, http.StatusOK, h.call(http.MethodGet, "/alerts", "", &page))
	require.Less(t, time.Since(begun), time.Second, "reading does not wait")
	begun = time.Now()
	var e models.Error
	require.Equal(t, http.StatusServiceUnavailable, h.call(http.MethodPost, "/alerts/"+first.ID+"/acknowledge", "{}", &e))
	waited := time.Since(begun)
	require.Contains(t, e.Message, "another program holds the database")
	h.says(models.StoreLocked, true)
	_, err = db.Exec("ROLLBACK")
	require.NoError(t, errors.Join(err, db.Close()))
	let := time.Now()
	h.alert(2, 15*time.Second)
	t.Logf("who wrote was told after %s; the event that waited was an alert %s after the database was let go",
		waited.Round(100*time.Millisecond), time.Since(let).Round(100*time.Millisecond))
	h.says(models.StoreLocked, false)
	h.kill()
}
