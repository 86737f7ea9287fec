package recording

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhihui/models"
)

const agreeEvery = time.Second // it is looked whether the folder came, or came back

// progress tells how far the agreement of folder and index is.
type progress struct {
	mu          sync.Mutex
	done, total int
}

func (p *progress) set(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = done, total
}

// Agreeing tells how many days of cameras were looked through, and how many there are to be since the folder came; equal = all.
func (r *Recorder) Agreeing() (done, total int) {
	r.progress.mu.Lock()
	defer r.progress.mu.Unlock()
	return r.progress.done, r.progress.total
}

// agree makes the folder and the index agree each time that the folder has come.
func (r *Recorder) agree(ctx context.Context) {
	tick := time.NewTicker(agreeEvery)
	defer tick.Stop()
	agreed, spoilt := uint64(0), map[string]bool{}
	for {
		if turn := r.deps.Disk.Turn(); turn != agreed && r.comparable() {
			err := r.agreeOnce(ctx, spoilt)
			switch {
			case err == nil:
				agreed = turn
			case ctx.Err() == nil:
				r.log.Warn("the folder of the recordings and the index cannot be compared yet", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// comparable tells whether the disk lets files be looked through. One that is full does, and has to: nothing is deleted that is not in
// the index.
func (r *Recorder) comparable() bool {
	return r.deps.Disk.Ready() == nil || r.deps.Disk.Fault().Code == models.RecordingFull
}

// dropRings removes the rings of processes before.
func (r *Recorder) dropRings() error {
	entries, err := r.folder.list(rings)
	for _, e := range entries {
		if name := rings + "/" + e.Name(); name != r.folder.rings {
			err = errors.Join(err, r.deps.Disk.Do(func() error { return os.RemoveAll(r.folder.path(name)) }))
		}
	}
	return err
}

// dayOf is a camera's footage of a day.
type dayOf struct {
	camera string
	day    models.Time // its beginning, UTC
}

func (d dayOf) folder() string { return d.camera + "/" + d.day.Std().Format(time.DateOnly) }

// agreeOnce looks through all days, the newest first: that is what people ask for. A file that the disk does not give is noted in
// spoilt, and left for the next start.
func (r *Recorder) agreeOnce(ctx context.Context, spoilt map[string]bool) error {
	if err := r.dropRings(); err != nil {
		return err
	}
	days, err := r.days(ctx)
	if err != nil {
		return err
	}
	for i, d := range days {
		r.progress.set(i, len(days))
		begun := time.Now()
		if err := r.agreeDay(ctx, d, spoilt); err != nil {
			return fmt.Errorf("%s: %w", d.folder(), err)
		}
		select { // others need the disk and the processor, too
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Since(begun)):
		}
	}
	r.progress.set(len(days), len(days))
	return nil
}

// days are those that the folder has, or the index.
func (r *Recorder) days(ctx context.Context) (all []dayOf, err error) {
	known := map[dayOf]bool{}
	cameras, err := r.folder.list(".")
	if err != nil {
		return nil, err
	}
	for _, c := range cameras {
		if !c.IsDir() || !models.ValidID(c.Name()) {
			continue
		}
		of, err := r.folder.list(c.Name())
		if err != nil {
			return nil, err
		}
		for _, e := range of {
			if day, err := time.Parse(time.DateOnly, e.Name()); err == nil && e.IsDir() {
				known[dayOf{c.Name(), models.At(day)}] = true
			}
		}
	}
	recorded, err := r.deps.Store.Recorded(ctx)
	if err != nil {
		return nil, err
	}
	for camera := range recorded {
		days, err := r.deps.Store.SegmentDays(ctx, camera)
		if err != nil {
			return nil, err
		}
		for _, day := range days {
			known[dayOf{camera, day}] = true
		}
	}
	for d := range known {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b dayOf) int { return cmp.Or(cmp.Compare(b.day, a.day), cmp.Compare(a.camera, b.camera)) })
	return all, nil
}

// agreeDay asks the index before it reads the folder: a file comes before its row, and goes after it.
func (r *Recorder) agreeDay(ctx context.Context, d dayOf, spoilt map[string]bool) error {
	rows, err := r.deps.Store.SegmentsOfDay(ctx, d.camera, d.day)
	if err != nil {
		return err
	}
	entries, err := r.folder.list(d.folder())
	if err != nil {
		return err
	}
	files := make(map[string]bool, len(entries))
	for _, e := range entries {
		files[d.folder()+"/"+e.Name()] = true
	}
	var orphans []models.Segment
	for _, row := range rows {
		if file := row.File(); !files[file] {
			orphans = append(orphans, row)
		} else {
			delete(files, file)
		}
	}
	if len(orphans) > 0 {
		if err := r.deps.Disk.Ours(); err != nil {
			return err
		}
		r.log.Warn("footage is in the index, and not in the folder", "folder", d.folder(), "segments", len(orphans))
		if err := r.deps.Store.DropSegments(ctx, orphans); err != nil {
			return err
		}
	}
	for file := range files {
		if spoilt[file] {
			continue
		}
		err := r.adopt(ctx, file)
		if spoilt[file] = unread(err); err != nil {
			return err
		}
	}
	return nil
}

// adopt takes a file without a row into the index. What is in hand has none yet; what is no footage of ours is left alone.
func (r *Recorder) adopt(ctx context.Context, file string) error {
	named, ok := segmentOf(file)
	if !ok || r.InHand(file) {
		return nil
	}
	rows, err := r.deps.Store.Segments(ctx, named.Camera, named.From, named.From+1, 0)
	if err != nil || slices.ContainsFunc(rows, func(s models.Segment) bool { return s.From == named.From }) {
		return err // it was in hand when the index was asked
	}
	row, err := r.folder.mend(named)
	switch {
	case errors.Is(err, errNothing), errors.Is(err, fs.ErrNotExist):
		r.log.Warn("a file held no footage", "file", file, "error", err)
		return nil
	case err != nil:
		return err
	}
	switch err := r.deps.Store.PutSegment(ctx, row); {
	case models.CodeOf(err) == models.Invalid: // nor will it be taken later
		r.log.Error("a file stays out of the index", "file", file, "error", err)
		return nil
	case err != nil:
		return err
	}
	there, err := r.folder.there(file)
	switch {
	case err != nil:
		return err
	case !there: // its row was gone and its file was about to be, since it is too old
		return r.deps.Store.DropSegments(ctx, []models.Segment{row})
	}
	r.log.Info("footage that was left behind is in the index", "file", file, "units", row.Units)
	return nil
}

// segmentOf is what a file's name tells of a segment; false where it is not one that we would give.
func segmentOf(file string) (s models.Segment, ok bool) {
	camera, _, _ := strings.Cut(file, "/")
	ms, err := strconv.ParseInt(strings.TrimSuffix(path.Base(file), ".mp4"), 10, 64)
	s = models.Segment{Camera: camera, From: models.Time(ms)}
	return s, err == nil && s.File() == file
}
