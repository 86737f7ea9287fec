package api

import (
	"context"
	"errors"
	"io"

	"github.com/gin-gonic/gin"

	"zhihui/models"
	"zhihui/models/store"
)

// ListEvents lists events, newest first.
func (a *API) ListEvents(ctx context.Context, r ListEventsRequestObject) (ListEventsResponseObject, error) {
	items, next, err := a.seen(ctx).Events(ctx, store.EventFilter{Area: value(r.Params.Area), Kind: models.EventKind(value(r.Params.Kind)),
		State: value(r.Params.State), Source: value(r.Params.Source),
		From: instant(r.Params.From), To: instant(r.Params.To), After: value(r.Params.After), Limit: value(r.Params.Limit)})
	if err != nil {
		return nil, err
	}
	return ListEvents200JSONResponse{Items: list(items), Next: next}, nil
}

// GetEvent shows one event.
func (a *API) GetEvent(ctx context.Context, r GetEventRequestObject) (GetEventResponseObject, error) {
	e, err := a.seen(ctx).Event(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	return GetEvent200JSONResponse(e), nil
}

// GetSnapshot sends a picture; what has this name never changes.
func (a *API) GetSnapshot(ctx context.Context, r GetSnapshotRequestObject) (GetSnapshotResponseObject, error) {
	f, err := a.seen(ctx).OpenSnapshot(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	ctx.(*gin.Context).Header("Cache-Control", "private, max-age=31536000, immutable")
	return GetSnapshot200ImagejpegResponse{Body: f, ContentLength: size}, nil
}
