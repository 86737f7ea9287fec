package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest"
	"zhihui/models"
)

// A camera lives for frozenFrom pictures, and shows the last one of them for frozenFor more.
const frozenFrom, frozenFor = 12 * pictureRate, 14 * pictureRate

// froze plays footage to the hub. living is for how long nothing was said to change while it did, noticed how long after it
// froze that was said for more than 6 s; 0 = never.
func froze(t *testing.T, codec Codec, f *footage) (living, noticed time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		hub := ingest.NewHub(ingest.DefaultConfig())
		ctx, cancel := context.WithCancel(t.Context())
		done, at := make(chan error, 1), time.Now().Add(frozenFrom*unitPeriod)
		go func() {
			done <- hub.Run(ctx, func(v models.StreamVital) {
				switch still, gone := time.Duration(v.StillMs)*time.Millisecond, time.Since(at); {
				case gone < 0:
					living = max(living, still)
				case still > 6*time.Second && noticed == 0:
					noticed = gone
				}
			})
		}()
		for _, u := range f.units {
			hub.Publish(&models.AccessUnit{Camera: "c", Codec: models.Codec(codec), Session: 1, Key: u.key, ReceivedAt: time.Now(),
				NALUs: append(u.params[:len(u.params):len(u.params)], u.slices...)})
			time.Sleep(unitPeriod)
		}
		cancel()
		require.NoError(t, <-done)
	})
	return living, noticed
}

// What comes of real footage that freezes, in each of some encodings. An encoder that holds a rate and knows no finest quantiser
// refines a frozen picture for ever: its units tell nothing, and it is not found out.
func TestFrozenFootageInItsEncodings(t *testing.T) {
	if testing.Short() {
		t.Skip("it codes half a minute of five clips in four ways")
	}
	t.Parallel()
	const x264, x265 = "-c:v libx264 -profile:v main -sc_threshold 0 -g 20 -bf 0 -f h264 ",
		"-c:v libx265 -x265-params keyint=20:min-keyint=20:scenecut=0:bframes=0:open-gop=0:info=0:repeat-headers=1:log-level=error -f hevc "
	encodings := []struct {
		name  string
		codec Codec
		args  string
		tells bool
	}{
		{"H.264, by quality", CodecH264, x264 + "-crf 26", true},
		{"H.264, 384 kbit/s, quantiser ≥ 20", CodecH264, x264 + "-b:v 384k -maxrate 480k -bufsize 480k -qmin 20", true},
		{"H.265, 384 kbit/s", CodecH265, x265 + "-b:v 384k", true},
		{"H.264, 384 kbit/s, no least quantiser", CodecH264, x264 + "-b:v 384k", false},
	}
	folders := footageFolders([]string{filepath.Join("..", "..", "..", "shared", "footage")})
	out, file, missed := &strings.Builder{}, filepath.Join(t.TempDir(), "clip"), 0
	fmt.Fprintf(out, "frozen, by compressed units: noticed after (–: never)\n")
	for _, clip := range []string{"vtest.avi", "tree.avi", "intel_one_by_one_person.mp4", "bgs_highway_cyclist.avi", "intel_bottle.mp4"} {
		_, path, err := findClip("c", []Clip{{File: clip}}, folders)
		if err != nil {
			t.Skip(err)
		}
		for _, e := range encodings {
			needEncoder(t, Encoding{Codec: e.codec})
			args := fmt.Sprintf("-v error -y -i %s -vf fps=10,scale=640:360,trim=end_frame=%d,tpad=stop_mode=clone:stop_duration=%d -an -preset veryfast -pix_fmt yuv420p %s %s",
				path, frozenFrom, frozenFor/pictureRate, e.args, file)
			said, err := exec.Command("ffmpeg", strings.Fields(args)...).CombinedOutput()
			require.NoError(t, err, "%s", said)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			f, err := parseFootage(e.codec, text)
			require.NoError(t, err)
			living, noticed := froze(t, e.codec, f)
			require.Less(t, living, 6*time.Second, "%s, %s, while it lives", clip, e.name)
			told := "–"
			if noticed > 0 {
				told = noticed.Round(100 * time.Millisecond).String()
			}
			fmt.Fprintf(out, "%-30s%-40s%s\n", clip, e.name, told)
			if e.tells && (noticed == 0 || noticed > 10*time.Second) {
				missed++
			}
		}
	}
	t.Log("\n" + out.String())
	if dir := os.Getenv("ZHIHUI_REPORT"); dir != "" {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "conditions-frozen.txt"), []byte(out.String()), 0o644))
	}
	require.LessOrEqual(t, missed, 1, "of those whose units tell")
}
