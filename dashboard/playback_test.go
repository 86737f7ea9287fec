package dashboard

import (
	"os"
	"path/filepath"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4"
)

// noon is when the footage of tests begins.
var noon = models.At(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)) // never reassigned

// record puts three seconds of a camera into the recordings, from at on, a key picture each second.
func (h *hall) record(camera string, at models.Time) models.Segment {
	h.t.Helper()
	var film mp4.Film
	var file []byte
	for i := range 3 {
		u := key()
		u.Seq, u.PTS = uint64(i+1), time.Duration(i)*time.Second
		s, ok, err := film.Add(u)
		require.NoError(h.t, err)
		require.True(h.t, ok)
		s.Length = mp4.Ticks
		if i == 0 {
			file = append(file, film.Header().Init...)
		}
		file = film.Header().AppendPart(file, uint32(2*i+1), 0, []mp4.Sample{s})
	}
	segment := models.Segment{Camera: camera, From: at, To: at + 3000, Bytes: int64(len(file)), Units: 3, MIME: film.Header().MIME}
	path := filepath.Join(h.dir, segment.File())
	require.NoError(h.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(h.t, os.WriteFile(path, file, 0o600))
	require.NoError(h.t, h.store.PutSegment(h.t.Context(), segment))
	return segment
}
