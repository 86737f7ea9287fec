package alerting

import (
	"context"
	"errors"

	"zhihui/alerting/notify"
	"zhihui/models"
	"zhihui/models/store"
)

// Acknowledge notes that by has seen the open alert and cares for it. Errors: NotFound, Forbidden, Invalid for a note of
// more than orders.MaxNote characters, and Conflict when the alert is not open any more, with who did what and when.
func (p *Pipeline) Acknowledge(ctx context.Context, id string, by models.User, note string) (models.Alert, error) {
	return p.decide(ctx, id, by, note, acknowledge)
}

// Confirm notes that by has found the live alert to be real; it acknowledges it as well when nobody has. The errors are
// those of Acknowledge, and Conflict for what is confirmed already.
func (p *Pipeline) Confirm(ctx context.Context, id string, by models.User, note string) (models.Alert, error) {
	return p.decide(ctx, id, by, note, confirm)
}

// Reject notes that the live alert was not real. It stays rejected whatever its events still do, and its order is
// withdrawn when nobody has accepted it yet. The note says why. The errors are those of Acknowledge, Invalid without a
// note, and Conflict for what somebody else has confirmed.
func (p *Pipeline) Reject(ctx context.Context, id string, by models.User, note string) (models.Alert, error) {
	return p.decide(ctx, id, by, note, reject)
}

// MakeOrder makes the work order of an alert that has none, or none that is still worked on, and acknowledges the alert
// when nobody has. The deadline is that of the first policy that fits, else Config.DueByHand. The note begins the order's story.
// The errors are those of Acknowledge, and Conflict with the number of the order that is there.
func (p *Pipeline) MakeOrder(ctx context.Context, id string, by models.User, note string) (models.WorkOrder, error) {
	var made models.WorkOrder
	_, err := p.change(ctx, id, by, note, order, func(tx *store.Tx, a *models.Alert) error {
		if err := p.withoutOrder(tx, *a); err != nil {
			return err
		}
		a.Order = tx.NewID()
		policy := p.cfg.byHand(*a)
		var err error
		made, err = p.orders.OpenByHand(tx, *a, by, note, policy.Due.Std(), policy.yellow())
		return err
	})
	return made, err
}

// withoutOrder returns a Conflict when people are at work on a's order already.
func (p *Pipeline) withoutOrder(tx *store.Tx, a models.Alert) error {
	if a.Order == "" {
		return nil
	}
	o, err := tx.Order(a.Order)
	if err == nil && !o.State.Done() {
		err = models.Errorf(models.Conflict, "order %d of this alert is there already, it is %s", o.Number, o.State)
	}
	return err
}

func (p *Pipeline) decide(ctx context.Context, id string, by models.User, note string, d decision) (models.Alert, error) {
	return p.change(ctx, id, by, note, d, func(tx *store.Tx, a *models.Alert) error {
		if d != reject || a.Order == "" {
			return nil
		}
		return p.orders.Withdraw(tx, a.Order, by, note)
	})
}

// change writes the decision d about the alert, with what follows from it, in one transaction.
func (p *Pipeline) change(ctx context.Context, id string, by models.User, note string, d decision, then func(*store.Tx, *models.Alert) error) (models.Alert, error) {
	if err := mayDecide(by, note, d); err != nil {
		return models.Alert{}, err
	}
	var after models.Alert
	err := p.store.Write(ctx, func(tx *store.Tx) error {
		before, err := tx.Alert(id)
		if err != nil {
			return err
		}
		if after, err = decided(before, d, by, note, tx.Now()); err != nil {
			return err
		}
		if err := then(tx, &after); err != nil {
			return err
		}
		return p.putDecision(tx, before, after, d, by)
	})
	if models.CodeOf(err) == models.Conflict {
		err = p.sayWho(ctx, id, err)
	}
	if err != nil {
		return models.Alert{}, err
	}
	return after, nil
}

func (p *Pipeline) putDecision(tx *store.Tx, before, after models.Alert, d decision, by models.User) error {
	if err := tx.PutAlert(after); err != nil {
		return err
	}
	what := "alert." + string(d)
	if err := tx.Ledger(by.Username, what, after.ID, before, after); err != nil {
		return err
	}
	return p.out.Put(tx, notify.Message{What: what, Alert: &after})
}

// sayWho adds to a conflict what the ledger knows: who decided last, and when.
func (p *Pipeline) sayWho(ctx context.Context, id string, conflict error) error {
	rows, err := p.store.LedgerOf(ctx, id)
	if err != nil {
		return errors.Join(conflict, err)
	}
	if len(rows) == 0 {
		return conflict
	}
	last := rows[len(rows)-1]
	return models.Errorf(models.Conflict, "%s (%s by %s at %s)", conflict, last.Action, last.By, last.At)
}
