package api

import (
	"context"

	"zhihui/models"
	"zhihui/models/store"
)

// ListHolds lists holds on footage, newest first; none to who sees clips alone.
func (a *API) ListHolds(ctx context.Context, r ListHoldsRequestObject) (ListHoldsResponseObject, error) {
	if clipsOf(caller(ctx)) != (store.ClipFilter{}) {
		return ListHolds200JSONResponse{Items: []models.Hold{}}, nil
	}
	p := r.Params
	items, next, err := a.seen(ctx).FootageHolds(ctx, store.HoldFilter{Camera: value(p.Camera), Active: value(p.Active), After: value(p.After), Limit: value(p.Limit)})
	if err != nil {
		return nil, err
	}
	return ListHolds200JSONResponse{Items: list(items), Next: next}, nil
}

// PutHold keeps a span of footage.
func (a *API) PutHold(ctx context.Context, r PutHoldRequestObject) (PutHoldResponseObject, error) {
	h, err := a.seen(ctx).PutHold(ctx, models.Hold{Camera: r.Body.Camera, From: models.At(r.Body.From), To: models.At(r.Body.To), Why: r.Body.Why,
		By: caller(ctx).Username})
	if err != nil {
		return nil, err
	}
	return PutHold201JSONResponse(h), nil
}

// LiftHold ends a hold.
func (a *API) LiftHold(ctx context.Context, r LiftHoldRequestObject) (LiftHoldResponseObject, error) {
	h, err := a.seen(ctx).LiftHold(ctx, r.Id, r.Body.Why, caller(ctx).Username)
	if err != nil {
		return nil, err
	}
	return LiftHold200JSONResponse(h), nil
}
