package detect

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/detect/vision/clips"
	"zhihui/models"
)

// manyCameras is the reference load.
const manyCameras = 1043

// BenchmarkGlances is what it costs to learn from a key picture how it is: the way to the pixel worker and back, its decoding,
// and what is made of it here. cpu-ms/op is of this process and the worker together, cores is that of 1,043 cameras.
func BenchmarkGlances(b *testing.B) {
	v := realEyes(b)
	for _, clip := range fixed() {
		b.Run(clip, func(b *testing.B) {
			keys := steadyKeys(b, clip)
			a, at, size := &appearance{}, time.Unix(0, 0), 0
			begun, n := spentBy(b), 0
			for b.Loop() {
				u := keys[n%len(keys)]
				s, err := v.Glance(b.Context(), u, false)
				require.NoError(b, err)
				a.see(at, s)
				at, n, size = at.Add(glanceEvery), n+1, size+u.Size()
			}
			ms := (spentBy(b) - begun).Seconds() * 1000 / float64(n)
			b.ReportMetric(ms, "cpu-ms/op")
			b.ReportMetric(float64(size)/float64(n)/1000, "KB/op")
			b.ReportMetric(ms/1000*manyCameras/glanceEvery.Seconds(), "cores")
		})
	}
}

// steadyKeys are the key units of a camera that shows the clip at 384 kbit/s.
func steadyKeys(t testing.TB, clip string) (keys []*models.AccessUnit) {
	for _, u := range clips.Units(t, clip, "gate", models.H264, "60", "") {
		if u.Key {
			keys = append(keys, u)
		}
	}
	return keys
}

// spentBy is the processor time of this process and of those it has started.
func spentBy(t testing.TB) (spent time.Duration) {
	const tick = 10 * time.Millisecond
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	require.NoError(t, err)
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		words := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if own := path == fmt.Sprintf("/proc/%d/stat", os.Getpid()); !own && words[1] != fmt.Sprint(os.Getpid()) {
			continue
		}
		for _, n := range words[11:13] { // in user mode, in the kernel
			ticks, err := strconv.Atoi(n)
			require.NoError(t, err)
			spent += time.Duration(ticks) * tick
		}
	}
	return spent
}
