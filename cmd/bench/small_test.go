//go:build !race

// The tests run the real binaries, which the race detector does not watch: once is enough.

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSmall runs each benchmark on few cameras, all at the same time: it is about right and wrong, not about quick and slow.
func TestSmall(t *testing.T) {
	bin := product(t)
	for name, check := range map[string]func(*testing.T, runner){
		"ingest": smallIngest, "reconnect": smallReconnect, "analysis": smallAnalysis, "relay": smallRelay, "scale": smallScale, "growth": smallGrowth,
		"sensors": smallSensors, "record": smallRecord,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, func(args ...string) map[string]float64 { return figures(t, name, append(args, "--bin", bin)) })
		})
	}
}

// product builds the real binaries. Without OpenCV there is no zhihui-vision among them.
func product(t *testing.T) string {
	dir := t.TempDir()
	for name, cgo := range map[string]string{"zhihui": "0", "sitesim": "0", "zhihui-vision": "1"} {
		if cgo == "1" && exec.Command("pkg-config", "--exists", "opencv4").Run() != nil {
			continue
		}
		build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, name), "zhihui/cmd/"+name)
		build.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
		out, err := build.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	return dir
}

// runner runs a benchmark with these flags and returns its figures.
type runner func(flags ...string) map[string]float64

// figures runs a benchmark. It skips where a part is missing on this machine.
func figures(t *testing.T, name string, flags []string) map[string]float64 {
	code, out, notes := said(append([]string{name, "--json"}, flags...)...)
	if code == 3 {
		t.Skip(notes)
	}
	require.Equal(t, 0, code, notes)
	require.Equal(t, 1, strings.Count(out, "\n"), "one line: %s", out)
	t.Log(out)
	var all map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	require.Equal(t, name, all["bench"])
	numbers := map[string]float64{}
	for name, v := range all {
		if n, ok := v.(float64); ok {
			numbers[name] = n
		}
	}
	return numbers
}

// flat checks that nothing has grown while cameras came and went.
func flat(t *testing.T, r map[string]float64) {
	const some = 20 // requests and timers come and go
	require.LessOrEqual(t, r["goroutines_last"], r["goroutines_first"]+some)
	require.LessOrEqual(t, r["descriptors_last"], r["descriptors_first"]+some)
}

func smallIngest(t *testing.T, run runner) {
	r := run("--cameras=12", "--analysed=4", "--sensors=10", "--for=6s", "--settle=1s")
	require.Positive(t, r["sent"])
	require.Equal(t, r["sent"], r["accepted"])
	require.Zero(t, r["lost"])
	require.Contains(t, r, "redials")
	require.Zero(t, r["redials"])
	require.LessOrEqual(t, r["events_found"], r["events_expected"])
	require.Positive(t, r["rss_vision_mb"], "the pixel worker runs")
	flat(t, r)
}

func smallReconnect(t *testing.T, run runner) {
	r := run("--cameras=20", "--for=1s", "--round=20s")
	require.Equal(t, []float64{4, 2, 1}, []float64{r["returning"], r["misbehaving"], r["rounds"]})
	require.Positive(t, r["healthy_sent"])
	require.Zero(t, r["healthy_lost"])
	require.Contains(t, r, "healthy_redials")
	require.Zero(t, r["healthy_redials"])
	require.Zero(t, r["unreturned"])
	require.Positive(t, r["p95_s"])
	flat(t, r)
}

func smallAnalysis(t *testing.T, run runner) {
	r := run("--cameras=4", "--peers=2", "--for=4s", "--settle=1s")
	require.Equal(t, []float64{4, 2}, []float64{r["cameras"], r["peers_cameras"]})
	require.Positive(t, r["ours_pct_per_camera"])
	require.Contains(t, r, "motion_pct")
	require.Contains(t, r, "ffmpeg_pct")
}

func smallRelay(t *testing.T, run runner) {
	r := run("--cameras=5", "--for=4s", "--settle=1s")
	require.EqualValues(t, 5, r["cameras"])
	require.Positive(t, r["rss_go2rtc_mb"])
	require.Contains(t, r, "cores_go2rtc")
}

func smallScale(t *testing.T, run runner) {
	require.Zero(t, run("--sizes=2,4", "--rounds=1", "--for=2s", "--settle=1s")["lost"])
}

func smallGrowth(t *testing.T, run runner) {
	r := run("--cameras=3000", "--alerts=2000", "--requests=3")
	require.Positive(t, r["start_s"])
	require.Positive(t, r["page_p95_ms"])
	require.EqualValues(t, 2*18*3, r["requests"])
}

func smallSensors(t *testing.T, run runner) {
	r := run("--sensors=20", "--publishers=4", "--rate=500", "--for=2s")
	require.Positive(t, r["readings_per_s"])
	require.Positive(t, r["qos1_readings_per_s"])
	require.Contains(t, r, "lost")
	require.Zero(t, r["lost"])
	require.Equal(t, r["published"], r["kept"])
	require.Positive(t, r["cores"])
}

func smallRecord(t *testing.T, run runner) {
	r := run("--cameras=6", "--rounds=1", "--for=4s", "--settle=9s", "--peers=2", "--seeks=10", "--rows=20000", "--timelines=5", "--analysed=2", "--clips=50s")
	require.Contains(t, r, "cores_extra")
	require.Positive(t, r["sent"])
	require.Equal(t, r["sent"], r["kept"])
	require.Contains(t, r, "lost")
	require.Zero(t, r["lost"])
	require.Zero(t, r["redials"])
	require.Positive(t, r["probed"])
	require.Positive(t, r["ffmpeg_cores"])
	require.Positive(t, r["seek_p95_ms"])
	require.EqualValues(t, 20000, r["rows"])
	require.Positive(t, r["timeline_p95_ms"])
	require.Positive(t, r["clips"])
	require.Positive(t, r["clip_ready_p95_s"])
	flat(t, r)
}
