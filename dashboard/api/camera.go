package api

import (
	"context"
	"fmt"

	"zhihui/models"
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

// CreateCamera adds a camera.
func (a *API) CreateCamera(ctx context.Context, r CreateCameraRequestObject) (CreateCameraResponseObject, error) {
	a.editing.Lock()
	defer a.editing.Unlock()
	id := value(r.Body.Id)
	if !models.ValidID(id) {
		return nil, models.FieldError("id", "an id has 1 to %d of a-z A-Z 0-9 . _ - and does not start with a dot", models.MaxID)
	}
	switch _, err := a.Store.In(store.Whole).Camera(ctx, id); { // an id is given once, seen or not
	case err == nil:
		return nil, &models.Error{Code: models.Conflict, Field: "id", Message: fmt.Sprintf("there is a camera %q already", id)}
	case models.CodeOf(err) != models.NotFound:
		return nil, err
	}
	v, err := a.put(ctx, edited(models.Camera{ID: id}, r.Body))
	if err != nil {
		return nil, err
	}
	return CreateCamera201JSONResponse(v), nil
}

// UpdateCamera changes the fields that are given.
func (a *API) UpdateCamera(ctx context.Context, r UpdateCameraRequestObject) (UpdateCameraResponseObject, error) {
	a.editing.Lock()
	defer a.editing.Unlock()
	if id := value(r.Body.Id); id != "" && id != r.Id {
		return nil, models.FieldError("id", "the id of a camera cannot be changed, remove it and add it again")
	}
	old, err := a.seen(ctx).Camera(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	v, err := a.put(ctx, edited(old.Camera, r.Body))
	if err != nil {
		return nil, err
	}
	return UpdateCamera200JSONResponse(v), nil
}

// DeleteCamera removes a camera.
func (a *API) DeleteCamera(ctx context.Context, r DeleteCameraRequestObject) (DeleteCameraResponseObject, error) {
	return DeleteCamera204Response{}, a.seen(ctx).DeleteCamera(ctx, r.Id, caller(ctx).Username)
}

func (a *API) put(ctx context.Context, c models.Camera) (models.CameraView, error) {
	if err := a.CheckRules(c.Rules, c.Zones, false); err != nil {
		return models.CameraView{}, err
	}
	if err := a.seen(ctx).PutCamera(ctx, c, caller(ctx).Username); err != nil {
		return models.CameraView{}, err
	}
	return a.seen(ctx).Camera(ctx, c.ID)
}

// edited is c with the fields that e gives.
func edited(c models.Camera, e *CameraEdit) models.Camera {
	set(&c.Name, e.Name)
	set(&c.Area, e.Area)
	set(&c.URL, e.Url)
	set(&c.Username, e.Username)
	set(&c.Password, e.Password)
	set(&c.Disabled, e.Disabled)
	set(&c.Analyse, e.Analyse)
	set(&c.Place, e.Place)
	set(&c.Heading, e.Heading)
	if e.Zones != nil {
		c.Zones = e.Zones
	}
	if e.Lines != nil {
		c.Lines = e.Lines
	}
	if e.Rules != nil {
		c.Rules = e.Rules
	}
	return c
}

func set[T any](field *T, given *T) {
	if given != nil {
		*field = *given
	}
}
