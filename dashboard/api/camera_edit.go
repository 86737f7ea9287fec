package api

import (
	"context"

	"zhihui/models"
	"zhihui/models/store"
)

// CreateCamera adds a camera.
func (a *API) CreateCamera(ctx context.Context, r CreateCameraRequestObject) (CreateCameraResponseObject, error) {
	a.editing.Lock()
	defer a.editing.Unlock()
	id, err := newID("camera", r.Body.Id, func(id string) error { _, err := a.Store.In(store.Whole).Camera(ctx, id); return err })
	if err != nil {
		return nil, err
	}
	v, err := a.putCamera(ctx, editedCamera(models.Camera{ID: id}, r.Body))
	if err != nil {
		return nil, err
	}
	return CreateCamera201JSONResponse(v), nil
}

// UpdateCamera changes the fields that are given.
func (a *API) UpdateCamera(ctx context.Context, r UpdateCameraRequestObject) (UpdateCameraResponseObject, error) {
	a.editing.Lock()
	defer a.editing.Unlock()
	if err := sameID("camera", r.Body.Id, r.Id); err != nil {
		return nil, err
	}
	old, err := a.seen(ctx).Camera(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	v, err := a.putCamera(ctx, editedCamera(old.Camera, r.Body))
	if err != nil {
		return nil, err
	}
	return UpdateCamera200JSONResponse(v), nil
}

// DeleteCamera removes a camera.
func (a *API) DeleteCamera(ctx context.Context, r DeleteCameraRequestObject) (DeleteCameraResponseObject, error) {
	return DeleteCamera204Response{}, a.seen(ctx).DeleteCamera(ctx, r.Id, caller(ctx).Username)
}

func (a *API) putCamera(ctx context.Context, c models.Camera) (models.CameraView, error) {
	if err := a.CheckRules(c.Rules, c.Zones, false); err != nil {
		return models.CameraView{}, err
	}
	if err := a.seen(ctx).PutCamera(ctx, c, caller(ctx).Username); err != nil {
		return models.CameraView{}, err
	}
	return a.seen(ctx).Camera(ctx, c.ID)
}

// editedCamera is c with the fields that e gives.
func editedCamera(c models.Camera, e *CameraEdit) models.Camera {
	set(&c.Name, e.Name)
	set(&c.Area, e.Area)
	set(&c.URL, e.Url)
	set(&c.Username, e.Username)
	set(&c.Password, e.Password)
	set(&c.Transport, e.Transport)
	set(&c.ONVIF, e.Onvif)
	set(&c.Disabled, e.Disabled)
	set(&c.Alarms, e.Alarms)
	set(&c.Analyse, e.Analyse)
	set(&c.Record, e.Record)
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
