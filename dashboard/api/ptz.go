package api

import (
	"context"
	"slices"

	"zhihui/models"
	"zhihui/models/store"
)

// actsASecond bounds what one person asks of cameras, four times as much at once. A page repeats a movement twice a second.
const actsASecond = 5

// GetPTZ tells what is known of a camera that can be turned.
func (a *API) GetPTZ(ctx context.Context, r GetPTZRequestObject) (GetPTZResponseObject, error) {
	if _, err := a.turnable(ctx, r.Id); err != nil {
		return nil, err
	}
	return GetPTZ200JSONResponse(a.told(a.Ingest.Presets(ctx, r.Id))), nil
}

// TurnCamera turns a camera for who may and was not too late. What is asked is done and noted, also when the page goes meanwhile.
func (a *API) TurnCamera(ctx context.Context, r TurnCameraRequestObject) (TurnCameraResponseObject, error) {
	ctx = context.WithoutCancel(ctx)
	camera, err := a.turnable(ctx, r.Id)
	if err == nil {
		err = whole(*r.Body)
	}
	if err == nil {
		err = a.turning.Take(caller(ctx).Username, "")
	}
	if err == nil && camera.ONVIF.Address != "" { // nobody takes what nobody can turn
		err = a.takeCamera(ctx, camera)
	}
	if err != nil {
		return nil, err
	}
	var before []models.Preset
	if r.Body.Action == models.PTZSetPreset || r.Body.Action == models.PTZRemovePreset {
		before = a.Ingest.Presets(ctx, r.Id).Presets
	}
	p := a.Ingest.Turn(ctx, r.Id, *r.Body)
	if p.Code == "" {
		err = a.notePreset(ctx, camera, *r.Body, before, p.Presets)
	}
	return TurnCamera200JSONResponse(a.told(p)), err
}

// ReleaseCamera lets others turn a camera that the caller has turned.
func (a *API) ReleaseCamera(ctx context.Context, r ReleaseCameraRequestObject) (ReleaseCameraResponseObject, error) {
	if _, err := a.seen(ctx).Camera(ctx, r.Id); err != nil {
		return nil, err
	}
	a.locks.release(r.Id, caller(ctx).Username)
	return ReleaseCamera204Response{}, nil
}

// turnable is a camera that may be asked for something: one that is there for the caller, and not disabled.
func (a *API) turnable(ctx context.Context, id string) (models.CameraView, error) {
	v, err := a.seen(ctx).Camera(ctx, id)
	if err == nil && v.Disabled {
		err = models.Errorf(models.Conflict, "camera %s is disabled, nothing is asked of it: enable it first", id)
	}
	return v, err
}

// told is p as a person gets it.
func (a *API) told(p models.PTZ) models.PTZ {
	p.Presets = list(p.Presets)
	p.Lock = a.locks.holder(p.Camera, models.At(a.Now()))
	return p
}

// whole returns an Invalid error when an act lacks what it needs.
func whole(act models.PTZAct) error {
	switch act.Action {
	case models.PTZGoto, models.PTZRemovePreset:
		if act.Preset == "" {
			return models.FieldError("preset", "say which preset, by its token")
		}
	case models.PTZSetPreset:
		if !models.ValidName(act.Name) {
			return models.FieldError("name", "give the preset a name of 1 to %d bytes without blanks at its ends", models.MaxID)
		}
	}
	return nil
}

// holding is whose a camera is, as the ledger keeps it.
type holding struct {
	Area   string `json:"area"`
	HeldBy string `json:"held_by"` // username, "" = nobody's
}

// takeCamera makes the camera the caller's. Nothing moves that the ledger does not know of.
func (a *API) takeCamera(ctx context.Context, c models.CameraView) error {
	by := caller(ctx)
	before, fresh, err := a.locks.take(c.ID, by, models.At(a.Now()))
	if err != nil || !fresh {
		return err
	}
	was := holding{Area: c.Area}
	if before != nil {
		was.HeldBy = before.Username
	}
	err = a.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Ledger(by.Username, "camera.take", c.ID, was, holding{c.Area, by.Username})
	})
	if err != nil {
		a.locks.release(c.ID, by.Username)
	}
	return err
}

// kept is a preset as the ledger keeps it.
type kept struct {
	Area   string         `json:"area"`
	Preset *models.Preset `json:"preset"`
}

// notePreset notes what was done with a preset, if it was: before and after are those of the camera.
func (a *API) notePreset(ctx context.Context, c models.CameraView, act models.PTZAct, before, after []models.Preset) error {
	if act.Action == models.PTZMove || act.Action == models.PTZStop {
		return nil
	}
	was, is := presetsOf(act, before, after)
	return a.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Ledger(caller(ctx).Username, "camera."+string(act.Action), c.ID, kept{c.Area, was}, kept{c.Area, is})
	})
}

// presetsOf is the preset that an act was about, as it was and as it is then. A new one is known by that it was not there before.
func presetsOf(act models.PTZAct, before, after []models.Preset) (was, is *models.Preset) {
	find := func(all []models.Preset, is func(models.Preset) bool) *models.Preset {
		if i := slices.IndexFunc(all, is); i >= 0 {
			return &all[i]
		}
		return nil
	}
	same := func(p models.Preset) bool { return p.Token == act.Preset }
	switch {
	case act.Action == models.PTZSetPreset && act.Preset == "":
		is = find(after, func(p models.Preset) bool {
			return !slices.ContainsFunc(before, func(q models.Preset) bool { return q.Token == p.Token })
		})
		if is == nil {
			is = &models.Preset{Name: act.Name}
		}
		return nil, is
	case act.Action == models.PTZRemovePreset:
		return find(before, same), nil
	case act.Action == models.PTZHome:
		return nil, nil
	}
	if is = find(after, same); is == nil {
		is = &models.Preset{Token: act.Preset, Name: act.Name}
	}
	return find(before, same), is
}
