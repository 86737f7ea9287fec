// Package clips gives the tests of the pixel worker real footage as access units: clips of Debian's opencv-doc and of
// the shared footage, coded by ffmpeg as a camera would.
package clips

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"zhihui/models"
)

// Path returns where a clip or network of the given name lies, or skips the test with the reason.
func Path(t testing.TB, name string) string {
	t.Helper()
	shared := os.Getenv("ZHIHUI_SHARED")
	if shared == "" {
		shared = filepath.Join(Root(), "..", "shared")
	}
	for _, dir := range []string{"/usr/share/doc/opencv-doc/examples/data", filepath.Join(shared, "footage"), filepath.Join(shared, "models")} {
		if p := filepath.Join(dir, name); exists(p) {
			return p
		}
	}
	t.Skipf("%s is neither in the package opencv-doc nor in the shared folder (ZHIHUI_SHARED)", name)
	return ""
}

// Root returns the repository's root folder, of a test of it.
func Root() string {
	dir, err := os.Getwd() // a test's is its package
	for err == nil && !exists(filepath.Join(dir, "go.mod")) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	return dir
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Units codes the first seconds of a clip at 640×360, 10 pictures a second, GOP of 2 s, and returns its access units as
// those of the camera. filter goes before the scaling, such as "eq=brightness=0.1"; "" = none.
func Units(t testing.TB, clip, camera string, codec models.Codec, seconds, filter string) []*models.AccessUnit {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	if filter != "" {
		filter += ","
	}
	coder := []string{"-c:v", "libx264", "-profile:v", "main", "-x264-params", "aud=1:repeat-headers=1:scenecut=0", "-f", "h264"}
	if codec == models.H265 {
		coder = []string{"-c:v", "libx265", "-x265-params", "aud=1:repeat-headers=1:scenecut=0:log-level=none", "-f", "hevc"}
	}
	args := append([]string{"-v", "error", "-i", Path(t, clip), "-t", seconds, "-vf", filter + "fps=10,scale=640:360",
		"-pix_fmt", "yuv420p", "-bf", "0", "-g", "20", "-b:v", "384k", "-preset", "veryfast"}, coder...)
	cmd := exec.Command("ffmpeg", append(args, "-")...)
	stream, err := cmd.Output()
	if err != nil {
		t.Fatalf("ffmpeg could not code %s: %v", clip, err)
	}
	return Split(stream, camera, codec)
}

// Split cuts a coded stream with access unit delimiters into units 100 ms apart.
func Split(stream []byte, camera string, codec models.Codec) []*models.AccessUnit {
	var units []*models.AccessUnit
	for nalu := range bytes.SplitSeq(bytes.ReplaceAll(stream, []byte{0, 0, 0, 1}, []byte{0, 0, 1}), []byte{0, 0, 1}) {
		if len(nalu) == 0 {
			continue
		}
		delimiter, key := kind(codec, nalu[0])
		if delimiter || len(units) == 0 {
			n := len(units)
			units = append(units, &models.AccessUnit{Camera: camera, Codec: codec, Seq: uint64(n + 1), Session: 1,
				PTS: time.Duration(n) * 100 * time.Millisecond, ReceivedAt: time.UnixMilli(int64(1_700_000_000_000 + n*100))})
		}
		u := units[len(units)-1]
		u.NALUs = append(u.NALUs, nalu)
		u.Key = u.Key || key
	}
	return units
}

func kind(codec models.Codec, first byte) (delimiter, key bool) {
	if codec == models.H265 {
		n := first >> 1 & 63
		return n == 35, n >= 16 && n <= 21
	}
	return first&31 == 9, first&31 == 5
}
