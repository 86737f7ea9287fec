package api

import (
	"context"
	"slices"

	"zhihui/models"
)

// ListTopics shows the MQTT topics that were heard. One that belongs to a sensor is for those who may see that sensor.
func (a *API) ListTopics(ctx context.Context, r ListTopicsRequestObject) (ListTopicsResponseObject, error) {
	mine, err := a.seen(ctx).SensorIDs(ctx)
	if err != nil {
		return nil, err
	}
	topics := slices.DeleteFunc(a.Ingest.Heard(value(r.Params.Q)), func(t models.HeardTopic) bool {
		return t.Sensor != "" && !mine[t.Sensor]
	})
	return ListTopics200JSONResponse{Items: list(topics)}, nil
}
