package api

import (
	"context"
	"strings"

	"zhihui/models"
	"zhihui/models/store"
)

// ListAlerts lists alerts, newest first.
func (a *API) ListAlerts(ctx context.Context, r ListAlertsRequestObject) (ListAlertsResponseObject, error) {
	states, err := among(r.Params.State, models.AlertOpen, models.AlertAcknowledged, models.AlertShelved,
		models.AlertResolved, models.AlertRejected)
	if err != nil {
		return nil, err
	}
	items, next, err := a.seen(ctx).Alerts(ctx, store.AlertFilter{States: states, Severity: value(r.Params.Severity),
		Area: value(r.Params.Area), Kind: models.EventKind(value(r.Params.Kind)), After: value(r.Params.After), Limit: value(r.Params.Limit)})
	if err != nil {
		return nil, err
	}
	return ListAlerts200JSONResponse{Items: list(items), Next: next}, nil
}

// GetAlert shows one alert.
func (a *API) GetAlert(ctx context.Context, r GetAlertRequestObject) (GetAlertResponseObject, error) {
	v, err := a.seen(ctx).Alert(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	return GetAlert200JSONResponse(v), nil
}

// AcknowledgeAlert notes that the caller cares for the alert.
func (a *API) AcknowledgeAlert(ctx context.Context, r AcknowledgeAlertRequestObject) (AcknowledgeAlertResponseObject, error) {
	v, err := a.Alerts.Acknowledge(ctx, r.Id, caller(ctx), value(value(r.Body).Note))
	if err != nil {
		return nil, err
	}
	return AcknowledgeAlert200JSONResponse(v), nil
}

// ConfirmAlert notes that the alert is real.
func (a *API) ConfirmAlert(ctx context.Context, r ConfirmAlertRequestObject) (ConfirmAlertResponseObject, error) {
	v, err := a.Alerts.Confirm(ctx, r.Id, caller(ctx), value(value(r.Body).Note))
	if err != nil {
		return nil, err
	}
	return ConfirmAlert200JSONResponse(v), nil
}

// OrderAlert makes the alert's work order.
func (a *API) OrderAlert(ctx context.Context, r OrderAlertRequestObject) (OrderAlertResponseObject, error) {
	o, err := a.Alerts.MakeOrder(ctx, r.Id, caller(ctx), value(value(r.Body).Note))
	if err != nil {
		return nil, err
	}
	return OrderAlert201JSONResponse(o), nil
}

// RejectAlert notes that the alert was not real.
func (a *API) RejectAlert(ctx context.Context, r RejectAlertRequestObject) (RejectAlertResponseObject, error) {
	v, err := a.Alerts.Reject(ctx, r.Id, caller(ctx), r.Body.Note)
	if err != nil {
		return nil, err
	}
	return RejectAlert200JSONResponse(v), nil
}

// among reads states that are joined by comma; nil when none is given. Each must be one of known.
func among[T ~string](given *string, known ...T) ([]T, error) {
	if given == nil || *given == "" {
		return nil, nil
	}
	var states []T
	for word := range strings.SplitSeq(*given, ",") {
		found := false
		for _, k := range known {
			if T(word) == k {
				states, found = append(states, k), true
			}
		}
		if !found {
			return nil, models.FieldError("state", "%.40q is no state, choose from %v", word, known)
		}
	}
	return states, nil
}
