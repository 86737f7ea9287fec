package playback

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4"
	"zhihui/models/mp4/mp4test"
)

// sounding is footage of a camera with a microphone.
func (s *studio) sounding(codec models.SoundCodec) []models.Segment {
	length := 12 * time.Second
	return s.record(noon, mp4test.Hear(mp4test.Footage(s.t, models.H264, "320x180", "12"), mp4test.Sound(s.t, codec, length)), 4*time.Second)
}

// frames counts the samples of each track of a film.
func frames(t testing.TB, film []byte) (pictures, sounds int) {
	w, err := mp4.Open(bytes.NewReader(film), int64(len(film)))
	require.NoError(t, err)
	for w.Next() {
		if w.Part.Track == mp4.Sound {
			sounds += len(w.Part.Entries)
		} else {
			pictures += len(w.Part.Entries)
		}
	}
	require.NoError(t, w.Err())
	return pictures, sounds
}

// Sound goes with its picture: each frame of it once, over all pieces; but not where no browser plays it, or nobody wants it.
func TestSoundOfPieces(t *testing.T) {
	for codec, mime := range map[models.SoundCodec]string{models.AAC: ",mp4a.40.2", models.Opus: ",opus", models.PCM: ""} {
		s := openStudio(t)
		segments := s.sounding(codec)
		require.Greater(t, len(segments), 2, "the first is without: nobody has heard anything yet")
		last := segments[len(segments)-1].To
		shown, sounds := 0, 0
		for at := segments[1].From; at < last; {
			p, film := s.play(Want{From: at, For: 3 * time.Second, Origin: noon - 1000})
			if mime == "" {
				require.NotContains(t, p.MIME, ",")
			} else {
				require.Contains(t, p.MIME, mime+`"`)
			}
			require.NotEmpty(t, pictures(t, film), "ffmpeg plays it")
			n, m := frames(t, film)
			shown, sounds, at = shown+n, sounds+m, p.To
		}
		require.Equal(t, 100, shown)
		if mime == "" {
			require.Zero(t, sounds)
		} else {
			require.InDelta(t, 10, seconds(t, heard(t, s, segments[1].From, last)).Seconds(), 0.2)
			require.Greater(t, sounds, 100)
		}
		p, film := s.play(Want{From: segments[1].From, For: 3 * time.Second, Silent: true})
		_, sounds = frames(t, film)
		require.Zero(t, sounds)
		require.NotContains(t, p.MIME, ",")
		p, _ = s.play(Want{From: noon, For: 5 * time.Second})
		require.Equal(t, segments[1].From, p.To, "a piece ends where its type changes")
	}
}

// heard takes a span out and returns how long its sound is.
func heard(t testing.TB, s *studio, from, to models.Time) string {
	e, file := s.export(from, to)
	require.Equal(t, from, e.From)
	require.Equal(t, time.Duration(to-from)*time.Millisecond, seconds(t, duration(t, file)))
	require.Empty(t, string(mp4test.Run(t, "ffmpeg", "-v", "error", "-xerror", "-i", file, "-f", "null", "-")))
	return strings.TrimSpace(string(mp4test.Run(t, "ffprobe", "-v", "error", "-select_streams", "a", "-show_entries", "stream=duration", "-of", "csv=p=0", file)))
}

// A film may begin before the first sound: it is in step all the same.
func TestSoundOfAFilm(t *testing.T) {
	for _, codec := range []models.SoundCodec{models.AAC, models.PCM} {
		s := openStudio(t)
		s.sounding(codec)
		_, file := s.export(noon+1000, noon+9500)
		require.Equal(t, 8500*time.Millisecond, seconds(t, duration(t, file)))
		first := strings.Fields(string(mp4test.Run(t, "ffprobe", "-v", "error", "-select_streams", "a", "-show_entries", "packet=pts_time", "-of", "csv=p=0", file)))[0]
		require.InDelta(t, 1, seconds(t, strings.Trim(first, ",")).Seconds(), 0.1, "%s: the segment with sound begins 2 s after noon", codec)
	}
}

// Another coding of the same type goes on in the same piece, behind a header of its own.
func TestTheParametersChange(t *testing.T) {
	s := openStudio(t)
	a := s.record(noon, mp4test.Footage(t, models.H264, "320x180", "2", "-level", "3.1"), time.Minute)
	s.record(a[0].To, mp4test.Footage(t, models.H264, "160x90", "2", "-level", "3.1"), time.Minute)
	p, film := s.play(Want{From: noon, For: 4 * time.Second})
	require.Equal(t, noon+4000, p.To)
	require.Equal(t, 2, bytes.Count(film, []byte("moov")))
	spans, _, err := s.Spans(t.Context(), "gate", noon, noon+60_000, 10)
	require.NoError(t, err)
	require.Len(t, spans, 1)
}
