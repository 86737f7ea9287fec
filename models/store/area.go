package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type areaRow struct {
	bun.BaseModel `bun:"table:areas"`
	ID            string `bun:",pk"`
	Parent        string `bun:",nullzero"`
	Words         string // what a search looks through, folded
	Doc           string
}

// areas returns every area by id.
func (s *Store) areas(ctx context.Context) ([]models.Area, error) {
	return documents[models.Area](ctx, s.read.NewSelect().Table("areas").OrderExpr("id"))
}

// putArea writes the area, whose parent is there already, and its ledger row.
func (tx *Tx) putArea(a models.Area, by string) (outcome, error) {
	doc, err := document(a)
	if err != nil {
		return same, err
	}
	var old []string
	if err := tx.db.NewSelect().Table("areas").Column("doc").Where("id = ?", a.ID).Scan(tx.ctx, &old); err != nil {
		return same, wrap("read an area", err)
	}
	var before any
	if len(old) > 0 {
		if old[0] == doc {
			return same, nil
		}
		before = json.RawMessage(old[0])
	}
	return outcomeOf(len(old) > 0), errors.Join(
		tx.upsert(&areaRow{ID: a.ID, Parent: a.Parent, Words: folded(a.Name), Doc: doc}, "an area"),
		tx.Ledger(by, "area.put", a.ID, before, a))
}

// removeAreas removes areas that no camera and no sensor is in any more, whatever their order, with their ledger rows.
func (tx *Tx) removeAreas(ids []string, by string) error {
	if len(ids) == 0 {
		return nil
	}
	gone, err := documents[models.Area](tx.ctx, tx.db.NewSelect().Table("areas").Where("id IN (?)", bun.List(ids)))
	if err != nil {
		return err
	}
	if _, err := tx.db.NewUpdate().Table("areas").Set("parent = NULL").Where("id IN (?)", bun.List(ids)).Exec(tx.ctx); err != nil {
		return wrap("take areas out of the tree", err)
	}
	if _, err := tx.db.NewDelete().Table("areas").Where("id IN (?)", bun.List(ids)).Exec(tx.ctx); err != nil {
		return wrap("remove areas", err)
	}
	for _, a := range gone {
		err = errors.Join(err, tx.Ledger(by, "area.delete", a.ID, a, nil))
	}
	return err
}
