package api

import "context"

// DiscoverCameras looks for cameras on the network. Like a probe, it is one at a time a person, and ends when the page goes.
func (a *API) DiscoverCameras(ctx context.Context, r DiscoverCamerasRequestObject) (DiscoverCamerasResponseObject, error) {
	end, err := a.probes.begin(caller(ctx).Username)
	if err != nil {
		return nil, err
	}
	defer end()
	found, err := a.Ingest.Discover(ctx, value(r.Body.Address), value(r.Body.Username), value(r.Body.Password))
	if err != nil {
		return nil, err
	}
	return DiscoverCameras200JSONResponse{Items: list(found)}, nil
}
