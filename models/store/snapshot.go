package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zhihui/models"
)

// MaxSnapshot bounds one picture, in bytes.
const MaxSnapshot = 4 << 20

// crockford is the alphabet of ULIDs.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// snapshotPath returns where a snapshot lies: a folder a day, by the time in its name. A name is a ULID, with more after it
// if you like (such as 01JZ….2), and never leaves the folder.
func (s *Store) snapshotPath(name string) (string, error) {
	made, ok := timeOf(name)
	if !ok || !models.ValidID(name) {
		return "", models.FieldError("snapshot", "%.64q is no name of a snapshot, it begins with a ULID", name)
	}
	return filepath.Join(s.snapshots(), made.Format(time.DateOnly), name), nil
}

func (s *Store) snapshots() string { return filepath.Join(s.cfg.Dir, snapshotFolder) }

// timeOf returns the time that the first ten characters of a ULID hold.
func timeOf(name string) (time.Time, bool) {
	if len(name) < 26 || name[0] > '7' {
		return time.Time{}, false
	}
	var ms int64
	for i, c := range []byte(name[:26]) {
		v := strings.IndexByte(crockford, c)
		if v < 0 {
			return time.Time{}, false
		}
		if i < 10 {
			ms = ms<<5 | int64(v)
		}
	}
	return time.UnixMilli(ms).UTC(), true
}

// SaveSnapshot writes a JPEG under its name; when it returns nil the picture is on the disk. A second one replaces the first.
func (s *Store) SaveSnapshot(ctx context.Context, name string, jpeg []byte) error {
	file, err := s.snapshotPath(name)
	if err != nil {
		return err
	}
	if len(jpeg) == 0 || len(jpeg) > MaxSnapshot {
		return models.Errorf(models.TooLarge, "a snapshot has 1 to %d bytes, not %d", MaxSnapshot, len(jpeg))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	switch err := os.Mkdir(filepath.Dir(file), 0o750); {
	case err == nil:
		if err := syncDir(s.snapshots()); err != nil {
			return fmt.Errorf("make a folder for snapshots: %w", err)
		}
	case !errors.Is(err, fs.ErrExist):
		return fmt.Errorf("make a folder for snapshots: %w", err)
	}
	return wrap("write a snapshot", writeFile(file, jpeg, 0o640))
}

// OpenSnapshot opens the picture of an event within the scope for reading, or returns a NotFound error.
func (v Scope) OpenSnapshot(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	file, err := v.store.snapshotPath(name)
	if err != nil {
		return nil, notFound("snapshot", name)
	}
	if v.area != Whole {
		owned, err := v.from("events").Where("snapshot = ?", name).Exists(ctx)
		if err != nil {
			return nil, fmt.Errorf("look for the event of a snapshot: %w", err)
		}
		if !owned {
			return nil, notFound("snapshot", name)
		}
	}
	f, err := os.Open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, notFound("snapshot", name)
	case err != nil:
		return nil, fmt.Errorf("open a snapshot: %w", err)
	}
	return f, nil
}
