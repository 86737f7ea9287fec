package playback

import (
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4"
	"zhihui/models/store/storetest"
)

// A camera's minute as the reference load has it (384 kbit/s, 10 pictures a second, a key picture each 2 s), from which a player takes
// a piece of 10 s, or one group of pictures as it steps, or a key picture: sixteen of them at once must not cost a core.
func BenchmarkPiece(b *testing.B) {
	s := openStudio(b)
	minute(b, s)
	for name, want := range map[string]Want{
		"ten seconds": {For: 10 * time.Second},
		"a group":     {For: 2 * time.Second},
		"a key":       {For: time.Second, Keys: true},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				want.Camera, want.From = "gate", noon+models.Time(i%25)*2000
				p, err := s.Piece(b.Context(), want)
				require.NoError(b, err)
				_, err = p.WriteTo(io.Discard)
				require.NoError(b, err)
				require.NoError(b, p.Close())
			}
		})
	}
}

// minute writes one segment of 600 units.
func minute(b *testing.B, s *studio) {
	var film mp4.Film
	var file []byte
	var part []mp4.Sample
	for i := range 600 {
		u := &models.AccessUnit{Codec: models.H264, Seq: uint64(i + 1), Session: 1, Key: i%20 == 0, PTS: time.Duration(i) * 100 * time.Millisecond, NALUs: [][]byte{append([]byte{0x41}, make([]byte, 4200)...)}}
		if u.Key {
			u.NALUs = [][]byte{{0x67, 0x42, 0xc0, 0x0a, 0xda, 0x79}, {0x68, 0xce, 0x38, 0x80}, append([]byte{0x65, 0x88}, make([]byte, 16000)...)}
		}
		sample, ok, err := film.Add(u)
		require.NoError(b, err)
		require.True(b, ok, fmt.Sprint(i))
		sample.Length = mp4.Ticks / 10
		if part = append(part, sample); len(part) == 5 {
			if file == nil {
				file = append(file, film.Header().Init...)
			}
			file, part = film.Header().AppendPart(file, uint32(i), 0, part), nil
		}
	}
	segment := models.Segment{Camera: "gate", From: noon, To: noon + 60_000, Bytes: int64(len(file)), Units: 600, MIME: film.Header().MIME}
	path := filepath.Join(s.dir, segment.File())
	require.NoError(b, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(b, os.WriteFile(path, file, 0o600))
	require.NoError(b, s.store.PutSegment(b.Context(), segment))
}

// A camera's day among many segments of others.
func BenchmarkDay(b *testing.B) {
	s := openStudio(b)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.storeDir, "zhihui.db")+"?mode=rw&_pragma=busy_timeout(10000)&_txlock=immediate")
	require.NoError(b, err)
	defer func() { require.NoError(b, db.Close()) }()
	var cameras []string
	for i := range 100 {
		cameras = append(cameras, fmt.Sprintf("cam-%d", i))
	}
	require.NoError(b, storetest.Footage(b.Context(), db, cameras, 3000, noon))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		spans, _, err := s.Spans(b.Context(), cameras[i%100], noon.Add(-24*time.Hour), noon, 1000)
		require.NoError(b, err)
		require.Len(b, spans, 1)
	}
}
