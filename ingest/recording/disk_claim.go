package recording

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"zhihui/models"
)

// claim makes sure that the folder is ours, and marks it when it is the first.
func (d *Disk) claim(ctx context.Context) error {
	if d.ours() {
		return nil
	}
	d.leave()
	known, err := d.store.FootageFolder(ctx)
	if err != nil {
		return err
	}
	found, err := readFolder(d.dir)
	if err != nil {
		return err
	}
	whose := claimOf(found, known)
	switch whose {
	case claimBegin:
		if err := writeMarker(d.dir, marker{Store: known.Store, Made: models.At(d.now())}); err != nil {
			return err
		}
	case claimOurs:
	default:
		return errors.Join(errAway, whose.fault(d.dir))
	}
	if !known.Begun {
		if err := d.store.BeginFootage(ctx); err != nil {
			return err
		}
	}
	return d.enter()
}

// Ours tells whether the folder is still the one that was found to be ours. Ask it before a file is made: a disk that was unmounted
// since the last look has left an empty folder on another disk.
func (d *Disk) Ours() error {
	if d.ours() {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.health.is(models.RecordingAway, errAway, d.now())
	return sentence(models.RecordingAway)
}

func (d *Disk) ours() bool {
	d.mu.Lock()
	mark := d.mark
	d.mu.Unlock()
	if mark == nil {
		return false
	}
	ours, err := mark.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(filepath.Join(d.dir, markerFile))
	return err == nil && os.SameFile(ours, there)
}

// enter begins a turn of the folder.
func (d *Disk) enter() error {
	mark, err := lockMarker(d.dir)
	if err != nil {
		return errors.Join(errAway, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mark, d.turn = mark, d.turn+1
	d.log.Info("recording: the folder is ours", "dir", d.dir, "turn", d.turn)
	return nil
}

// leave lets another hall have the folder.
func (d *Disk) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.mark != nil {
		_ = d.mark.Close() // only read from
		d.mark = nil
	}
}

// probe writes a file, brings it to the disk and removes it.
func probe(dir string, size int) error {
	name := filepath.Join(dir, probeFile)
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, size))
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(name))
}
