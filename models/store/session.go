package store

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// Sessions keeps login sessions; it is an scs.CtxStore. Only a hash of each token is kept, so that a copy of the database
// logs nobody in.
type Sessions struct{ store *Store }

// Sessions returns the session store.
func (s *Store) Sessions() *Sessions { return &Sessions{s} }

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions"`
	TokenHash     string `bun:",pk"`
	Content       string
	ExpiresAt     models.Time
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// FindCtx returns the content of a session that has not expired.
func (s *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var rows []sessionRow
	err := s.store.read.NewSelect().Model(&rows).Where("token_hash = ? AND expires_at > ?", hashToken(token), models.At(s.store.now())).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, false, wrap("read a session", err)
	}
	b, err := base64.StdEncoding.DecodeString(rows[0].Content)
	if err != nil {
		return nil, false, fmt.Errorf("read a session: %w", err)
	}
	return b, true, nil
}

// CommitCtx writes the content of a session until expiry.
func (s *Sessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	row := sessionRow{TokenHash: hashToken(token), Content: base64.StdEncoding.EncodeToString(b), ExpiresAt: models.At(expiry)}
	return s.store.Write(ctx, func(tx *Tx) error {
		_, err := tx.db.NewInsert().Model(&row).On("CONFLICT (token_hash) DO UPDATE").Exec(tx.ctx)
		return wrap("write a session", err)
	})
}

// DeleteCtx ends a session; an unknown one is no error.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.store.Write(ctx, func(tx *Tx) error {
		_, err := tx.db.NewDelete().Table("sessions").Where("token_hash = ?", hashToken(token)).Exec(tx.ctx)
		return wrap("delete a session", err)
	})
}

// Find is FindCtx without a context.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *Sessions) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is DeleteCtx without a context.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// PruneSessions forgets the sessions that have expired.
func (s *Store) PruneSessions(ctx context.Context, now models.Time) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, err := tx.db.NewDelete().Table("sessions").Where("expires_at <= ?", now).Exec(tx.ctx)
		return wrap("prune sessions", err)
	})
}
