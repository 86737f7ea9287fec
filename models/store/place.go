package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"zhihui/models"
)

const (
	maxPlaces   = 20                  // of one person
	placeMemory = 90 * 24 * time.Hour // how long a place is known without a login
)

type placeRow struct {
	bun.BaseModel `bun:"table:places"`
	Username      string `bun:",pk"`
	Address       string `bun:",pk"`
	SeenAt        models.Time
}

// notePlace remembers that the person was let in at the address.
func (tx *Tx) notePlace(username, address string) error {
	row := placeRow{Username: username, Address: address, SeenAt: tx.now}
	if _, err := tx.db.NewInsert().Model(&row).On("CONFLICT (username, address) DO UPDATE").Exec(tx.ctx); err != nil {
		return wrap("note a place", err)
	}
	_, err := tx.db.NewDelete().Table("places").Where(`username = ? AND (seen_at <= ? OR address IN (SELECT address FROM places
		WHERE username = ? ORDER BY seen_at DESC LIMIT -1 OFFSET ?))`, username, tx.now.Add(-placeMemory), username, maxPlaces).Exec(tx.ctx)
	return wrap("bound the places", err)
}

// KnownPlace tells whether the person was let in at the address within the last 90 days.
func (s *Store) KnownPlace(ctx context.Context, username, address string) (bool, error) {
	known, err := s.read.NewSelect().Table("places").Where("username = ? AND address = ? AND seen_at > ?",
		username, address, models.At(s.now()).Add(-placeMemory)).Exists(ctx)
	return known, wrap("look for a place", err)
}
