package mp4_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4"
	"zhihui/models/mp4/mp4test"
)

// written is the file of the units from where their sound stands in the header on, in parts of a key picture each.
func written(t *testing.T, units []*models.AccessUnit) (file []byte, from int, h *mp4.Header) {
	var film mp4.Film
	var held *mp4.Sample
	var zero int64
	var part []mp4.Sample
	seq := uint32(1)
	flush := func() {
		part = append(part, *held)
		file = film.Header().AppendPart(file, seq, zero, part)
		part, seq = nil, seq+2
	}
	for i, u := range units {
		s, ok, err := film.Add(u)
		require.NoError(t, err)
		require.True(t, ok)
		switch {
		case s.Fresh:
			file, zero, from, part = bytes.Clone(film.Header().Init), s.DTS, i, nil
		case s.Key:
			held.Until(&s)
			flush()
		default:
			held.Until(&s)
			part = append(part, *held)
		}
		held = &s
	}
	flush()
	return file, from, film.Header()
}

// Sound plays beside the picture, every frame of it, in step; and the same file without it plays, too.
func TestSoundBesideThePicture(t *testing.T) {
	for codec, c := range map[models.SoundCodec]struct{ name, mime string }{
		models.AAC:  {"aac", "mp4a.40.2"},
		models.Opus: {"opus", "opus"},
		models.PCM:  {"pcm_s16le", "ipcm"},
	} {
		t.Run(string(codec), func(t *testing.T) {
			sound := mp4test.Sound(t, codec, 8*time.Second)
			units := mp4test.Hear(mp4test.Footage(t, models.H264, "320x180", "8"), sound)
			file, from, header := written(t, units)
			require.Equal(t, 20, from, "from the second key picture on: with the first nobody has heard anything")
			require.Contains(t, header.MIME, ","+c.mime+`"`)
			require.Equal(t, codec != models.PCM, header.Audible())
			path := filepath.Join(t.TempDir(), "film.mp4")
			require.NoError(t, os.WriteFile(path, file, 0o600))
			require.Empty(t, string(mp4test.Run(t, "ffmpeg", "-v", "error", "-xerror", "-i", path, "-f", "null", "-")))
			out := string(mp4test.Run(t, "ffprobe", "-v", "error", "-select_streams", "a", "-show_entries", "stream=codec_name:packet=pts_time,duration_time", "-of", "csv=p=0", path))
			lines := strings.Fields(out)
			require.Equal(t, c.name, strings.Trim(lines[len(lines)-1], ","))
			first, err := time.ParseDuration(strings.Split(lines[0], ",")[0] + "s")
			require.NoError(t, err)
			require.Less(t, first, 70*time.Millisecond, "it begins with the picture")

			heard, zero := 0, units[from].PTS
			for _, f := range sound {
				if f.PTS >= zero && f.PTS < units[len(units)-1].PTS {
					heard++
				}
			}
			w, err := mp4.Open(bytes.NewReader(file), int64(len(file)))
			require.NoError(t, err)
			frames, end := 0, int64(0)
			silent := bytes.Clone(header.Silent().Init)
			for w.Next() {
				if w.Part.Track == mp4.Video {
					silent = append(silent, file[w.Part.Offset:w.Whole]...)
				} else {
					require.True(t, end == 0 || w.Part.At == end, "one part follows the other without a gap")
					frames, end = frames+len(w.Part.Entries), w.Part.At+w.Part.Length
				}
			}
			require.NoError(t, w.Err())
			require.Equal(t, heard, frames)
			require.Equal(t, header.MIME, w.Header.MIME, "read again")
			require.InDelta(t, 6, float64(end)/float64(w.Rate), 0.2)

			require.NoError(t, os.WriteFile(path, silent, 0o600))
			require.Equal(t, "h264", strings.TrimSpace(string(mp4test.Run(t, "ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", path))))
			require.NotContains(t, header.Silent().MIME, c.mime)
			require.False(t, header.Silent().Audible())
		})
	}
}

// Samples that are not compressed come out of ffmpeg as they went in.
func TestSamplesComeOutAsTheyWentIn(t *testing.T) {
	sound := mp4test.Sound(t, models.PCM, 6*time.Second)
	file, _, _ := written(t, mp4test.Hear(mp4test.Footage(t, models.H264, "320x180", "6"), sound))
	path := filepath.Join(t.TempDir(), "film.mp4")
	require.NoError(t, os.WriteFile(path, file, 0o600))
	var in []byte
	for _, f := range sound {
		in = append(in, f.Payload...)
	}
	out := mp4test.Run(t, "ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-f", "s16le", "-")
	require.Greater(t, len(out), 3*16000)
	require.True(t, bytes.Contains(in, out))
}

// What a camera says of its sound may be nonsense: its picture is kept, and what can be kept of the sound.
func TestSoundThatIsNone(t *testing.T) {
	good := models.SoundFrame{Codec: models.PCM, Rate: 8000, Channels: 1, PTS: 100 * time.Millisecond, Length: 20 * time.Millisecond, Payload: make([]byte, 320)}
	for name, spoil := range map[string]func(*models.SoundFrame){
		"no rate":      func(f *models.SoundFrame) { f.Rate = 0 },
		"a wild rate":  func(f *models.SoundFrame) { f.Rate = 1 << 30 },
		"no channels":  func(f *models.SoundFrame) { f.Channels = 0 },
		"no setup":     func(f *models.SoundFrame) { f.Codec = models.AAC },
		"other coding": func(f *models.SoundFrame) { f.Codec = "g726" },
	} {
		var film mp4.Film
		for i, u := range mp4test.Footage(t, models.H264, "160x90", "4") {
			f := good
			f.PTS = u.PTS
			spoil(&f)
			u.Sound = []models.SoundFrame{f}
			s, ok, err := film.Add(u)
			require.NoError(t, err)
			require.True(t, ok, name)
			require.Equal(t, i == 0, s.Fresh, name)
			require.Empty(t, s.Sound, name)
		}
		require.NotContains(t, film.Header().MIME, ",", name)
	}
}

// Frames that jitter lie one behind the other; a gap stays one; what was played is not played again.
func TestSoundThatJumps(t *testing.T) {
	units := mp4test.Footage(t, models.H264, "160x90", "4")
	at := func(ms int) models.SoundFrame {
		return models.SoundFrame{Codec: models.PCM, Rate: 8000, Channels: 1, PTS: time.Duration(ms) * time.Millisecond, Length: 100 * time.Millisecond, Payload: make([]byte, 1600)}
	}
	units[1].Sound = []models.SoundFrame{at(0)} // its coding comes into the header with unit 20, at 2 s
	for i, ms := range []int{2000, 2104, 2196, 2800, 2500, 2903} {
		units[21+i].Sound = []models.SoundFrame{at(ms)}
	}
	file, _, _ := written(t, units)
	w, err := mp4.Open(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	var starts []string
	for w.Next() {
		at := w.Part.At
		for _, e := range w.Part.Entries {
			if w.Part.Track == mp4.Sound {
				starts = append(starts, fmt.Sprint(at/8))
				at += int64(e.Length)
			}
		}
	}
	require.NoError(t, w.Err())
	require.Equal(t, []string{"0", "100", "200", "800", "900"}, starts)
}
