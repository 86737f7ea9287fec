package playback

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4"
	"zhihui/models/store"
)

// noon is when the footage of tests begins.
var noon = models.At(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)) // never reassigned

// studio is a library with footage that a test has made.
type studio struct {
	*Library
	t        testing.TB
	storeDir string
	written  []models.Segment
}

func openStudio(t testing.TB) *studio {
	cfg := store.DefaultConfig()
	cfg.Dir = t.TempDir()
	st, err := store.Open(cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	s := &studio{t: t, storeDir: cfg.Dir}
	s.Library = New(t.TempDir(), st, func(string) []models.Segment { return s.written }, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	return s
}

// record lays units down as the recorder does, from at on, in segments that end with the first key unit after so long, and parts
// of at most half a second. It returns the segments, which are in the index.
func (s *studio) record(at models.Time, units []*models.AccessUnit, long time.Duration) []models.Segment {
	t := s.t
	var film mp4.Film
	var all []models.Segment
	var now *shot
	for _, u := range units {
		sample, ok, err := film.Add(u)
		require.NoError(t, err)
		require.True(t, ok)
		if now != nil && !sample.Fresh {
			now.held.Until(&sample)
		}
		if now == nil || sample.Fresh || sample.Key && sample.DTS-now.zero >= int64(long/time.Millisecond)*90 {
			from := at
			if now != nil {
				all = append(all, now.finish(s))
				from = all[len(all)-1].To
			}
			now = &shot{header: film.Header(), zero: sample.DTS, from: from, file: append([]byte(nil), film.Header().Init...)}
		} else {
			now.push(sample.Key)
		}
		now.held = &sample
	}
	return append(all, now.finish(s))
}

// shot is one segment that is being recorded.
type shot struct {
	header *mp4.Header
	from   models.Time
	zero   int64
	seq    uint32
	file   []byte
	part   []mp4.Sample
	held   *mp4.Sample
	units  int
}

// push puts the held sample down, and the part when it is long enough or a key sample follows.
func (n *shot) push(flush bool) {
	n.part, n.units = append(n.part, *n.held), n.units+1
	if flush || len(n.part) == 5 {
		n.file = n.header.AppendPart(n.file, n.seq, n.zero, n.part)
		n.seq, n.part = n.seq+2, nil
	}
}

func (n *shot) finish(s *studio) models.Segment {
	end := n.held.DTS + int64(n.held.Length) - n.zero
	n.push(true)
	segment := models.Segment{Camera: "gate", From: n.from, To: n.from + models.Time(end/90), Bytes: int64(len(n.file)), Units: n.units, MIME: n.header.MIME}
	path := filepath.Join(s.dir, segment.File())
	require.NoError(s.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(s.t, os.WriteFile(path, n.file, 0o600))
	require.NoError(s.t, s.store.PutSegment(s.t.Context(), segment))
	return segment
}
