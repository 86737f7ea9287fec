package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type orderRow struct {
	bun.BaseModel `bun:"table:orders"`
	ID            string `bun:",pk"`
	Number        int64
	State         models.OrderState
	Lamp          models.Lamp
	Area          string
	Assignee      string
	YellowAt      models.Time
	DueAt         models.Time
	CreatedAt     models.Time
	DoneAt        models.Time
	Words         string // what a search looks through, folded
	Doc           string
}

// PutOrder writes the order, new or known, and its change. An order without a number gets the next one: 1, 2, 3 … without
// gaps. Steps are written by AddStep alone; Actions are not kept.
func (tx *Tx) PutOrder(o *models.WorkOrder) error {
	if o.Number == 0 {
		err := tx.db.NewSelect().Table("orders").ColumnExpr("coalesce(max(number), 0) + 1").Scan(tx.ctx, &o.Number)
		if err != nil {
			return fmt.Errorf("number an order: %w", err)
		}
	}
	kept := *o
	kept.Steps, kept.Actions = nil, nil
	doc, err := document(kept)
	if err != nil {
		return err
	}
	row := orderRow{ID: o.ID, Number: o.Number, State: o.State, Lamp: o.Lamp, Area: o.Area, Assignee: o.Assignee,
		YellowAt: o.YellowAt, DueAt: o.DueAt, CreatedAt: o.CreatedAt, DoneAt: o.DoneAt, Words: folded(o.Why), Doc: doc}
	if err := tx.upsert(&row, "an order"); err != nil {
		return err
	}
	return tx.change(models.TopicOrder, o.ID, o.Area, doc)
}

// Order returns the order without its steps, or a NotFound error.
func (tx *Tx) Order(id string) (models.WorkOrder, error) {
	return orderByID(tx.ctx, tx.db.NewSelect().Table("orders"), id)
}

// Order returns the order with its steps, oldest first, or a NotFound error.
func (v Scope) Order(ctx context.Context, id string) (models.WorkOrder, error) {
	o, err := orderByID(ctx, v.from("orders"), id)
	if err != nil {
		return o, err
	}
	o.Steps, err = documents[models.OrderStep](ctx, v.store.read.NewSelect().Table("order_steps").Where("order_id = ?", id).OrderExpr("id"))
	return o, err
}

func orderByID(ctx context.Context, q *bun.SelectQuery, id string) (models.WorkOrder, error) {
	o, ok, err := one[models.WorkOrder](ctx, q.Where("id = ?", id))
	if err == nil && !ok {
		err = notFound("order", id)
	}
	return o, err
}

// OrderFilter chooses orders; empty fields mean any.
type OrderFilter struct {
	States   []models.OrderState
	Lamp     models.Lamp
	Assignee string // username
	Area     string // with all areas below it
	After    string // cursor of the page before
	Limit    int    // 100 when ≤ 0, 1,000 at most
}

// Orders returns a page of orders without their steps, newest first, and the cursor of the next page, "" at the end.
func (v Scope) Orders(ctx context.Context, f OrderFilter) ([]models.WorkOrder, string, error) {
	q := v.from("orders")
	if len(f.States) > 0 && !slices.ContainsFunc(f.States, models.OrderState.Done) {
		q = v.live("orders", liveOrder)
	}
	among(q, "state", f.States)
	equal(q, "lamp", f.Lamp)
	equal(q, "assignee", f.Assignee)
	within(q, f.Area)
	return newest(ctx, v, "orders", q, f.After, f.Limit, func(o models.WorkOrder) string { return o.ID })
}

// DueOrders returns the orders, neither done nor on hold, whose lamp is behind the clock: green though YellowAt has come, or
// not red though DueAt has. Earliest deadline first, limit at most.
func (s *Store) DueOrders(ctx context.Context, now models.Time, limit int) ([]models.WorkOrder, error) {
	return documents[models.WorkOrder](ctx, s.read.NewSelect().Table("orders").
		Where("state NOT IN ('closed', 'cancelled') AND state <> 'on_hold'"). // the first half as in the index orders_live
		Where("(lamp = 'green' AND yellow_at BETWEEN 1 AND ?) OR (lamp IN ('green', 'yellow') AND due_at BETWEEN 1 AND ?)", now, now).
		OrderExpr("due_at, id").Limit(int64(bounded(limit))))
}
