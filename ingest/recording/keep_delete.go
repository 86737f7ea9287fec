package recording

import (
	"context"
	"errors"
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

// unlink removes the files of segments whose rows are gone, those first that were left by a fault.
func (k *Keeper) unlink(dropped []models.Segment) error {
	k.undone = append(k.undone, dropped...)
	days := map[string]bool{}
	defer func() { k.metrics.undone.Set(float64(len(k.undone))) }()
	for len(k.undone) > 0 {
		file := filepath.Join(k.disk.dir, k.undone[0].File())
		err := k.disk.Do(func() error { return os.Remove(file) })
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		days[filepath.Dir(file)] = true
		k.undone = k.undone[1:]
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
	if k.disk.Do(func() error { return os.Remove(dir) }) == nil && !k.isOfSite(filepath.Base(filepath.Dir(dir))) {
		_ = k.disk.Do(func() error { return os.Remove(filepath.Dir(dir)) }) // which is mostly not empty
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
