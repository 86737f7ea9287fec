package api

import (
	"context"

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
	v, err := a.putSensor(ctx, editedSensor(models.Sensor{ID: id}, r.Body))
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
	v, err := a.putSensor(ctx, editedSensor(old.Sensor, r.Body))
	if err != nil {
		return nil, err
	}
	return UpdateSensor200JSONResponse(v), nil
}

// DeleteSensor removes a sensor.
func (a *API) DeleteSensor(ctx context.Context, r DeleteSensorRequestObject) (DeleteSensorResponseObject, error) {
	return DeleteSensor204Response{}, a.seen(ctx).DeleteSensor(ctx, r.Id, caller(ctx).Username)
}

func (a *API) putSensor(ctx context.Context, x models.Sensor) (models.SensorView, error) {
	if err := a.CheckRules(x.Rules, nil, true); err != nil {
		return models.SensorView{}, err
	}
	if err := a.seen(ctx).PutSensor(ctx, x, caller(ctx).Username); err != nil {
		return models.SensorView{}, err
	}
	return a.seen(ctx).Sensor(ctx, x.ID)
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
