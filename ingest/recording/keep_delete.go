package recording

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zhihui/models"
)

// ending is how a due was left.
type ending string

const (
	reached     ending = "reached"
	nothingLeft ending = "nothing_left"
	cutShort    ending = "cut_short" // no step is left in this pass
)

// delete takes steps until what is due is gone.
func (k *Keeper) delete(ctx context.Context, d due, steps *int) (ending, error) {
	for freed := int64(0); ; *steps-- {
		if *steps <= 0 {
			return cutShort, nil
		}
		loose, err := k.store.LooseSegments(ctx, d.camera, d.before, atOnce)
		if err != nil {
			return "", err
		}
		taken := d.oldest(loose, k.inHand)
		if len(taken) == 0 {
			return nothingLeft, nil
		}
		dropped, err := k.store.DropLoose(ctx, taken)
		if err := errors.Join(err, k.unlink(dropped)); err != nil {
			return "", err
		}
		freed += k.note(d.cause, dropped)
		if d.bytes > 0 && freed >= d.bytes {
			return reached, nil
		}
	}
}

// unlink removes the files of segments whose rows are gone, and tries again those that could not be. When the disk takes a probe, or is
// only full, it is the file that is at fault: it waits, and the others go on, as long as not too many wait.
func (k *Keeper) unlink(dropped []models.Segment) error {
	defer func() { k.metrics.undone.Set(float64(len(k.undone))) }()
	all, days, probed := append(k.undone, dropped...), map[string]bool{}, false
	k.undone = nil
	for i, s := range all {
		file := filepath.Join(k.disk.dir, s.File())
		err := k.disk.try(func() error { return os.Remove(file) })
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			days[filepath.Dir(file)] = true
			continue
		}
		if !probed {
			if err := k.disk.Do(func() error { return probe(k.disk.dir, probeBytes) }); err != nil && faultOf(err) != models.RecordingFull {
				k.undone = append(k.undone, all[i:]...)
				return err
			}
			probed = true
		}
		if k.undone = append(k.undone, s); len(k.undone) > undoneMost {
			k.undone = append(k.undone, all[i+1:]...)
			return fmt.Errorf("more than %d files cannot be deleted: %w", undoneMost, err)
		}
	}
	for dir := range days {
		k.removeEmpty(dir)
	}
	return nil
}

// removeEmpty removes the folder of a day that has nothing left, unless footage may still come into it, and that of its camera.
func (k *Keeper) removeEmpty(dir string) {
	if at, err := time.Parse(time.DateOnly, filepath.Base(dir)); err != nil || k.disk.now().Sub(at) < 2*day {
		return
	}
	if k.disk.try(func() error { return os.Remove(dir) }) == nil && !k.isOfSite(filepath.Base(filepath.Dir(dir))) {
		_ = k.disk.try(func() error { return os.Remove(filepath.Dir(dir)) }) // which is mostly not empty
	}
}

// note counts what is gone and returns its bytes.
func (k *Keeper) note(c cause, dropped []models.Segment) (bytes int64) {
	for _, s := range dropped {
		bytes += s.Bytes
	}
	k.metrics.segments.WithLabelValues(string(c)).Add(float64(len(dropped)))
	k.metrics.bytes.WithLabelValues(string(c)).Add(float64(bytes))
	if c == byFree {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.short = k.short.after(dropped, func(camera string) time.Duration { return k.keep.ageOf(k.cameras[camera]) }, k.store.Today())
	}
	return bytes
}
