package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/alexedwards/argon2id"

	"zhihui/models"
)

// MaxPassword bounds a password, in bytes.
const MaxPassword = 256

const (
	parallelHashes = 2 // each takes 64 MiB and a core for some 100 ms
	hashPatience   = 5 * time.Second
)

// params are fixed, not the number of cores: a hash must cost the same wherever it is checked.
func params() *argon2id.Params {
	return &argon2id.Params{Memory: 64 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// HashPassword returns the argon2id hash of a password of 8 to MaxPassword bytes, for User.PasswordHash.
func HashPassword(password string) (string, error) {
	if len(password) < 8 || len(password) > MaxPassword {
		return "", models.FieldError("password", "a password has 8 to %d bytes, this one has %d", MaxPassword, len(password))
	}
	hash, err := argon2id.CreateHash(password, params())
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// hasher checks passwords, a few at once: who must wait longer than hashPatience is told to try again.
type hasher struct {
	slots chan struct{}
	decoy string // checked where there is no such user, so that the answer takes as long
}

func newHasher() (*hasher, error) {
	decoy, err := HashPassword("nobody has this one")
	if err != nil {
		return nil, err
	}
	return &hasher{slots: make(chan struct{}, parallelHashes), decoy: decoy}, nil
}

// matches tells whether hash is the hash of password; with an empty hash it works as hard and says no.
func (h *hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, hashPatience)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return false, models.Errorf(models.TooMany, "too many people are logging in at this moment, try again")
	}
	known := hash != ""
	if !known {
		hash = h.decoy
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("check a password: %w", err)
	}
	return match && known, nil
}
