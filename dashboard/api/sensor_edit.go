package api

import (
	"context"
	"fmt"

	"zhihui/models"
	"zhihui/models/store"
)

// CreateSensor adds a sensor.
func (a *API) CreateSensor(ctx context.Context, r CreateSensorRequestObject) (CreateSensorResponseObject, error) {
	a.editing.Lock()
	defer a.editing.Unlock()
	id := value(r.Body.Id)
	if !models.ValidID(id) {
		return nil, models.FieldError("id", "an id has 1 to %d of a-z A-Z 0-9 . _ - and does not start with a dot", models.MaxID)
	}
	switch _, err := a.Store.In(store.Whole).Sensor(ctx, id); { // an id is given once, seen or not
	case err == nil:
		return nil, &models.Error{Code: models.Conflict, Field: "id", Message: fmt.Sprintf("there is a sensor %q already", id)}
	case models.CodeOf(err) != models.NotFound:
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
	if id := value(r.Body.Id); id != "" && id != r.Id {
		return nil, models.FieldError("id", "the id of a sensor cannot be changed, remove it and add it again")
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
