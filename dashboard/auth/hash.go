package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/alexedwards/argon2id"

	"zhihui/models"
	"zhihui/models/store"
)

const (
	parallelHashes = 2 // each takes 64 MiB and a core for some 100 ms
	hashPatience   = 5 * time.Second
)

// NewPassword checks a password that the user shall have, by the rules of CheckPassword, and returns its hash.
func (s *Sessions) NewPassword(ctx context.Context, field, password string, u models.User) (string, error) {
	site, err := s.store.In(store.Whole).Site(ctx)
	if err != nil {
		return "", err
	}
	if err := CheckPassword(field, password, u.Username, u.Name, site.Name); err != nil {
		return "", err
	}
	leave, err := s.hashes.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return HashPassword(password)
}

// params are fixed, not the number of cores: a hash must cost the same wherever it is checked.
func params() *argon2id.Params {
	return &argon2id.Params{Memory: 64 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// HashPassword returns the argon2id hash of a password, for User.PasswordHash; see CheckPassword.
func HashPassword(password string) (string, error) {
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

// enter waits for a turn to hash; leave gives it back.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, hashPatience)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, models.Errorf(models.TooMany, "too many people are logging in at this moment, try again")
	}
}

// matches tells whether hash is the hash of password; with an empty hash it works as hard and says no.
func (h *hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
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
