//go:build cgo

package main

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/detect"
	"zhihui/detect/vision/clips"
	"zhihui/models"
)

// build makes the real binary.
func build(t *testing.T) string {
	binary := filepath.Join(t.TempDir(), "zhihui-vision")
	said, err := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", said)
	return binary
}

// start runs a Vision over the real binary.
func start(t *testing.T, binary string) *detect.Vision {
	cfg := detect.DefaultVisionConfig()
	cfg.Binary, cfg.Instances = binary, 1
	cfg.OnnxRuntime = filepath.Join(clips.Root(), ".cache", "onnxruntime", "libonnxruntime.so.1")
	cfg.Networks = filepath.Join(clips.Root(), "models", "weights")
	v, err := detect.NewVision(cfg, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- v.Run(ctx) }()
	t.Cleanup(func() {
		begun := time.Now()
		cancel()
		require.NoError(t, <-done)
		require.Less(t, time.Since(begun), 4*time.Second, "it ends gracefully")
		require.Empty(t, children(t), "no process stays behind")
	})
	require.Eventually(t, func() bool { return v.Health().Up == 1 }, 30*time.Second, 10*time.Millisecond)
	return v
}

// children returns the processes that this one has started and that live.
func children(t *testing.T) (pids []int) {
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	require.NoError(t, err)
	for _, task := range tasks {
		list, _ := os.ReadFile(task) // a thread may just have ended
		for _, f := range strings.Fields(string(list)) {
			var pid int
			fmt.Sscan(f, &pid)
			pids = append(pids, pid)
		}
	}
	return pids
}

// play sends a camera's units over and over, at a hundred a second, until stop.
func play(v *detect.Vision, units []*models.AccessUnit, want detect.Want) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var player sync.WaitGroup
	player.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for seq := uint64(1); ctx.Err() == nil; seq++ {
			u := *units[(seq-1)%uint64(len(units))]
			u.Seq, u.ReceivedAt = seq, time.Now()
			v.Analyse(&u, want)
			<-tick.C
		}
	})
	return func() { cancel(); player.Wait() }
}

func TestTheRealWorkerFindsPeopleAndIsBackAfterAKill(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "gate", models.H264, "4", "")
	v := start(t, build(t))
	defer play(v, units, detect.WantMotion|detect.WantObjects)()
	seen := await(t, v, func(r detect.Result) bool {
		return r.HasObjects && len(r.Objects) >= 3 || v.Health().Network == "" && r.Motion > 0
	})
	data, err := v.Snapshot(t.Context(), "gate", seen.Objects)
	require.NoError(t, err)
	_, err = jpeg.Decode(bytes.NewReader(data))
	require.NoError(t, err)

	for range 3 {
		for _, pid := range children(t) {
			require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
		}
		begun := time.Now()
		await(t, v, func(r detect.Result) bool { return r.Fault == "" && r.ReceivedAt.After(begun) && r.DecodeTime > 0 })
		t.Logf("analysis was back after %v", time.Since(begun))
		require.Less(t, time.Since(begun), 3*time.Second)
	}
	require.Empty(t, v.Health().Quarantined)
	require.Empty(t, v.Health().Probation)
}

func await(t *testing.T, v *detect.Vision, good func(detect.Result) bool) detect.Result {
	t.Helper()
	limit := time.After(30 * time.Second)
	for {
		select {
		case r := <-v.Results():
			if good(r) {
				return r
			}
		case <-limit:
			t.Fatal("no such result came")
		}
	}
}

func TestHostileUnitsEndNoWorker(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "bad", models.H264, "2", "")
	hostile := make([]*models.AccessUnit, len(units))
	for n, u := range units {
		bad := *u
		bad.NALUs = nil
		for k, nalu := range u.NALUs {
			nalu = bytes.Clone(nalu)
			nalu[(n*31+k*7)%len(nalu)] ^= byte(1 << (n % 8))
			bad.NALUs = append(bad.NALUs, nalu)
		}
		bad.Key = n%3 == 0
		hostile[n] = &bad
	}
	v := start(t, build(t))
	before := children(t)
	stop := play(v, hostile, detect.WantMotion)
	for range 200 {
		await(t, v, func(r detect.Result) bool { return r.Camera == "bad" })
	}
	stop()
	require.Equal(t, before, children(t), "it is the same worker still")
}

// TestTheWorkerEndsWithItsParent kills the parent and looks for the child.
func TestTheWorkerEndsWithItsParent(t *testing.T) {
	const env = "ZHIHUI_TEST_PARENT_OF"
	if binary := os.Getenv(env); binary != "" {
		start(t, binary)
		fmt.Println("child", children(t)[0])
		select {} // until it is killed
	}
	parent := exec.Command(os.Args[0], "-test.run=^TestTheWorkerEndsWithItsParent$")
	parent.Env = append(os.Environ(), env+"="+build(t))
	out, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	var child int
	_, err = fmt.Fscanf(out, "child %d", &child)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(child, 0), "it lives")
	require.NoError(t, parent.Process.Kill())
	_ = parent.Wait() // it was killed
	require.Eventually(t, func() bool { return gone(child) }, 10*time.Second, 10*time.Millisecond)
}

// gone tells whether a process has ended; one that nobody has waited for yet has.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func TestBadFlagsAreSaid(t *testing.T) {
	binary := build(t)
	dir := t.TempDir()
	for name, args := range map[string][]string{
		"no socket":        {},
		"two places":       {"--socket", filepath.Join(dir, "s"), "--listen", "127.0.0.1:0"},
		"no page":          {"--socket", filepath.Join(dir, "s")},
		"no port":          {"--listen", "here"},
		"open to all":      {"--listen", "0.0.0.0:0"},
		"half of TLS":      {"--listen", "127.0.0.1:0", "--tls-cert", "c"},
		"no such file":     {"--listen", "127.0.0.1:0", "--tls-cert", filepath.Join(dir, "c"), "--tls-key", "k", "--tls-ca", "a"},
		"no black box":     {"--socket", filepath.Join(dir, "s"), "--blackbox", filepath.Join(dir, "none", "b")},
		"socket nowhere":   {"--socket", filepath.Join(dir, "none", "s"), "--blackbox", filepath.Join(dir, "b")},
		"a folder as sock": {"--socket", t.TempDir(), "--blackbox", filepath.Join(dir, "b")},
	} {
		said, err := exec.Command(binary, args...).CombinedOutput()
		require.Error(t, err, name)
		require.NotEmpty(t, said, name)
	}
}
