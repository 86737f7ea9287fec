package api

import (
	"context"
	"fmt"
	"slices"

	"zhihui/models"
	"zhihui/models/store"
)

// CreateSensor adds a sensor.
func (a *API) CreateSensor(ctx context.Context, r CreateSensorRequestObject) (CreateSensorResponseObject, error) {
	a.editing.Lock()
	defer a.editing.Unlock()
	id, err := newID("sensor", r.Body.Id, func(id string) error { _, err := a.Store.In(store.Whole).Sensor(ctx, id); return err })
	if err != nil {
		return nil, err
	}
	v, err := a.putSensor(ctx, editedSensor(models.Sensor{ID: id}, r.Body), nil)
	if err != nil {
		return nil, err
	}
	return CreateSensor201JSONResponse(v), nil
}

// UpdateSensor changes the fields that are given.
func (a *API) UpdateSensor(ctx context.Context, r UpdateSensorRequestObject) (UpdateSensorResponseObject, error) {
	a.editing.Lock()
	defer a.editing.Unlock()
	if err := sameID("sensor", r.Body.Id, r.Id); err != nil {
		return nil, err
	}
	old, err := a.seen(ctx).Sensor(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	v, err := a.putSensor(ctx, editedSensor(old.Sensor, r.Body), old.Rules)
	if err != nil {
		return nil, err
	}
	return UpdateSensor200JSONResponse(v), nil
}

// DeleteSensor removes a sensor.
func (a *API) DeleteSensor(ctx context.Context, r DeleteSensorRequestObject) (DeleteSensorResponseObject, error) {
	return DeleteSensor204Response{}, a.seen(ctx).DeleteSensor(ctx, r.Id, caller(ctx).Username)
}

func (a *API) putSensor(ctx context.Context, x models.Sensor, before []models.Rule) (models.SensorView, error) {
	if err := a.CheckRules(x.Rules, nil, true); err != nil {
		return models.SensorView{}, err
	}
	if err := a.mayAsk(ctx, x, before); err != nil {
		return models.SensorView{}, err
	}
	if err := a.seen(ctx).PutSensor(ctx, x, caller(ctx).Username); err != nil {
		return models.SensorView{}, err
	}
	return a.seen(ctx).Sensor(ctx, x.ID)
}

// mayAsk returns an Invalid error when a rule asks a sensor that is not there for the caller: its alerts would show what that
// says. An expression that was there before is not asked about, somebody else may have written it.
func (a *API) mayAsk(ctx context.Context, x models.Sensor, before []models.Rule) error {
	there := map[string]bool(nil)
	for i, r := range x.Rules {
		if slices.ContainsFunc(before, func(old models.Rule) bool { return old.Expr == r.Expr }) {
			continue
		}
		for _, id := range a.ReadBy(r) {
			if there == nil {
				var err error
				if there, err = a.seen(ctx).SensorIDs(ctx); err != nil {
					return err
				}
			}
			if id != x.ID && !there[id] {
				return models.FieldError(fmt.Sprintf("rules[%d].expr", i), "there is no sensor %.64q", id)
			}
		}
	}
	return nil
}

// editedSensor is x with the fields that e gives.
func editedSensor(x models.Sensor, e *SensorEdit) models.Sensor {
	set(&x.Name, e.Name)
	set(&x.Area, e.Area)
	set(&x.Kind, e.Kind)
	set(&x.Unit, e.Unit)
	set(&x.Topic, e.Topic)
	set(&x.Mapping, e.Mapping)
	set(&x.StaleAfter, e.StaleAfter)
	set(&x.Place, e.Place)
	set(&x.Camera, e.Camera)
	set(&x.Disabled, e.Disabled)
	if e.Rules != nil {
		x.Rules = e.Rules
	}
	return x
}
