package api

import (
	"context"
	"time"

	"zhihui/models"
	"zhihui/models/store"
)

// ListSensors lists sensors by id.
func (a *API) ListSensors(ctx context.Context, r ListSensorsRequestObject) (ListSensorsResponseObject, error) {
	items, next, err := a.seen(ctx).Sensors(ctx, store.SensorFilter{Area: value(r.Params.Area), After: value(r.Params.After),
		Limit: value(r.Params.Limit)})
	if err != nil {
		return nil, err
	}
	return ListSensors200JSONResponse{Items: list(items), Next: next}, nil
}

// GetSensor shows one sensor.
func (a *API) GetSensor(ctx context.Context, r GetSensorRequestObject) (GetSensorResponseObject, error) {
	v, err := a.seen(ctx).Sensor(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	return GetSensor200JSONResponse(v), nil
}

// ListReadings tells the past of one sensor, by default that of the last hour.
func (a *API) ListReadings(ctx context.Context, r ListReadingsRequestObject) (ListReadingsResponseObject, error) {
	from, to := a.Now().Add(-time.Hour), a.Now()
	set(&from, r.Params.From)
	set(&to, r.Params.To)
	if to.Before(from) {
		return nil, models.FieldError("to", "the end of the span lies before its beginning")
	}
	t, err := a.seen(ctx).Trend(ctx, r.Id, store.TrendFilter{From: models.At(from), To: models.At(to), Step: value(r.Params.Step),
		After: value(r.Params.After), Limit: value(r.Params.Limit)})
	if err != nil {
		return nil, err
	}
	t.Items = list(t.Items)
	return ListReadings200JSONResponse(t), nil
}
