package api

import (
	"context"
	"time"

	"zhihui/models"
	"zhihui/models/store"
)

// ListSensors lists sensors by id.
func (a *API) ListSensors(ctx context.Context, r ListSensorsRequestObject) (ListSensorsResponseObject, error) {
	items, next, err := a.Store.Sensors(ctx, store.SensorFilter{Area: value(r.Params.Area), After: value(r.Params.After),
		Limit: value(r.Params.Limit)})
	if err != nil {
		return nil, err
	}
	return ListSensors200JSONResponse{Items: list(items), Next: next}, nil
}

// GetSensor shows one sensor.
func (a *API) GetSensor(ctx context.Context, r GetSensorRequestObject) (GetSensorResponseObject, error) {
	v, err := a.Store.Sensor(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	return GetSensor200JSONResponse(v), nil
}

// ListReadings lists the readings of one sensor, by default those of the last hour.
func (a *API) ListReadings(ctx context.Context, r ListReadingsRequestObject) (ListReadingsResponseObject, error) {
	if _, err := a.Store.Sensor(ctx, r.Id); err != nil {
		return nil, err
	}
	from, to := a.Now().Add(-time.Hour), a.Now()
	set(&from, r.Params.From)
	set(&to, r.Params.To)
	if to.Before(from) {
		return nil, models.FieldError("to", "the end of the span lies before its beginning")
	}
	items, err := a.Store.Readings(ctx, r.Id, models.At(from), models.At(to), value(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return ListReadings200JSONResponse{Items: list(items)}, nil
}
