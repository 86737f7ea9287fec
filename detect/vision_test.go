package detect

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestUnitsAreAnsweredInOrder(t *testing.T) {
	h := newWorkshop(t, func(c *VisionConfig) { c.Instances = 2 })
	for n := range 20 {
		for _, camera := range []string{"a", "b", "c"} {
			h.insist(camera, "")
			r := h.next(camera)
			require.Equal(t, uint64(n+1), r.Seq)
			require.Equal(t, time.Unix(1_700_000_000, int64(r.Seq)), r.ReceivedAt, "to the nanosecond")
			require.Equal(t, 0.5, r.Motion)
			require.Empty(t, r.Fault)
			h.seq[camera] = r.Seq
		}
	}
	homes := map[*instance]int{}
	for _, w := range h.cameras {
		homes[w.home]++
	}
	require.Len(t, homes, 2, "the cameras are spread")
	require.Equal(t, models.VisionHealth{Instances: 2, Up: 2, Network: "fake", Missing: []string{"everything"}, Probation: []string{}, Quarantined: []models.QuarantinedCamera{}}, h.Health())
}

func TestWithoutCreditUnitsAreRefusedAndNothingIsLost(t *testing.T) {
	h := newWorkshop(t, nil)
	taken := 0
	for range 20 {
		if h.offer("a", "slow") {
			taken++
		}
	}
	require.GreaterOrEqual(t, taken, 4)
	require.Less(t, taken, 20)
	for range taken {
		require.Empty(t, h.next("a").Fault)
	}
}

func TestSnapshot(t *testing.T) {
	h := newWorkshop(t, nil)
	_, err := h.Snapshot(t.Context(), "a", nil)
	require.Equal(t, models.NotFound, models.CodeOf(err))
	h.insist("a", "")
	jpeg, err := h.Snapshot(t.Context(), "a", make([]models.Object, 2))
	require.NoError(t, err)
	require.Equal(t, "jpeg of 2", string(jpeg))
	h.insist("a", "hang")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = h.Snapshot(ctx, "a", nil)
	require.Equal(t, models.Unavailable, models.CodeOf(err))
}

func TestABrokenUnitAsksForAKeyUnit(t *testing.T) {
	h := newWorkshop(t, nil)
	h.insist("a", "broken")
	r := h.next("a")
	require.True(t, r.Reset)
	require.Equal(t, "the unit is damaged", r.Fault)
	delta := &models.AccessUnit{Camera: "a", Codec: models.H264, Session: 1, Seq: r.Seq + 1, NALUs: [][]byte{{1}}}
	require.False(t, h.Analyse(delta, WantMotion))
}

func TestForgetDropsWhatIsOnItsWayAndBeginsAnew(t *testing.T) {
	h := newWorkshop(t, nil)
	h.insist("a", "slow")
	h.Forget("a")
	h.Forget("a")
	h.Forget("never seen")
	h.insist("a", "")
	r := h.next("a")
	require.Equal(t, h.seq["a"], r.Seq, "only the unit after Forget is delivered")
	require.Empty(t, r.Fault, "and the worker was told of the camera again")
}

func TestAKilledWorkerIsBackAndNobodyIsBlamed(t *testing.T) {
	h := newWorkshop(t, nil)
	h.insist("a", "")
	require.Equal(t, uint64(1), h.next("a").Seq)
	for n := range uint64(4) {
		h.kill()
		begun := time.Now()
		// The camera goes on sending: no key unit, and no unit of before is answered twice.
		require.True(t, h.Analyse(&models.AccessUnit{Camera: "a", Codec: models.H264, Session: 1, Seq: n + 2, NALUs: [][]byte{{1}}}, WantMotion) || n > 2)
		if n > 2 {
			break // as many as the credit of the fake: what then
		}
		r := h.next("a")
		require.Equal(t, n+2, r.Seq)
		require.Empty(t, r.Fault)
		require.Less(t, time.Since(begun), 5*time.Second)
	}
	for r := h.next("a"); !r.Reset; r = h.next("a") {
	}
	h.insist("a", "")
	require.Empty(t, h.Health().Quarantined)
	require.Empty(t, h.Health().Probation)
}

// kill ends the worker as an administrator would.
func (h *workshop) kill() {
	h.t.Helper()
	children, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/children", os.Getpid()))
	require.NoError(h.t, err)
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	require.NoError(h.t, err)
	for _, task := range tasks {
		more, err := os.ReadFile(task)
		if err == nil { // a thread may just have ended
			children = append(append(children, ' '), more...)
		}
	}
	killed := map[string]bool{}
	for _, pid := range strings.Fields(string(children)) {
		if killed[pid] {
			continue
		}
		killed[pid] = true
		var n int
		fmt.Sscan(pid, &n)
		require.NoError(h.t, syscall.Kill(n, syscall.SIGKILL))
	}
	require.NotEmpty(h.t, killed)
}

func TestThePoisonousCameraIsQuarantinedAndTheInnocentAreNot(t *testing.T) {
	for _, poison := range []string{"segv", "exit"} {
		t.Run(poison, func(t *testing.T) {
			h := newWorkshop(t, nil)
			require.Eventually(t, func() bool {
				h.offer("good", "")
				h.offer("bad", poison)
				for len(h.Results()) > 0 {
					<-h.Results()
				}
				return len(h.Health().Quarantined) > 0
			}, 30*time.Second, 5*time.Millisecond)
			health := h.Health()
			require.Equal(t, "bad", health.Quarantined[0].Camera)
			require.Len(t, health.Quarantined, 1)
			require.Empty(t, health.Probation)
			require.False(t, h.offer("bad", ""))
			h.insist("good", "")
			for r := h.next("good"); r.Seq != h.seq["good"]; r = h.next("good") {
			}
			require.Equal(t, 1, h.Health().Up)
		})
	}
}

func TestAHangingWorkerIsEndedAndNamesItsCamera(t *testing.T) {
	h := newWorkshop(t, func(c *VisionConfig) { c.Stuck = models.Duration(time.Second) })
	h.insist("bad", "hang")
	require.True(t, h.next("bad").Reset)
	require.Eventually(t, func() bool { return len(h.Health().Probation) == 1 }, 10*time.Second, 5*time.Millisecond)
}

func TestAWorkerThatFallsSilentBetweenPicturesIsEndedAndNobodyIsBlamed(t *testing.T) {
	h := newWorkshop(t, func(c *VisionConfig) { c.Stuck = models.Duration(time.Second) })
	h.insist("good", "mute")
	require.True(t, h.next("good").Reset, "or its credit would be gone for good")
	require.Empty(t, h.Health().Probation)
	h.insist("good", "")
	require.Empty(t, h.next("good").Fault)
}

func TestACameraThatComesThroughItsProbationIsTrustedAgain(t *testing.T) {
	h := newWorkshop(t, func(c *VisionConfig) { c.Probation = models.Duration(time.Second) })
	h.insist("bad", "exit")
	require.True(t, h.next("bad").Reset)
	h.insist("bad", "") // alone
	require.Empty(t, h.next("bad").Fault)
	require.Len(t, h.Health().Probation, 1)
	require.True(t, h.next("bad").Reset, "it changes its worker")
	require.Empty(t, h.Health().Probation)
	h.insist("bad", "")
	require.Empty(t, h.next("bad").Fault)
}

func TestAWorkerThatBreaksTheProtocolIsStartedAgain(t *testing.T) {
	for _, word := range []string{"lie", "rude"} {
		t.Run(word, func(t *testing.T) {
			h := newWorkshop(t, nil)
			h.insist("a", word)
			require.True(t, h.next("a").Reset)
			h.insist("a", "")
			require.Empty(t, h.next("a").Fault)
			require.Empty(t, h.Health().Quarantined)
		})
	}
}

func TestAMissingBinaryIsSaid(t *testing.T) {
	cfg := DefaultVisionConfig()
	cfg.Binary, cfg.Instances = filepath.Join(t.TempDir(), "none"), 1
	v, err := NewVision(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)), prometheus.NewRegistry())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- v.Run(ctx) }()
	require.Eventually(t, func() bool { return len(v.Health().Missing) == 1 }, 10*time.Second, 5*time.Millisecond)
	require.Contains(t, v.Health().Missing[0], "does not start")
	require.Zero(t, v.Health().Up)
	require.False(t, v.Analyse(&models.AccessUnit{Camera: "a", Codec: models.H264, Key: true, Seq: 1, NALUs: [][]byte{{1}}}, WantMotion))
	cancel()
	require.NoError(t, <-done)
}
