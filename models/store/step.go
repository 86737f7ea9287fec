package store

import (
	"github.com/uptrace/bun"

	"zhihui/models"
)

type stepRow struct {
	bun.BaseModel `bun:"table:order_steps"`
	ID            int64 `bun:",pk,autoincrement"`
	OrderID       string
	Doc           string
}

// AddStep adds a step to the story of an order that is written already. It makes no change row: PutOrder does.
func (tx *Tx) AddStep(orderID string, s models.OrderStep) error {
	doc, err := document(s)
	if err != nil {
		return err
	}
	return tx.insert(&stepRow{OrderID: orderID, Doc: doc}, "an order's step")
}

// Steps returns the story of the order, oldest first, with what this change set has added to it.
func (tx *Tx) Steps(orderID string) ([]models.OrderStep, error) {
	return documents[models.OrderStep](tx.ctx, tx.db.NewSelect().Table("order_steps").Where("order_id = ?", orderID).OrderExpr("id"))
}
