package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// Tx is one change set inside Write: what it reads includes what it has written. It must not be kept or shared.
type Tx struct {
	ctx     context.Context
	db      bun.Tx
	store   *Store
	now     models.Time
	changed bool
}

// Now is the instant of this change set by the store's clock.
func (tx *Tx) Now() models.Time { return tx.now }

// NewID returns an id for something that begins now. It sorts behind all ids that were made here since the start, also
// when the clock is set back: then its time goes on by a millisecond each, so that lists keep their order.
func (tx *Tx) NewID() string {
	tx.store.newest = max(tx.store.newest+1, tx.now)
	return models.NewID(tx.store.newest.Std())
}

// upsert writes the row by its primary key, whether there is one already or not.
func (tx *Tx) upsert(row any, what string) error {
	_, err := tx.db.NewInsert().Model(row).On("CONFLICT (id) DO UPDATE").Exec(tx.ctx)
	return wrap("write "+what, err)
}

// insert writes a new row.
func (tx *Tx) insert(row any, what string) error {
	_, err := tx.db.NewInsert().Model(row).Exec(tx.ctx)
	return wrap("write "+what, err)
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// document is v in the words of the API, as it is kept and shown.
func document(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("put %T into JSON: %w", v, err)
	}
	return string(b), nil
}
