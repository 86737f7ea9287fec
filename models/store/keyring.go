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
	"sync"

	"zhihui/models"
)

const (
	keySize  = 32 // AES-256
	keyFile  = "key"
	nextFile = "key.next" // the key that RotateKey is about to put in its place

	proofName = "key" // the setting that says which key is the database's: this very word, sealed
)

// keyring has the key under which secrets stand in the database. Another process may change it at any time (RotateKey), so
// which key is right is said by the database and looked up in each change set that seals.
type keyring struct {
	dir string
	mu  sync.Mutex
	now cipher.AEAD
}

// openKeyring reads the key file, or makes it when there is none and no database that would need the old one.
func openKeyring(dir string, database bool) (*keyring, error) {
	file := filepath.Join(dir, keyFile)
	aead, err := readKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		if database {
			return nil, models.Errorf(models.Unavailable,
				"the key file %s is missing, without it the cameras' passwords cannot be read: put it back from the backup", file)
		}
		aead, err = makeKey(file)
	}
	if err != nil {
		return nil, err
	}
	return &keyring{dir: dir, now: aead}, nil
}

func makeKey(file string) (cipher.AEAD, error) {
	key := make([]byte, keySize)
	rand.Read(key) // never fails: see crypto/rand
	if err := writeFile(file, key, 0o600); err != nil {
		return nil, fmt.Errorf("make the key file: %w", err)
	}
	return newAEAD(key)
}

func readKey(file string) (cipher.AEAD, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("look at the key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
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

// open decrypts what was sealed for owner, with the key in hand or, when another process has changed it, with the one on
// the disk, which is in hand from then on.
func (k *keyring) open(sealed, owner string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, fmt.Errorf("decrypt the secret of %s: %w", owner, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	plain, err := k.now.Open(nil, nil, b, []byte(owner))
	for _, name := range []string{keyFile, nextFile} {
		if err == nil {
			break
		}
		aead, absent := readKey(filepath.Join(k.dir, name))
		if absent != nil {
			continue
		}
		if p, e := aead.Open(nil, nil, b, []byte(owner)); e == nil {
			k.now, plain, err = aead, p, nil
		}
	}
	return plain, wrap("decrypt the secret of "+owner, err)
}

// seal encrypts plain for one owner, such as "camera:gate-1": moved to another owner's row it does not open.
func seal(aead cipher.AEAD, plain []byte, owner string) string {
	return base64.StdEncoding.EncodeToString(aead.Seal(nil, nil, plain, []byte(owner)))
}

// seal encrypts with the key that the database has in this change set.
func (tx *Tx) seal(plain []byte, owner string) (string, error) {
	if err := tx.proveKey(); err != nil {
		return "", err
	}
	k := tx.store.keys
	k.mu.Lock()
	defer k.mu.Unlock()
	return seal(k.now, plain, owner), nil
}

// proveKey takes the database's key in hand; a new database gets the one that is there.
func (tx *Tx) proveKey() error {
	k := tx.store.keys
	proof, ok, err := tx.setting(proofName)
	if err != nil {
		return err
	}
	if !ok {
		return tx.putSetting(proofName, seal(k.now, []byte(proofName), proofName))
	}
	if _, err := k.open(proof, proofName); err != nil {
		return models.Errorf(models.Invalid,
			"the key file in %s belongs to another database: put the right one back from the backup", filepath.Clean(k.dir))
	}
	return nil
}

// checkKey finds out at the start, not at the first camera, that the key belongs to another database, and ends a rotation
// that was cut short.
func (s *Store) checkKey(ctx context.Context) error {
	if err := s.Write(ctx, (*Tx).proveKey); err != nil || !exists(filepath.Join(s.cfg.Dir, nextFile)) {
		return err
	}
	unlock, err := s.lockKey()
	if models.CodeOf(err) == models.Conflict {
		return nil // it is under way
	}
	if err != nil {
		return err
	}
	defer unlock()
	return s.settleKey(ctx)
}
