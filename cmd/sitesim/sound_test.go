package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp"
	"zhihui/models"
	"zhihui/models/mp4"
)

// flashes makes a clip whose first pictures of each second are white, and the others black.
func flashes(t *testing.T, folder string) Clip {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=black:s=640x360:r=10:d=8,geq=lum='if(lt(mod(N,10),2),235,16)':cb=128:cr=128",
		"-c:v", "libx264", "-qp", "10", filepath.Join(folder, "flashes.mp4")).CombinedOutput()
	if err != nil {
		t.Skipf("ffmpeg cannot make a clip: %s", out)
	}
	return Clip{File: "flashes.mp4"}
}

// soundSite is a site with one camera of each coding that flashes and beeps at once, and where it reports.
func soundSite(t *testing.T) (s *site, stop func() Report) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed: it makes the clip and the sound")
	}
	folder := t.TempDir()
	clips := []Clip{flashes(t, folder)}
	script := &Script{Loop: Span(time.Hour), RTSP: RTSP{Listen: "127.0.0.1:0", Username: "zhihui", Password: "secret"}}
	for _, sound := range []Sound{SoundAAC, SoundOpus, SoundPCMA, SoundPCMU, ""} {
		script.Cameras = append(script.Cameras, Camera{ID: "cam-" + string(sound), Clips: clips, Sound: sound})
	}
	require.NoError(t, script.Validate())
	script.settle()
	maker := studio{cache: t.TempDir(), folders: []string{folder}, out: &bytes.Buffer{}}
	all, err := maker.prepare(t.Context(), script.Cameras)
	require.NoError(t, err)
	return runSite(t, script, all)
}

// Sound of each coding comes with the pictures, whole, without a break, and its beeps with the flashes.
func TestSoundComesInStep(t *testing.T) {
	s, stop := soundSite(t)
	t.Run("cameras", func(t *testing.T) { soundInStep(t, s) })
	for _, c := range stop().Cameras {
		require.Equal(t, c.ID != "cam-", c.Sound > 0, c.ID)
	}
}

func soundInStep(t *testing.T, s *site) {
	for _, c := range s.script.Cameras {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var units []*models.AccessUnit
			var told []models.SoundMeasure
			source := rtsp.Source{DialTimeout: patience, AnswerTimeout: patience, Now: time.Now}
			_ = source.Run(ctx, models.Camera{ID: c.ID, URL: "rtsp://" + s.server.addr() + "/" + c.ID, Username: "zhihui", Password: "secret"}, rtsp.Sink{
				Sound: func(m models.SoundMeasure) { told = append(told, m) }, Lost: func(int) {},
				Unit: func(u *models.AccessUnit) {
					if units = append(units, u); len(units) == 45 {
						cancel()
					}
				},
			})
			require.Len(t, units, 45)
			if c.Sound == "" {
				require.Equal(t, []models.SoundMeasure{{}}, told)
				return
			}
			require.Equal(t, []models.SoundMeasure{{Codec: c.tape.format.Codec(), Kept: true}}, told)
			var frames []models.SoundFrame
			for _, u := range units {
				frames = append(frames, u.Sound...)
			}
			length := time.Duration(0)
			for i, f := range frames {
				require.True(t, i == 0 || frames[i-1].PTS+frames[i-1].Length == f.PTS || f.PTS < time.Second/2, "without a break once both clocks are known")
				length += f.Length
			}
			require.InDelta(t, 4.3, length.Seconds(), 0.25)
			beeps, flashes := beginnings(t, footageOf(t, units))
			require.GreaterOrEqual(t, len(beeps), 2)
			for i, at := range beeps[:min(len(beeps), len(flashes))] {
				t.Logf("beep at %v, flash at %v", at, flashes[i])
				require.InDelta(t, flashes[i], at, float64(50*time.Millisecond))
			}
		})
	}
}

// beginnings lets ffmpeg say when beeps and flashes begin in a file of footage, which begins with a flash. Of each the last is left
// out: it may be the end of the file. Without sound there are flashes alone.
func beginnings(t *testing.T, film []byte) (beeps, flashes []time.Duration) {
	name := filepath.Join(t.TempDir(), "footage.mp4")
	require.NoError(t, os.WriteFile(name, film, 0o600))
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "info", "-nostdin", "-i", name, "-af", "silencedetect=noise=-20dB:d=0.3", "-vf", "blackdetect=d=0.3", "-f", "null", "-").CombinedOutput()
	require.NoError(t, err, string(out))
	for _, found := range regexp.MustCompile(`(silence_end|black_end): ?([0-9.]+)`).FindAllStringSubmatch(string(out), -1) {
		at, err := strconv.ParseFloat(found[2], 64)
		require.NoError(t, err)
		if when := time.Duration(at * float64(time.Second)); found[1] == "black_end" {
			flashes = append(flashes, when)
		} else {
			beeps = append(beeps, when)
		}
	}
	if len(beeps) > 0 {
		beeps = beeps[:len(beeps)-1]
	}
	require.NotEmpty(t, flashes, string(out))
	return beeps, flashes[:len(flashes)-1]
}

// footageOf is a file of footage that begins with the second key unit: with that the sound is known.
func footageOf(t *testing.T, units []*models.AccessUnit) []byte {
	var film mp4.Film
	var samples []mp4.Sample
	for i, u := range units {
		u.Session, u.Seq = 1, uint64(i+1)
		s, ok, err := film.Add(u)
		require.NoError(t, err)
		require.True(t, ok)
		if s.Fresh {
			samples = nil
		} else {
			samples[len(samples)-1].Until(&s)
		}
		samples = append(samples, s)
	}
	return film.Header().AppendPart(film.Header().Init, 1, samples[0].DTS, samples)
}
