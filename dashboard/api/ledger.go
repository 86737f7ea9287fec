package api

import (
	"context"
	"time"

	"zhihui/models"
	"zhihui/models/store"
)

// ListLedger lists what people did, newest first. An administrator of a part of the site sees what was done to things that
// lie there.
func (a *API) ListLedger(ctx context.Context, r ListLedgerRequestObject) (ListLedgerResponseObject, error) {
	p := r.Params
	items, next, err := a.seen(ctx).Ledger(ctx, store.LedgerFilter{By: value(p.By), Action: value(p.Action), Except: value(p.Except), Entity: value(p.Entity),
		From: instant(p.From), To: instant(p.To), After: value(p.After), Limit: value(p.Limit)})
	if err != nil {
		return nil, err
	}
	return ListLedger200JSONResponse{Items: list(items), Next: next}, nil
}

// instant is *t, or 0 when there is none.
func instant(t *time.Time) models.Time { return models.At(value(t)) }
