package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// LedgerRow says what a person did. Before and After are the thing as the API shows it; nil when there was or is none.
type LedgerRow struct {
	At     models.Time // of the change set; set by the store
	By     string      // username
	Action string      // such as "alert.acknowledge"
	Entity string      // id of the thing
	Before any
	After  any
}

type ledgerRow struct {
	bun.BaseModel `bun:"table:ledger"`
	ID            int64 `bun:",pk,autoincrement"`
	At            models.Time
	Person        string
	Action        string
	Entity        string
	DocBefore     string
	DocAfter      string
}

// Ledger notes in this change set who did what. The ledger is never changed nor shortened; the database itself refuses.
func (tx *Tx) Ledger(r LedgerRow) error {
	before, err := document(r.Before)
	if err != nil {
		return err
	}
	after, err := document(r.After)
	if err != nil {
		return err
	}
	return tx.insert(&ledgerRow{At: tx.now, Person: r.By, Action: r.Action, Entity: r.Entity, DocBefore: before, DocAfter: after}, "the ledger")
}

// LedgerOf returns what people did to one thing, oldest first, 1,000 rows at most; Before and After are json.RawMessage.
func (s *Store) LedgerOf(ctx context.Context, entity string) ([]LedgerRow, error) {
	var rows []ledgerRow
	if err := s.read.NewSelect().Model(&rows).Where("entity = ?", entity).OrderExpr("id").Limit(MaxLimit).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	out := make([]LedgerRow, len(rows))
	for i, r := range rows {
		out[i] = LedgerRow{At: r.At, By: r.Person, Action: r.Action, Entity: r.Entity,
			Before: json.RawMessage(r.DocBefore), After: json.RawMessage(r.DocAfter)}
	}
	return out, nil
}
