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

// Reject notes that the live alert was not real. It stays rejected whatever its events still do, and its order is
// withdrawn when nobody has accepted it yet. The note says why. The errors are those of Acknowledge, and Invalid without a
// note.
func (p *Pipeline) Reject(ctx context.Context, id string, by models.User, note string) (models.Alert, error) {
	return p.decide(ctx, id, by, note, reject)
}

func (p *Pipeline) decide(ctx context.Context, id string, by models.User, note string, d decision) (models.Alert, error) {
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
		return p.putDecision(tx, before, after, d, by, note)
	})
	if models.CodeOf(err) == models.Conflict {
		err = p.sayWho(ctx, id, err)
	}
	if err != nil {
		return models.Alert{}, err
	}
	return after, nil
}

func (p *Pipeline) putDecision(tx *store.Tx, before, after models.Alert, d decision, by models.User, note string) error {
	if err := tx.PutAlert(after); err != nil {
		return err
	}
	if d == reject && after.Order != "" {
		if err := p.orders.Withdraw(tx, after.Order, by, note); err != nil {
			return err
		}
	}
	what := "alert." + string(d)
	row := store.LedgerRow{By: by.Username, Action: what, Entity: after.ID, Before: before, After: after}
	if err := tx.Ledger(row); err != nil {
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
