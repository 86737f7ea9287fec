package playback

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4"
	"zhihui/models/mp4/mp4test"
)

// play returns a piece, and its bytes.
func (s *studio) play(want Want) (*Piece, []byte) {
	want.Camera = "gate"
	p, err := s.Piece(s.t.Context(), want)
	require.NoError(s.t, err)
	var b bytes.Buffer
	n, err := p.WriteTo(&b)
	require.NoError(s.t, err)
	require.Equal(s.t, p.Size(), n)
	require.Equal(s.t, n, int64(b.Len()))
	require.NoError(s.t, p.Close())
	return p, b.Bytes()
}

// pictures are the times at which ffprobe finds that pictures are shown, in seconds, after decoding them.
func pictures(t testing.TB, film []byte) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "film.mp4")
	require.NoError(t, os.WriteFile(file, film, 0o600))
	require.Empty(t, string(mp4test.Run(t, "ffmpeg", "-v", "error", "-xerror", "-i", file, "-f", "null", "-")))
	out := string(mp4test.Run(t, "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "frame=pts_time", "-of", "csv=p=0", file))
	return strings.Fields(strings.ReplaceAll(out, ",", ""))
}

// media is a hash of all samples of a film.
func media(t testing.TB, film []byte) [32]byte {
	t.Helper()
	w, err := mp4.Open(bytes.NewReader(film), int64(len(film)))
	require.NoError(t, err)
	var all []byte
	for w.Next() {
		all = append(all, film[w.Part.Offset+int64(w.Part.Head):w.Part.Offset+w.Part.Size]...)
	}
	require.NoError(t, w.Err())
	return sha256.Sum256(all)
}

func TestPieces(t *testing.T) {
	for name, more := range map[string][]string{"no B-frames": nil, "B-frames": {"-bf", "2"}} {
		for _, codec := range []models.Codec{models.H264, models.H265} {
			t.Run(fmt.Sprint(codec, " ", name), func(t *testing.T) {
				s := openStudio(t)
				if more != nil && codec == models.H265 {
					more = []string{"-x265-params", "keyint=20:scenecut=0:open-gop=0:bframes=2:log-level=none"}
				}
				segments := s.record(noon, mp4test.Footage(t, codec, "320x180", "12", more...), 3500*time.Millisecond)
				require.Len(t, segments, 3)
				all := 0
				for at := noon; ; { // piece by piece, as a player asks
					p, film := s.play(Want{From: at, For: 3 * time.Second, Origin: noon})
					require.Equal(t, segments[0].MIME, p.MIME)
					require.InDelta(t, int64(at), int64(p.From), 200, "a piece begins where the one before has ended, or with the first picture")
					shown := pictures(t, film)
					require.Less(t, int64(p.To-p.From), int64(4001))
					all += len(shown)
					if at = p.To; p.To >= segments[2].To {
						break
					}
				}
				require.Equal(t, 120, all, "each picture once")
			})
		}
	}
}

// A piece begins with the key picture at or before what is asked for, wherever that is, and its times are on the asker's line.
func TestWhereAPieceBegins(t *testing.T) {
	s := openStudio(t)
	s.record(noon, mp4test.Footage(t, models.H264, "320x180", "8"), 4*time.Second)
	for ask, want := range map[models.Time]models.Time{0: 0, 1: 0, 1999: 0, 2000: 2000, 3999: 2000, 4000: 4000, 5000: 4000, 7999: 6000} {
		p, film := s.play(Want{From: noon + ask, For: 100 * time.Millisecond, Origin: noon - 10_000})
		require.Equal(t, want, p.From-noon, "asked for %d", ask)
		require.Equal(t, fmt.Sprintf("%d.000000", 10+want/1000), pictures(t, film)[0])
	}
}

func TestKeysAlone(t *testing.T) {
	s := openStudio(t)
	s.record(noon, mp4test.Footage(t, models.H264, "320x180", "16", "-bf", "2"), 4*time.Second)
	p, film := s.play(Want{From: noon, For: 16 * time.Second, Origin: noon, Keys: true})
	require.Len(t, pictures(t, film), 8)
	require.InDelta(t, 16000, int64(p.To-noon), 200)
	_, film = s.play(Want{From: noon, For: 16 * time.Second, Origin: noon, Keys: true, Every: 5 * time.Second})
	require.Len(t, pictures(t, film), 3, "0, 6 and 12 s")
	_, film = s.play(Want{From: noon + 5000, For: time.Second, Keys: true, Every: time.Minute})
	require.Len(t, pictures(t, film), 1, "a thumbnail")
}

func TestNoFootage(t *testing.T) {
	s := openStudio(t)
	film := mp4test.Footage(t, models.H264, "320x180", "4")
	segments := s.record(noon, film, time.Minute)
	s.record(noon+60_000, film, time.Minute)
	for _, c := range []struct{ ask, next models.Time }{{-5000, 0}, {-60_000, 0}, {4000, 60_000}, {50_000, 60_000}, {55_000, 60_000}, {64_000, -1}, {600_000, -1}} {
		_, err := s.Piece(t.Context(), Want{Camera: "gate", From: noon + c.ask, For: 10 * time.Second})
		var none *Nothing
		require.ErrorAs(t, err, &none, "%v", c)
		require.Equal(t, models.NotFound, models.CodeOf(err))
		if c.next < 0 {
			require.Zero(t, none.Next, "at the growing edge, and behind it")
		} else {
			require.Equal(t, noon+c.next, none.Next, "%v", c)
		}
	}
	_, err := s.Piece(t.Context(), Want{Camera: "gate", From: noon + 3000, For: time.Second, Origin: noon + 3000})
	require.Equal(t, models.Invalid, models.CodeOf(err), "its first picture would be before time 0")

	require.NoError(t, os.Remove(filepath.Join(s.dir, segments[0].File())))
	_, err = s.Piece(t.Context(), Want{Camera: "gate", From: noon, For: 10 * time.Second})
	var none *Nothing
	require.ErrorAs(t, err, &none, "deleted a moment ago")
	require.NoError(t, os.RemoveAll(s.dir))
	_, err = s.Piece(t.Context(), Want{Camera: "gate", From: noon, For: 10 * time.Second})
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	require.False(t, errors.As(err, &none))
}

// A file that is being written is played up to what is whole in it, and one that is deleted meanwhile is played to its end.
func TestTheGrowingEdge(t *testing.T) {
	s := openStudio(t)
	segments := s.record(noon, mp4test.Footage(t, models.H264, "320x180", "4"), time.Minute)
	require.NoError(t, s.store.DropSegments(t.Context(), segments))
	s.written = segments
	path := filepath.Join(s.dir, segments[0].File())
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	w, err := mp4.Open(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	pictures := 0
	edge := func(bytes int64, pictures int) {
		s.written[0].Bytes = bytes
		p, err := s.Piece(t.Context(), Want{Camera: "gate", From: noon, For: time.Minute})
		if pictures == 0 {
			require.Error(t, err, "%d bytes", bytes)
			return
		}
		require.NoError(t, err)
		require.Equal(t, noon+models.Time(pictures*100), p.To, "%d bytes", bytes)
		require.NoError(t, p.Close())
	}
	edge(w.Whole, 0)
	for w.Next() {
		edge(w.Whole-1, pictures)
		pictures += len(w.Part.Entries)
		edge(w.Whole, pictures)
		edge(w.Whole+1, pictures)
	}
	require.Equal(t, 40, pictures)
	s.written[0].Bytes = int64(len(b))
	p, err := s.Piece(t.Context(), Want{Camera: "gate", From: noon, For: time.Minute})
	require.NoError(t, err)
	require.NoError(t, os.Remove(path))
	var film bytes.Buffer
	_, err = p.WriteTo(&film)
	require.NoError(t, err)
	require.NoError(t, p.Close())
	require.Equal(t, media(t, b), media(t, film.Bytes()), "byte for byte what is in the file")
}

// What the disk has spoilt is a gap, and is counted; what lies before and behind it plays.
func TestADamagedFile(t *testing.T) {
	s := openStudio(t)
	segments := s.record(noon, mp4test.Footage(t, models.H264, "320x180", "6"), 2*time.Second)
	require.Len(t, segments, 3)
	path := filepath.Join(s.dir, segments[1].File())
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	second, err := mp4.Open(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	require.True(t, second.Next())
	copy(b[second.Whole:], "spoilt by a bad sector")
	require.NoError(t, os.WriteFile(path, b, 0o600))
	p, film := s.play(Want{From: noon, For: time.Minute})
	require.Len(t, pictures(t, film), 25)
	require.Equal(t, noon+2500, p.To)
	_, err = s.Piece(t.Context(), Want{Camera: "gate", From: p.To, For: time.Minute})
	var none *Nothing
	require.ErrorAs(t, err, &none)
	require.Equal(t, noon+4000, none.Next)
	require.NoError(t, os.WriteFile(path, []byte("nothing of a film"), 0o600))
	_, err = s.Piece(t.Context(), Want{Camera: "gate", From: noon + 2000, For: time.Minute})
	require.ErrorAs(t, err, &none)
	require.Equal(t, noon+4000, none.Next)
	require.Greater(t, testutil.ToFloat64(s.metrics.damaged), 2.0)
	_, file := s.export(noon, noon+6000)
	at, _ := hashes(t, file)
	require.Len(t, at, 40)
}

// A file that is shorter than its row plays as far as it is whole: a piece that breaks off would be asked for again for ever.
func TestAFileThatWasCutShort(t *testing.T) {
	s := openStudio(t)
	segments := s.record(noon, mp4test.Footage(t, models.H264, "640x360", "10"), time.Minute)
	require.Greater(t, segments[0].Bytes, int64(100_000), "more than its header is read with")
	require.NoError(t, os.Truncate(filepath.Join(s.dir, segments[0].File()), segments[0].Bytes-1))
	p, film := s.play(Want{From: noon, For: time.Minute})
	require.Less(t, p.To, segments[0].To)
	require.NotEmpty(t, pictures(t, film))
	e, file := s.export(noon, noon+10_000)
	at, _ := hashes(t, file)
	require.NotEmpty(t, at)
	require.Equal(t, p.To, e.To)
	require.Equal(t, 2.0, testutil.ToFloat64(s.metrics.damaged))
}

func TestPiecesAreBounded(t *testing.T) {
	s := openStudio(t)
	s.record(noon, mp4test.Footage(t, models.H264, "160x90", "1"), time.Minute)
	var all []*Piece
	for range maxPieces {
		p, err := s.Piece(t.Context(), Want{Camera: "gate", From: noon, For: time.Second})
		require.NoError(t, err)
		all = append(all, p)
	}
	_, err := s.Piece(t.Context(), Want{Camera: "gate", From: noon, For: time.Second})
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	for _, p := range all {
		require.NoError(t, p.Close())
	}
	p, err := s.Piece(t.Context(), Want{Camera: "gate", From: noon, For: time.Second})
	require.NoError(t, err)
	require.NoError(t, p.Close())
}
