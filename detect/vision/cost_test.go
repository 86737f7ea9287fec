//go:build cgo

package vision

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/detect/vision/blackbox"
	"zhihui/detect/vision/clips"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

// hall is the eyes of many cameras that show the same clip.
func hall(t testing.TB, cameras int) *eyes {
	box, err := blackbox.Create(filepath.Join(t.TempDir(), "box"))
	require.NoError(t, err)
	e, err := newEyes(box, nil)
	require.NoError(t, err)
	t.Cleanup(func() { e.close(); require.NoError(t, box.Close()) })
	for n := range cameras {
		require.NoError(t, e.configure(&visionpb.Configure{Camera: fmt.Sprint(n), Codec: visionpb.Codec_CODEC_H264}))
	}
	return e
}

// show looks at a unit as the camera's seq-th.
func show(t testing.TB, e *eyes, camera int, seq uint64, u *models.AccessUnit) {
	r := asUnit(u, true, false).GetUnit()
	r.Camera, r.Seq = fmt.Sprint(camera), seq
	if got := e.look(r, false); got.GetFault() != 0 {
		t.Fatal(got)
	}
}

// empty is a lane where nobody is.
func empty(t testing.TB) []*models.AccessUnit {
	return clips.Units(t, "intel_car.mp4", "a", models.H264, "3", "trim=start=10.5:end=14,setpts=PTS-STARTPTS")
}

// TestMemoryFollowsTheCamerasThatAreAwake counts the process's pages, because what C holds no Go tool sees.
func TestMemoryFollowsTheCamerasThatAreAwake(t *testing.T) {
	units, busy := empty(t), clips.Units(t, "vtest.avi", "a", models.H264, "2", "")
	e := hall(t, 104)
	before := resident(t)
	for round := range 4 {
		for n := range 94 {
			show(t, e, n, uint64(round+1), units[round%2*20])
		}
	}
	asleep := resident(t) - before
	for k, u := range busy {
		for n := range 10 {
			show(t, e, 94+n, uint64(k+1), u)
		}
	}
	awake := resident(t) - before - asleep
	t.Logf("94 asleep: %d KB each, 10 awake: %d KB each", asleep>>10/94, awake>>10/10)
	require.Less(t, asleep, 94*3<<19, "1.5 MB each")
	require.Less(t, awake, 10*5<<20)
}

func BenchmarkAsleepLook(b *testing.B) {
	units := empty(b)
	e := hall(b, 94)
	defer spend(b)()
	for i := 0; b.Loop(); i++ {
		show(b, e, i%94, uint64(i/94+1), units[i/94%2*20])
	}
}

func BenchmarkAwakeUnit(b *testing.B) {
	units := clips.Units(b, "vtest.avi", "a", models.H264, "8", "")
	e := hall(b, 10)
	defer spend(b)()
	for i := 0; b.Loop(); i++ {
		show(b, e, i%10, uint64(i/10+1), units[i/10%len(units)])
	}
}

// spend reports the processor time of a look, which is the same on a busy machine.
func spend(b *testing.B) func() {
	begun := used(b)
	return func() { b.ReportMetric((used(b)-begun)/float64(b.N), "cpu-ms/op") }
}

// used returns the processor time of this process, in milliseconds.
func used(t testing.TB) float64 {
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// resident returns the bytes of memory that the process has.
func resident(t *testing.T) int {
	text, err := os.ReadFile("/proc/self/statm")
	require.NoError(t, err)
	var size, pages int
	_, err = fmt.Sscan(string(text), &size, &pages)
	require.NoError(t, err)
	return pages * os.Getpagesize()
}
