package playback

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4/mp4test"
)

// export takes a span out and returns it, and the file's path.
func (s *studio) export(from, to models.Time) (*Export, string) {
	e, err := s.Export(s.t.Context(), "gate", from, to)
	require.NoError(s.t, err)
	path := filepath.Join(s.t.TempDir(), "film.mp4")
	f, err := os.Create(path)
	require.NoError(s.t, err)
	var size int64
	require.NoError(s.t, e.Write(f, func(n int64) { size = n }))
	require.NoError(s.t, f.Close())
	require.NoError(s.t, e.Close())
	is, err := os.Stat(path)
	require.NoError(s.t, err)
	require.Equal(s.t, size, is.Size(), "what was said before the first byte")
	return e, path
}

// hashes are the decoded pictures of a film in the order in which they are shown: when, in ms, and which.
func hashes(t testing.TB, file string) (at []string, picture []string) {
	t.Helper()
	out := string(mp4test.Run(t, "ffmpeg", "-v", "error", "-xerror", "-i", file, "-map", "0:v", "-fps_mode", "passthrough", "-enc_time_base", "1:1000", "-f", "framemd5", "-"))
	for line := range strings.Lines(out) {
		if fields := strings.Split(strings.TrimSpace(line), ","); len(fields) == 6 && !strings.HasPrefix(line, "#") {
			at, picture = append(at, strings.TrimSpace(fields[2])), append(picture, strings.TrimSpace(fields[5]))
		}
	}
	return at, picture
}

// duration is what ffprobe says of a film, in seconds.
func duration(t testing.TB, file string) string {
	return strings.TrimSpace(string(mp4test.Run(t, "ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file)))
}

// What is taken out shows exactly the span that was asked for: its first picture and its last, its length, and it can be seeked in.
func TestExport(t *testing.T) {
	for name, c := range map[string]struct {
		codec models.Codec
		more  []string
	}{
		"h264":          {codec: models.H264},
		"h264 B-frames": {codec: models.H264, more: []string{"-bf", "2"}},
		"h265 B-frames": {codec: models.H265, more: []string{"-x265-params", "keyint=20:scenecut=0:open-gop=0:bframes=2:log-level=none"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := openStudio(t)
			segments := s.record(noon, mp4test.Footage(t, c.codec, "320x180", "12", c.more...), 3500*time.Millisecond)
			end := segments[len(segments)-1].To
			whole, file := s.export(noon, end+1000)
			_, pictures := hashes(t, file)
			require.Len(t, pictures, 120)
			shift := int(whole.From-noon) / 100 // the first picture comes so late, with B-frames

			for _, span := range [][2]models.Time{{2500, 7300}, {0, 1000}, {3999, 4001}, {11_000, 11_900}, {2000, 4000}} {
				e, file := s.export(noon+span[0], noon+span[1])
				at, got := hashes(t, file)
				first := max(0, int(span[0])/100-shift)
				if e.From > noon+span[0] {
					require.Zero(t, span[0])
					first = 0
				}
				require.NotEmpty(t, got)
				require.Equal(t, pictures[first], got[0], "%v: the picture that was shown at that instant", span)
				require.Equal(t, "0", at[0], "%v", span)
				last := (int(e.To-noon)-1)/100 - shift
				require.Equal(t, pictures[first:last+1], got, "%v", span)
				require.Equal(t, time.Duration(e.To-e.From)*time.Millisecond, seconds(t, duration(t, file)), "%v", span)
			}
			b, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Less(t, bytes.Index(b, []byte("moov")), bytes.Index(b, []byte("mdat")), "a player can seek before it has all")
		})
	}
}

func seconds(t testing.TB, s string) time.Duration {
	d, err := time.ParseDuration(s + "s")
	require.NoError(t, err)
	return d
}

// In a gap the last picture stands; what is not there at the ends is left out.
func TestExportOverAGap(t *testing.T) {
	s := openStudio(t)
	film := mp4test.Footage(t, models.H264, "320x180", "4")
	s.record(noon, film, time.Minute)
	s.record(noon+10_000, film, time.Minute)
	e, file := s.export(noon-5000, noon+60_000)
	require.Equal(t, noon, e.From)
	require.Equal(t, noon+14_000, e.To)
	at, pictures := hashes(t, file)
	require.Len(t, pictures, 80)
	require.Equal(t, []string{"3900", "10000", "10100"}, at[39:42])
	require.Equal(t, 14*time.Second, seconds(t, duration(t, file)))
}

func TestWhatCannotBeExported(t *testing.T) {
	s := openStudio(t)
	segments := s.record(noon, mp4test.Footage(t, models.H264, "320x180", "2"), time.Minute)
	s.record(noon+2000, mp4test.Footage(t, models.H264, "160x90", "2"), time.Minute)
	for name, c := range map[string]struct {
		from, to models.Time
		code     models.Code
		says     string
	}{
		"backwards":      {2000, 1000, models.Invalid, "after `from`"},
		"too long":       {0, 7_200_001, models.Invalid, "2h"},
		"nothing":        {60_000, 61_000, models.NotFound, "no footage"},
		"another coding": {0, 3000, models.Invalid, "2026-05-01T12:00:02.000Z"},
	} {
		_, err := s.Export(t.Context(), "gate", noon+c.from, noon+c.to)
		require.Equal(t, c.code, models.CodeOf(err), "%s: %v", name, err)
		require.ErrorContains(t, err, c.says)
	}
	first, err := s.Export(t.Context(), "gate", noon, noon+1000)
	require.NoError(t, err)
	second, err := s.Export(t.Context(), "gate", noon, noon+1000)
	require.NoError(t, err)
	_, err = s.Export(t.Context(), "gate", noon, noon+1000)
	require.Equal(t, models.TooMany, models.CodeOf(err))
	require.NoError(t, second.Close())

	require.NoError(t, os.Remove(filepath.Join(s.dir, segments[0].File())))
	require.NoError(t, first.Write(io.Discard, func(int64) {}), "deleted meanwhile")
	require.NoError(t, first.Close())
}

// After our clock was set back two files tell of the same time: a film has one of them there, and goes on with the other; a player is
// not sent back.
func TestTheClockWasSetBack(t *testing.T) {
	s := openStudio(t)
	film := mp4test.Footage(t, models.H264, "320x180", "10")
	s.record(noon, film, time.Minute)
	s.record(noon+4300, film, time.Minute)
	e, file := s.export(noon, noon+20_000)
	require.Equal(t, noon+14_300, e.To)
	at, _ := hashes(t, file)
	require.Len(t, at, 100+40, "the second from its key picture at 10.3 s on")
	require.Equal(t, []string{"9900", "10300"}, at[99:101])
	for from := noon; from < noon+14_300; {
		p, film := s.play(Want{From: from, For: 4 * time.Second, Origin: noon})
		require.Greater(t, p.To, from)
		shown := pictures(t, film)
		require.IsIncreasing(t, times(t, shown))
		from = p.To
	}
}

func times(t testing.TB, all []string) []time.Duration {
	var at []time.Duration
	for _, s := range all {
		at = append(at, seconds(t, s))
	}
	return at
}
