package store

import (
	"context"
	"errors"

	"zhihui/models"
)

// FootageFolder is what the store knows of the folder of its recordings.
type FootageFolder struct {
	Store string // by which the folder's marker names this store; it goes with a backup
	Begun bool   // there has been a folder: an empty one is another
}

const (
	storeSetting   = "store"
	footageSetting = "footage_begun"
)

// FootageFolder returns it, and gives the store its name when it has none yet.
func (s *Store) FootageFolder(ctx context.Context) (f FootageFolder, err error) {
	err = s.Write(ctx, func(tx *Tx) error {
		var known bool
		if f.Store, known, err = tx.setting(storeSetting); err != nil {
			return err
		}
		if !known {
			f.Store = models.NewID(tx.Now().Std())
			if err := tx.putSetting(storeSetting, f.Store); err != nil {
				return err
			}
		}
		_, f.Begun, err = tx.setting(footageSetting)
		return err
	})
	return f, err
}

// BeginFootage notes that there is a folder of recordings from now on.
func (s *Store) BeginFootage(ctx context.Context) error {
	return s.Write(ctx, func(tx *Tx) error { return tx.beginFootage() })
}

// AdoptFootage notes that by has made a folder that of the recordings; the ledger keeps it, since all that is kept of cameras goes there.
func (s *Store) AdoptFootage(ctx context.Context, by, dir string) error {
	return s.Write(ctx, func(tx *Tx) error {
		return errors.Join(tx.beginFootage(), tx.Ledger(by, "recording.adopt", dir, nil, nil))
	})
}

func (tx *Tx) beginFootage() error { return tx.putSetting(footageSetting, tx.Now().String()) }
