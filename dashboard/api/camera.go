package api

import (
	"context"

	"zhihui/models/store"
)

// ListCameras lists cameras by id.
func (a *API) ListCameras(ctx context.Context, r ListCamerasRequestObject) (ListCamerasResponseObject, error) {
	items, next, err := a.seen(ctx).Cameras(ctx, store.CameraFilter{Area: value(r.Params.Area), State: value(r.Params.State),
		After: value(r.Params.After), Limit: value(r.Params.Limit)})
	if err != nil {
		return nil, err
	}
	return ListCameras200JSONResponse{Items: list(items), Next: next}, nil
}

// GetCamera shows one camera.
func (a *API) GetCamera(ctx context.Context, r GetCameraRequestObject) (GetCameraResponseObject, error) {
	v, err := a.seen(ctx).Camera(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	return GetCamera200JSONResponse(v), nil
}
