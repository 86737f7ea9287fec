package recording

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"zhihui/models"
)

const (
	retryEvery = time.Second // what the disk or the store has refused is tried again
	filesMost  = 1000        // that are open while they wait; those beyond are looked through when it is their turn
)

// finishing is a segment that has been written and is to be brought to the disk, and then into the index.
type finishing struct {
	tape  *tape
	row   models.Segment
	file  *os.File // nil after an operation has failed: the file is looked through, then
	done  bool     // it is on the disk
	after time.Time
}

// finisher ends segments beside the rounds, which never wait for a disk to sync. What waits is not bounded: it is a row a minute of
// each camera, and its file is there already.
type finisher struct {
	rec  *Recorder
	wake chan struct{} // capacity 1

	mu      sync.Mutex
	waiting []*finishing // first come, first served
	busy    int
	refused bool // the newest try has failed
}

func (f *finisher) add(e *finishing) {
	f.mu.Lock()
	if len(f.waiting) >= filesMost && e.file != nil {
		_ = e.file.Close() // it is not believed, and looked through
		e.file = nil
	}
	f.waiting = append(f.waiting, e)
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// take returns one whose turn it is, nil when there is none.
func (f *finisher) take(now time.Time) *finishing {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, e := range f.waiting {
		if !e.after.After(now) {
			f.waiting = append(f.waiting[:i], f.waiting[i+1:]...)
			f.busy++
			return e
		}
	}
	return nil
}

// idle tells whether everything is finished.
func (f *finisher) idle() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.waiting) == 0 && f.busy == 0
}

// run finishes until ctx ends.
func (f *finisher) run(ctx context.Context) {
	tick := time.NewTicker(retryEvery)
	defer tick.Stop()
	for {
		for ctx.Err() == nil {
			e := f.take(time.Now())
			if e == nil {
				break
			}
			if !f.did(ctx, e, f.finish(ctx, e)) {
				break // the others would be refused, too
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-f.wake:
		case <-tick.C:
		}
	}
}

// did takes in how a try has ended, and tells whether it was the last.
func (f *finisher) did(ctx context.Context, e *finishing, err error) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy--; err != nil {
		e.after = time.Now().Add(retryEvery)
		f.waiting = append(f.waiting, e)
		if !f.refused && ctx.Err() == nil {
			f.rec.log.Warn("footage is not in the index yet", "file", e.row.File(), "error", err)
		}
	}
	f.refused = err != nil
	return err == nil
}

// finish brings the file and its folders to the disk, and then the row into the index. An error means: again, later.
func (f *finisher) finish(ctx context.Context, e *finishing) error {
	if err := f.rec.deps.Disk.Ready(); err != nil && !e.done {
		return err
	}
	err := f.settle(e)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errNothing):
		if e.row.Units > 0 {
			f.rec.log.Error("footage is gone before it came into the index", "file", e.row.File())
		}
		e.tape.hide(e.row.From)
		return nil
	case err == nil:
		err = f.rec.deps.Store.PutSegment(ctx, e.row)
	}
	switch {
	case models.CodeOf(err) == models.Invalid: // it will not be taken later, either
		f.rec.log.Error("footage is not in the index", "file", e.row.File(), "error", err)
	case err != nil:
		return err
	}
	f.rec.metrics.segments.Inc()
	e.tape.hide(e.row.From)
	return nil
}

// settle brings the file to the disk. Where that has failed before it is looked through: what a disk says after that is not believed.
func (f *finisher) settle(e *finishing) error {
	if e.done {
		return nil
	}
	if e.file == nil {
		row, err := f.rec.folder.mend(e.row)
		if err != nil {
			return err
		}
		if e.row.Units > 0 { // it may have been told to end where the next begins
			row.To = min(row.To, e.row.To)
		}
		e.row, e.done = row, true
		return nil
	}
	begun := time.Now()
	err := f.rec.folder.settle(e.file, e.row.File())
	err = errors.Join(err, e.file.Close())
	e.file, e.done = nil, err == nil
	f.rec.metrics.fsync.Observe(time.Since(begun).Seconds())
	return err
}
