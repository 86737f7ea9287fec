package detect

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/detect/vision/clips"
	"zhihui/models"
)

// scenery is what a camera looks at: a clip, or a picture of which each take has its own noise.
type scenery struct {
	name, path string
	pictures   int     // at most, of a take
	rate       float64 // pictures a second that are taken of a clip
	from, to   float64 // seconds of the clip; 0, 0 = all of it
	still      bool
}

// takes codes pictures of a scenery as each of the filters makes them of 640×360, all of them key units.
func (s scenery) takes(filters []string, quality int) ([][]*models.AccessUnit, error) {
	graph := &strings.Builder{}
	fmt.Fprintf(graph, "[0:v]%s,split=%d", s.chain(), len(filters))
	for i := range filters {
		fmt.Fprintf(graph, "[in%d]", i)
	}
	ends := ""
	for i, f := range filters {
		fmt.Fprintf(graph, ";[in%d]%s,format=yuv420p,setsar=1[out%d]", i, strings.ReplaceAll(f, "@", fmt.Sprint("x", i, "_")), i)
		ends += fmt.Sprintf("[out%d]", i)
	}
	fmt.Fprintf(graph, ";%sconcat=n=%d", ends, len(filters))
	input := []string{"-i", s.path}
	if s.still {
		input = []string{"-loop", "1", "-i", s.path}
	}
	said := &strings.Builder{}
	cmd := exec.Command("ffmpeg", append(append([]string{"-v", "error"}, input...), "-filter_complex", graph.String(), "-c:v", "libx264", "-profile:v", "main",
		"-g", "1", "-bf", "0", "-crf", fmt.Sprint(quality), "-preset", "veryfast", "-x264-params", "aud=1:repeat-headers=1", "-f", "h264", "-")...)
	cmd.Stderr = said
	stream, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %.500s", graph, err, said)
	}
	units := clips.Split(stream, "gate", models.H264)
	each := len(units) / len(filters)
	if each == 0 || each*len(filters) != len(units) {
		return nil, fmt.Errorf("%s: %d pictures come of %d filters", s.name, len(units), len(filters))
	}
	var all [][]*models.AccessUnit
	for i := range filters {
		all = append(all, units[i*each:(i+1)*each])
	}
	return all, nil
}

// chain makes the camera's pictures of the source.
func (s scenery) chain() string {
	const fill = "scale=640:360:force_original_aspect_ratio=increase,crop=640:360"
	if s.still {
		return fmt.Sprintf("%s,trim=end_frame=%d,noise=alls=3:allf=t", fill, s.pictures)
	}
	cut := ""
	if s.to > 0 {
		cut = fmt.Sprintf("trim=start=%g:end=%g,setpts=PTS-STARTPTS,", s.from, s.to)
	}
	return fmt.Sprintf("%sfps=%g,%s,trim=end_frame=%d", cut, s.rate, fill, s.pictures)
}

// realEyes is a Vision over the real pixel worker; where that cannot be built, the test is skipped.
func realEyes(t testing.TB) *Vision {
	binary := filepath.Join(t.TempDir(), "zhihui-vision")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", binary, "zhihui/cmd/zhihui-vision")
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if said, err := build.CombinedOutput(); err != nil {
		t.Skipf("zhihui-vision cannot be built here: %v: %.500s", err, said)
	}
	cfg := DefaultVisionConfig()
	cfg.Binary, cfg.Instances = binary, 1
	v, err := NewVision(cfg, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- v.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	require.Eventually(t, func() bool { return v.Health().Up == 1 }, 30*time.Second, 10*time.Millisecond)
	return v
}

// sights has the real worker look at each of the units.
func sights(ctx context.Context, v *Vision, units []*models.AccessUnit) (all []Sight, err error) {
	for _, u := range units {
		s, err := v.Glance(ctx, u, false)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// clipPath is where a clip lies, "" = nowhere.
func clipPath(name string) string {
	for _, dir := range []string{"/usr/share/doc/opencv-doc/examples/data", filepath.Join(sharedFolder(), "footage")} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return filepath.Join(dir, name)
		}
	}
	return ""
}

func sharedFolder() string {
	if shared := os.Getenv("ZHIHUI_SHARED"); shared != "" {
		return shared
	}
	return filepath.Join(clips.Root(), "..", "shared")
}
