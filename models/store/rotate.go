package store

import (
	"context"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// RotateKey encrypts every secret under a new key and puts that in the key file's place; it returns how many there were. A
// hall that runs on the same store goes on and takes the new key up when it needs it. Cut short at any moment, it has
// happened or it has not: the new key is on the disk before the database needs it, and the old one until then. Conflict:
// another rotation is under way.
func (s *Store) RotateKey(ctx context.Context, by string) (int, error) {
	unlock, err := s.lockKey()
	if err != nil {
		return 0, err
	}
	defer unlock()
	if err := s.settleKey(ctx); err != nil {
		return 0, err
	}
	next, err := makeKey(filepath.Join(s.cfg.Dir, nextFile))
	if err != nil {
		return 0, err
	}
	n := 0
	err = s.Write(ctx, func(tx *Tx) error {
		if n, err = tx.reseal(next); err != nil {
			return err
		}
		return tx.Ledger(by, "key.rotate", proofName, nil, nil)
	})
	// Settled after an error too: a write that was given up may still have been made.
	return n, errors.Join(err, s.settleKey(context.WithoutCancel(ctx)))
}

// reseal moves every secret from the key in hand to next: those of the cameras, and those that imports have replaced.
func (tx *Tx) reseal(next cipher.AEAD) (int, error) {
	if err := tx.proveKey(); err != nil {
		return 0, err
	}
	n := 0
	for _, t := range []struct{ table, camera string }{{"cameras", "id"}, {"import_rows", "entity"}} {
		var rows []struct{ Camera, Secret string }
		err := tx.db.NewSelect().Table(t.table).ColumnExpr("DISTINCT ? AS camera, secret", bun.Ident(t.camera)).Where("secret <> ''").Scan(tx.ctx, &rows)
		if err != nil {
			return 0, fmt.Errorf("read the secrets: %w", err)
		}
		for _, r := range rows {
			owner := ownerOf(r.Camera)
			plain, err := tx.store.keys.open(r.Secret, owner)
			if err != nil {
				return 0, fmt.Errorf("%w: enter the password of this camera again first", err)
			}
			_, err = tx.db.NewUpdate().Table(t.table).Set("secret = ?", seal(next, plain, owner)).
				Where("? = ? AND secret = ?", bun.Ident(t.camera), r.Camera, r.Secret).Exec(tx.ctx)
			if err != nil {
				return 0, fmt.Errorf("write a secret: %w", err)
			}
		}
		n += len(rows)
	}
	return n, tx.putSetting(proofName, seal(next, []byte(proofName), proofName))
}

// settleKey ends what a rotation has begun: the next key takes its place when the database needs it, and goes when not. The
// lock must be held.
func (s *Store) settleKey(ctx context.Context) error {
	next := filepath.Join(s.cfg.Dir, nextFile)
	aead, err := readKey(next)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Write(ctx, func(tx *Tx) error {
		proof, _, err := tx.setting(proofName)
		if err != nil {
			return err
		}
		if !proves(aead, proof) {
			return os.Remove(next)
		}
		if err := os.Rename(next, filepath.Join(s.cfg.Dir, keyFile)); err != nil {
			return fmt.Errorf("put the new key in its place: %w", err)
		}
		return syncDir(s.cfg.Dir)
	})
}

func proves(aead cipher.AEAD, proof string) bool {
	b, err := base64.StdEncoding.DecodeString(proof)
	if err != nil {
		return false
	}
	_, err = aead.Open(nil, nil, b, []byte(proofName))
	return err == nil
}

// lockKey keeps rotations apart; a Conflict when another process has the lock.
func (s *Store) lockKey() (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(s.cfg.Dir, "key.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the key: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(models.Errorf(models.Conflict, "the key is being rotated by another process, try again when that has ended"), f.Close())
	}
	return func() { _ = f.Close() }, nil // which unlocks it
}
