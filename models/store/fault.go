package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"zhihui/models"
)

// Fault is what keeps the store from writing; the zero Fault is a store that writes.
type Fault struct {
	Code  models.CheckCode // StoreRefuses, StoreReadOnly, StoreLocked or DiskFull; "" = none
	Since models.Time      // of the first write that was refused
	Err   error            // of the newest
}

// sentence is for people who wanted to write.
func sentence(code models.CheckCode) error {
	switch code {
	case models.DiskFull:
		return models.Errorf(models.Unavailable, "nothing can be written: the disk is full; what was there is safe. Make room and try again")
	case models.StoreReadOnly:
		return models.Errorf(models.Unavailable, "nothing can be written: the folder of the store is read-only. Make it writable and try again")
	case models.StoreLocked:
		return models.Errorf(models.Unavailable, "nothing can be written: another program holds the database. End it, or wait and try again")
	}
	return models.Errorf(models.Unavailable, "nothing can be written: the database refuses it, and the log says why")
}

// faultOf tells a fault of the disk or the database, which is nobody's who wanted to write; "" for every other error.
func faultOf(err error) models.CheckCode {
	var e *sqlite.Error
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return models.DiskFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return models.StoreReadOnly
	case !errors.As(err, &e):
		return ""
	}
	switch e.Code() & 0xff { // the rest is detail
	case sqlite3.SQLITE_FULL:
		return models.DiskFull
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		return models.StoreReadOnly
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return models.StoreLocked
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_NOMEM:
		return models.StoreRefuses
	}
	return ""
}

// refusal puts the sentence for people in front of a fault of the disk or the database, and tells which it is; every other
// error stays as it is. SQLite calls much an I/O error whose cause the folder itself names better.
func (s *Store) refusal(err error) (models.CheckCode, error) {
	code := faultOf(err)
	if code == models.StoreRefuses {
		if cause := faultOf(takesFiles(s.cfg.Dir)); cause != "" {
			code = cause
		}
	}
	if code == "" {
		return "", err
	}
	return code, fmt.Errorf("%w: %w", sentence(code), err)
}

// takesFiles tells why no file can be made in the folder.
func takesFiles(dir string) error {
	f, err := os.CreateTemp(dir, ".try-*")
	if err != nil {
		return err
	}
	_, err = f.Write([]byte{0})
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// health remembers what keeps the newest write from being written.
type health struct {
	mu    sync.Mutex
	fault Fault
}

// note takes in how a write has ended, code "" = well, and tells whether that is news.
func (h *health) note(now models.Time, code models.CheckCode, err error) (news bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.fault
	h.fault = Fault{Code: code, Err: err}
	if code != "" {
		if h.fault.Since = before.Since; before.Code == "" {
			h.fault.Since = now
		}
	}
	return before.Code != code
}

// Fault tells what keeps the store from writing, by its newest write.
func (s *Store) Fault() Fault {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	return s.health.fault
}

// Probe writes a row and returns nil once it is on the disk. The value is never the same: SQLite writes nothing where
// nothing changes.
func (s *Store) Probe(ctx context.Context) error {
	return s.Write(ctx, func(tx *Tx) error { return tx.putSetting("probe", rand.Text()) })
}
