package store

import (
	"context"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type areaRow struct {
	bun.BaseModel `bun:"table:areas"`
	ID            string `bun:",pk"`
	Parent        string `bun:",nullzero"`
	Doc           string
}

// areas returns every area by id.
func (s *Store) areas(ctx context.Context) ([]models.Area, error) {
	return documents[models.Area](ctx, s.read.NewSelect().Table("areas").OrderExpr("id"))
}

// putArea writes the area, whose parent is there already.
func (tx *Tx) putArea(a models.Area) (outcome, error) {
	doc, err := document(a)
	if err != nil {
		return same, err
	}
	var old []string
	if err := tx.db.NewSelect().Table("areas").Column("doc").Where("id = ?", a.ID).Scan(tx.ctx, &old); err != nil {
		return same, wrap("read an area", err)
	}
	if len(old) > 0 && old[0] == doc {
		return same, nil
	}
	return outcomeOf(len(old) > 0), tx.upsert(&areaRow{ID: a.ID, Parent: a.Parent, Doc: doc}, "an area")
}

// removeAreas removes areas that no camera and no sensor is in any more, whatever their order.
func (tx *Tx) removeAreas(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	if _, err := tx.db.NewUpdate().Table("areas").Set("parent = NULL").Where("id IN (?)", bun.List(ids)).Exec(tx.ctx); err != nil {
		return wrap("take areas out of the tree", err)
	}
	_, err := tx.db.NewDelete().Table("areas").Where("id IN (?)", bun.List(ids)).Exec(tx.ctx)
	return wrap("remove areas", err)
}
