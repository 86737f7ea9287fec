package store

import (
	"context"

	"zhihui/models"
)

// NoteViewings writes a row of the ledger for each look at a camera, at the instant at which it began: all of them or none.
func (s *Store) NoteViewings(ctx context.Context, viewings []models.Viewing) error {
	return s.Write(ctx, func(tx *Tx) error {
		rows := make([]ledgerRow, len(viewings))
		for i, v := range viewings {
			doc, err := document(struct {
				Area string      `json:"area"`
				From models.Time `json:"from,omitzero"`
				To   models.Time `json:"to,omitzero"`
			}{v.Area, v.From, v.To})
			if err != nil {
				return err
			}
			rows[i] = ledgerRow{At: v.At, Person: v.Viewer, Action: string(v.Way), Entity: v.Camera, Area: v.Area, DocBefore: "null", DocAfter: doc}
		}
		return tx.insert(&rows, "the ledger")
	})
}
