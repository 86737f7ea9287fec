package recording

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"zhihui/models"
	"zhihui/models/store"
)

// Disk tells whether the folder of the recordings takes footage, and says of one that does not by a check and an event of the hall.
// What is known of it is in health (disk_health.go, pure); disk_look.go finds it out, marker.go tells whose folder it is.
type Disk struct {
	dir, storeDir string
	keep          Keep
	store         *store.Store
	log           *slog.Logger
	now           func() time.Time

	mu      sync.Mutex
	health  diskHealth
	room    Room
	starved bool // nothing is left that may be deleted
	turn    uint64
	mark    *os.File // of the folder that is ours now, locked; nil = none is
}

// Room is how much there is on the disk, in bytes; the zero Room is not known.
type Room struct {
	Free, Total, Floor int64
	WithStore          bool // the store lies on it, too
}

// NewDisk returns the disk of the recordings of the store in that folder. It is looked at, and not ready before that, while Run runs.
func NewDisk(cfg Config, storeDir string, s *store.Store, now func() time.Time, log *slog.Logger) *Disk {
	return &Disk{dir: cfg.Folder(storeDir), storeDir: storeDir, keep: cfg.Keep, store: s, now: now, log: log}
}

// Ready returns nil when footage may be written, and else a sentence for a person. It never waits for the disk. A slow disk is ready.
func (d *Disk) Ready() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.health.refusal()
}

// Turn grows each time that a folder of ours has come, by the start or after it was away: its files and the index are to be compared
// then. It is 0 until the first has.
func (d *Disk) Turn() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.turn
}

// Fault tells what is wrong with the disk.
func (d *Disk) Fault() Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.health.told(d.now())
}

// Room tells how much there is on the disk, by the newest look, and false when the folder is not ours now.
func (d *Disk) Room() (Room, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.room, d.mark != nil
}

// starve notes whether anything is left that may be deleted.
func (d *Disk) starve(starved bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.starved = starved
}

// Do runs one operation on the disk and returns its error as it is. While the operation runs for long the disk is slow; when it
// fails, the disk is not ready until a look has found it well again. What was not there, or already, is no fault of the disk.
func (d *Disk) Do(f func() error) error { return d.run(f, func(err error) error { return err }) }

// try is Do of what may fail without a fault of the disk.
func (d *Disk) try(f func() error) error { return d.run(f, func(error) error { return nil }) }

func (d *Disk) run(f func() error, fault func(error) error) error {
	d.mu.Lock()
	op := d.health.begin(d.now())
	d.mu.Unlock()
	err := f()
	d.mu.Lock()
	defer d.mu.Unlock()
	before := d.health.fault.Code
	d.health.end(op, d.now(), fault(err))
	if code := d.health.fault.Code; code != before {
		d.log.Error("recording: the disk fails", "dir", d.dir, "code", code, "error", err)
	}
	return err
}

// faultOf tells which fault of the disk an error is; "" for one that is none.
func faultOf(err error) models.CheckCode {
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrExist), errors.Is(err, syscall.ENOTEMPTY),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ""
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return models.RecordingFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return models.RecordingReadOnly
	}
	return models.RecordingRefuses
}
