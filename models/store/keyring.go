package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"zhihui/models"
)

const keySize = 32 // AES-256

// openKey reads the key file, or makes it when there is none and no database that would need the old one.
func openKey(file string, database bool) (cipher.AEAD, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && database:
		return nil, models.Errorf(models.Unavailable,
			"the key file %s is missing, without it the cameras' passwords cannot be read: put it back from the backup", file)
	case errors.Is(err, fs.ErrNotExist):
		key := make([]byte, keySize)
		rand.Read(key) // never fails: see crypto/rand
		if err := writeFile(file, key, 0o600); err != nil {
			return nil, fmt.Errorf("make the key file: %w", err)
		}
		return newAEAD(key)
	case err != nil:
		return nil, fmt.Errorf("look at the key file: %w", err)
	case info.Mode().Perm()&0o077 != 0:
		return nil, models.Errorf(models.Forbidden, "others than the owner may read the key file %s: chmod 600 it", file)
	}
	key, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	if len(key) != keySize {
		return nil, models.Errorf(models.Invalid, "the key file %s has %d bytes, not %d: put it back from the backup", file, len(key), keySize)
	}
	return newAEAD(key)
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal encrypts plain for one owner, such as "camera:gate-1": moved to another owner's row it does not open.
func (s *Store) seal(plain []byte, owner string) string {
	return base64.StdEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, []byte(owner)))
}

func (s *Store) unseal(sealed, owner string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, fmt.Errorf("decrypt the secret of %s: %w", owner, err)
	}
	plain, err := s.aead.Open(nil, nil, b, []byte(owner))
	return plain, wrap("decrypt the secret of "+owner, err)
}

// checkKey finds out at the start, not at the first camera, that the key belongs to another database.
func (s *Store) checkKey(ctx context.Context) error {
	const name = "key"
	return s.Write(ctx, func(tx *Tx) error {
		sealed, ok, err := tx.setting(name)
		if err != nil {
			return err
		}
		if !ok {
			return tx.putSetting(name, s.seal([]byte(name), name))
		}
		if _, err := s.unseal(sealed, name); err != nil {
			return models.Errorf(models.Invalid,
				"the key file in %s belongs to another database: put the right one back from the backup", filepath.Clean(s.cfg.Dir))
		}
		return nil
	})
}
