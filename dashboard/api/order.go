package api

import (
	"context"

	"zhihui/dashboard/auth"
	"zhihui/models"
	"zhihui/models/store"
)

// ListOrders lists orders without their steps, newest first.
func (a *API) ListOrders(ctx context.Context, r ListOrdersRequestObject) (ListOrdersResponseObject, error) {
	states, err := among(r.Params.State, models.OrderReported, models.OrderAccepted, models.OrderDispatched,
		models.OrderInProgress, models.OrderOnHold, models.OrderResolved, models.OrderFollowUp, models.OrderClosed, models.OrderCancelled)
	if err != nil {
		return nil, err
	}
	items, next, err := a.seen(ctx).Orders(ctx, store.OrderFilter{States: states, Lamp: value(r.Params.Lamp),
		Assignee: value(r.Params.Assignee), Area: value(r.Params.Area), After: value(r.Params.After), Limit: value(r.Params.Limit)})
	if err != nil {
		return nil, err
	}
	for i := range items {
		items[i].Actions = a.Orders.Actions(items[i])
	}
	return ListOrders200JSONResponse{Items: list(items), Next: next}, nil
}

// GetOrder shows one order with its steps and what can be done now.
func (a *API) GetOrder(ctx context.Context, r GetOrderRequestObject) (GetOrderResponseObject, error) {
	o, err := a.seen(ctx).Order(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	o.Actions = a.Orders.Actions(o)
	return GetOrder200JSONResponse(o), nil
}

// TransitionOrder takes an order one step on. The route lets in who may do some step; this one needs its own permission.
func (a *API) TransitionOrder(ctx context.Context, r TransitionOrderRequestObject) (TransitionOrderResponseObject, error) {
	by := caller(ctx)
	if err := allowed(by, auth.ForAction(r.Body.Action)); err != nil {
		return nil, err
	}
	if assignee := value(r.Body.Assignee); assignee != "" {
		if err := a.canBeSent(ctx, assignee, r.Id); err != nil {
			return nil, err
		}
	}
	o, err := a.Orders.Do(ctx, r.Id, r.Body.Action, by, value(r.Body.Note), value(r.Body.Assignee))
	if err != nil {
		return nil, err
	}
	return TransitionOrder200JSONResponse(o), nil
}

// canBeSent returns an Invalid error unless the order lies in the scope of the one who shall do it: who cannot see it cannot
// work on it.
func (a *API) canBeSent(ctx context.Context, assignee, order string) error {
	o, err := a.seen(ctx).Order(ctx, order)
	if err != nil {
		return err
	}
	u, err := a.Store.User(ctx, assignee)
	ok := err == nil
	if ok {
		ok, err = a.Store.In(u.Area).Holds(ctx, o.Area)
	}
	if !ok && (err == nil || models.CodeOf(err) == models.NotFound) {
		err = models.FieldError("assignee", "there is nobody %q who looks after the area of this order, choose somebody else", assignee)
	}
	return err
}
