package recording

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"zhihui/models"
	"zhihui/models/store"
)

// Adopt makes the folder the store's, whatever lies in it: footage there that is not in the index comes into it, and grows old like
// ours. A folder of another hall is only taken with force. by is who does it, for the ledger.
func Adopt(ctx context.Context, dir string, s *store.Store, by string, force bool, now models.Time) error {
	known, err := s.FootageFolder(ctx)
	if err != nil {
		return err
	}
	f, err := readFolder(dir)
	if err != nil {
		return fmt.Errorf("look into %s: %w", dir, err)
	}
	switch claimOf(f, known) {
	case claimOther:
		if !force {
			return claimOther.fault(dir)
		}
	case claimOurs:
		return s.AdoptFootage(ctx, by, dir)
	}
	if err := writeMarker(dir, marker{Store: known.Store, Made: now}); err != nil {
		return fmt.Errorf("mark %s: %w", dir, err)
	}
	return s.AdoptFootage(ctx, by, dir)
}

// Folder is what somebody finds of the folder of the recordings who does not run the hall.
type Folder struct {
	Dir   string
	Fault error // why nothing is written into it, nil = it is the hall's, or will be with the first start
	Room  Room  // zero where there is no folder
}

// Look finds out how the folder of the recordings is, beside a running hall or without one.
func Look(ctx context.Context, cfg Config, storeDir string, s *store.Store) (Folder, error) {
	d := Disk{dir: cfg.Folder(storeDir), storeDir: storeDir, keep: cfg.Keep}
	f := Folder{Dir: d.dir}
	known, err := s.FootageFolder(ctx)
	if err != nil {
		return f, err
	}
	found, err := readFolder(d.dir)
	if err != nil {
		f.Fault = err
		return f, nil
	}
	f.Fault = claimOf(found, known).fault(d.dir)
	if f.Room, err = d.roomOf(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.Fault = errors.Join(f.Fault, err)
	}
	return f, nil
}
