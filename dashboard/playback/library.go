package playback

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
	"zhihui/models/mp4"
	"zhihui/models/store"
)

// Library is all recorded footage.
type Library struct {
	dir     string
	store   *store.Store
	open    func(camera string) []models.Segment
	log     *slog.Logger
	metrics *metrics
	pieces  chan struct{} // those under way
	exports chan struct{} // the same
}

// New returns the footage in the folder dir, of which the store has the index; open tells what is being written of a camera.
func New(dir string, s *store.Store, open func(camera string) []models.Segment, log *slog.Logger, reg prometheus.Registerer) *Library {
	return &Library{dir: dir, store: s, open: open, log: log, metrics: newMetrics(reg), pieces: make(chan struct{}, maxPieces), exports: make(chan struct{}, maxExports)}
}

// seam is the most by which two segments without a gap between them may lie apart.
const seam models.Time = 500

// segments are those of a camera that overlap [from, to), oldest first, limit of them at most.
func (l *Library) segments(ctx context.Context, camera string, from, to models.Time, limit int) ([]models.Segment, error) {
	written := l.open(camera) // first: what is finished meanwhile is in the index then
	all, err := l.store.Segments(ctx, camera, from, to, limit)
	if err != nil {
		return nil, err
	}
	if len(all) == limit {
		return all, nil // what is written is newer
	}
	indexed := make(map[models.Time]bool, len(all))
	for _, s := range all {
		indexed[s.From] = true
	}
	for _, s := range written {
		if s.To > from && s.From < to && s.To > s.From && !indexed[s.From] {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b models.Segment) int { return cmp.Compare(a.From, b.From) })
	return all[:min(len(all), limit)], nil
}

// next is when there is footage of a camera at or after at, 0 = not yet.
func (l *Library) next(ctx context.Context, camera string, at models.Time) (models.Time, error) {
	written := l.open(camera)
	s, ok, err := l.store.NextSegment(ctx, camera, at)
	if err != nil {
		return 0, err
	}
	if ok {
		return s.From, nil
	}
	for _, s := range written {
		if s.From >= at {
			return s.From, nil
		}
	}
	return 0, nil
}

// reel is the file of a segment, opened.
type reel struct {
	models.Segment
	file *os.File
	walk *mp4.Walk
}

// load opens a segment's file; nil, which is a gap, where it was deleted meanwhile or cannot be read.
func (l *Library) load(s models.Segment) (*reel, error) {
	f, err := os.Open(filepath.Join(l.dir, filepath.FromSlash(s.File())))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, l.here(s.Camera)
	}
	var w *mp4.Walk
	if err == nil {
		w, err = walk(f, s.Bytes)
	}
	if err != nil {
		l.damaged(s, errors.Join(err, f.Close()))
		return nil, nil
	}
	return &reel{Segment: s, file: f, walk: w}, nil
}

// walk begins at the header of a file of which at most so many bytes are footage: what a row says may be more than the disk has.
func walk(f *os.File, most int64) (*mp4.Walk, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return mp4.Open(f, min(most, info.Size()))
}

// damaged notes that a file, or the rest of it, is played as a gap.
func (l *Library) damaged(s models.Segment, err error) {
	l.metrics.damaged.Inc()
	l.log.Warn("playback: a file of footage cannot be read", "file", s.File(), "error", err)
}

// judge looks at why a file that was walked through has ended.
func (l *Library) judge(r *reel) {
	if err := r.walk.Err(); err != nil {
		l.damaged(r.Segment, err)
	}
}

// here says that nothing of a camera is there, where that is so: its disk is away then.
func (l *Library) here(camera string) error {
	if _, err := os.Stat(filepath.Join(l.dir, camera)); errors.Is(err, fs.ErrNotExist) {
		return models.Errorf(models.Unavailable, "the recordings are not there: their disk is away, see the health page")
	}
	return nil
}

func shut(reels []*reel) error {
	var err error
	for _, r := range reels {
		err = errors.Join(err, r.file.Close())
	}
	return err
}

// at is the instant of a time in the reel's file.
func (r *reel) at(ticks, rate int64) models.Time {
	return r.From + models.Time(ticks*1000/rate)
}
