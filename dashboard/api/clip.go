package api

import (
	"context"

	"zhihui/models"
	"zhihui/models/store"
)

// ListClips lists clips, newest first.
func (a *API) ListClips(ctx context.Context, r ListClipsRequestObject) (ListClipsResponseObject, error) {
	f := clipsOf(caller(ctx))
	f.Camera, f.Event, f.Alert, f.Area = value(r.Params.Camera), value(r.Params.Event), value(r.Params.Alert), value(r.Params.Area)
	f.After, f.Limit = value(r.Params.After), value(r.Params.Limit)
	items, next, err := a.seen(ctx).Clips(ctx, f)
	if err != nil {
		return nil, err
	}
	return ListClips200JSONResponse{Items: list(items), Next: next}, nil
}

// clipsOf chooses the clips that somebody may see: on a wall, before which anybody may stand, those of live alerts; a grid worker
// those of the orders that are theirs; everybody else all. Who does not see all clips sees no other footage either.
func clipsOf(u models.User) store.ClipFilter {
	switch u.Role {
	case models.Wall:
		return store.ClipFilter{Live: true}
	case models.GridWorker:
		return store.ClipFilter{Assignee: u.Username}
	}
	return store.ClipFilter{}
}
