package api

import (
	"context"
)

// TellPresence notes which alert the caller's page shows, for the others who look at it.
func (a *API) TellPresence(ctx context.Context, r TellPresenceRequestObject) (TellPresenceResponseObject, error) {
	area := ""
	if r.Body.Alert != "" {
		shown, err := a.seen(ctx).Alert(ctx, r.Body.Alert)
		if err != nil {
			return nil, err
		}
		area = shown.Area
	}
	return TellPresence204Response{}, a.Feed.Look(caller(ctx), r.Body.Alert, area)
}
