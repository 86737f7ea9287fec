package coding

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// The encoders and a parser that is not ours say the same of each slice.
func TestQPOfEachSliceIsWhatFFmpegReads(t *testing.T) {
	for name, c := range map[string]struct {
		codec  models.Codec
		params string
	}{
		"constant, CABAC":         {models.H264, "qp=23"},
		"constant, CAVLC":         {models.H264, "qp=30:cabac=0:bframes=0"},
		"constant, B pictures":    {models.H264, "qp=40:bframes=3:b-pyramid=normal:ref=4"},
		"weights":                 {models.H264, "bitrate=300:weightp=2:weightb=1:bframes=2:ref=5"},
		"rate, slices":            {models.H264, "bitrate=200:slices=4:weightp=0"},
		"fields":                  {models.H264, "bitrate=300:tff=1:bframes=2:ref=3"},
		"baseline":                {models.H264, "bitrate=200:cabac=0:bframes=0:ref=1:weightp=0:8x8dct=0"},
		"lossless":                {models.H264, "qp=0"},
		"H.265 constant":          {models.H265, "qp=30"},
		"H.265, no B pictures":    {models.H265, "bitrate=200:bframes=0:ref=4"},
		"H.265, B pictures":       {models.H265, "bitrate=200:bframes=4:b-pyramid=1:ref=5:weightb=1"},
		"H.265, slices":           {models.H265, "bitrate=200:slices=2:wpp=1"},
		"H.265, no SAO, lists":    {models.H265, "bitrate=200:sao=0:temporal-mvp=0:scaling-list=default"},
		"H.265, open GOP":         {models.H265, "bitrate=200:open-gop=1:bframes=3"},
		"H.265, no motion kept":   {models.H265, "bitrate=100:temporal-mvp=0:weightp=1"},
		"H.265, small tree block": {models.H265, "qp=35:ctu=16"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := encode(t, c.codec, c.params)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			m := Meter{codec: c.codec}
			var got []int
			for _, p := range Cut(text, c.codec) {
				for _, nalu := range p.NALUs {
					s, is, ok := m.read(nalu)
					require.True(t, ok)
					if is {
						got = append(got, s.qp)
					}
				}
			}
			require.Equal(t, truth(t, path), got)
		})
	}
}

func encode(t *testing.T, codec models.Codec, params string) string {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed, so there is nothing to compare with")
	}
	path := filepath.Join(t.TempDir(), "clip."+string(codec))
	library, option := "libx264", "-x264-params"
	if codec == models.H265 {
		library, option = "libx265", "-x265-params"
		params += ":log-level=none:pools=none:frame-threads=1"
	}
	// A fade makes encoders weigh their references; the bars move.
	out, err := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=208x160:rate=10:duration=4",
		"-vf", "fade=in:0:12,fade=out:24:12", "-pix_fmt", "yuv420p", "-c:v", library, "-threads", "1", option, params+":keyint=15", path).CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// truth is the quantiser of each slice as ffmpeg's own parser reads it.
func truth(t *testing.T, path string) []int {
	out, err := exec.Command("ffmpeg", "-nostdin", "-i", path, "-c", "copy", "-bsf:v", "trace_headers", "-f", "null", "-").CombinedOutput()
	require.NoError(t, err, string(out))
	said := regexp.MustCompile(`(slice_qp_delta|pic_init_qp_minus26|init_qp_minus26) .* = (-?\d+)`)
	initial := 0
	var all []int
	for line := range strings.Lines(string(out)) {
		m := said.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		v, err := strconv.Atoi(m[2])
		require.NoError(t, err)
		if m[1] == "slice_qp_delta" {
			all = append(all, 26+initial+v)
		} else {
			initial = v
		}
	}
	require.NotEmpty(t, all, fmt.Sprintf("%.300s", out))
	return all
}
