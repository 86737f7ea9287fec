// Package mp4test makes footage for tests: access units as cameras send them, of pictures that ffmpeg can decode again.
package mp4test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// Footage is a few seconds of a moving picture, 10 a second, a key picture every 2 seconds, as a camera sends it.
// It needs ffmpeg with the encoder; size is such as 320x180. There are no B-frames unless more says so.
func Footage(t testing.TB, codec models.Codec, size, seconds string, more ...string) []*models.AccessUnit {
	t.Helper()
	for _, tool := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " makes the test's footage and is not installed")
		}
	}
	file := filepath.Join(t.TempDir(), "film.mp4")
	args := []string{"-v", "error", "-f", "lavfi", "-i", "testsrc2=size=" + size + ":rate=10", "-t", seconds, "-pix_fmt", "yuv420p"}
	if codec == models.H265 {
		args = append(args, "-c:v", "libx265", "-x265-params", "keyint=20:scenecut=0:bframes=0:log-level=none")
	} else {
		args = append(args, "-c:v", "libx264", "-x264-params", "keyint=20:scenecut=0", "-bf", "0")
	}
	encode(t, append(append(args, more...), file)...)
	format := map[models.Codec]string{models.H264: "h264", models.H265: "hevc"}[codec]
	var nalus h264.AnnexB // the same form for H.265
	require.NoError(t, nalus.Unmarshal(Run(t, "ffmpeg", "-v", "error", "-i", file, "-c", "copy", "-f", format, "-")))
	times := Run(t, "ffprobe", "-v", "error", "-show_entries", "packet=pts_time", "-of", "csv=p=0", file)
	return units(t, codec, nalus, strings.Fields(string(times)))
}

// encode runs ffmpeg; the test is skipped where this one lacks the encoder.
func encode(t testing.TB, args ...string) {
	t.Helper()
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Skipf("this ffmpeg cannot make the test's footage: %s", out)
	}
}

// Run returns what a program prints, which must not fail.
func Run(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	var fault bytes.Buffer
	cmd.Stderr = &fault
	out, err := cmd.Output()
	require.NoError(t, err, "%s: %s", name, fault.String())
	return out
}

// units puts NAL units together to access units of one slice each: whatever follows a slice begins the next one.
func units(t testing.TB, codec models.Codec, nalus [][]byte, times []string) []*models.AccessUnit {
	var all []*models.AccessUnit
	full := true
	for _, n := range nalus {
		if full {
			pts, err := time.ParseDuration(strings.TrimRight(times[len(all)], ",") + "s")
			require.NoError(t, err)
			all = append(all, &models.AccessUnit{Camera: "c1", Codec: codec, Session: 1, Seq: uint64(len(all) + 1), PTS: pts})
		}
		u := all[len(all)-1]
		kind := n[0] & 0x1f
		full, u.Key = kind >= 1 && kind <= 5, kind == 5
		if codec == models.H265 {
			kind = n[0] >> 1 & 0x3f
			full, u.Key = kind < 32, kind >= 16 && kind <= 21
		}
		u.NALUs = append(u.NALUs, n)
	}
	return all
}
