package api

import "context"

// Search finds things by name, id, number or why, the best first.
func (a *API) Search(ctx context.Context, r SearchRequestObject) (SearchResponseObject, error) {
	found, err := a.seen(ctx).Search(ctx, r.Params.Q, value(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return Search200JSONResponse{Items: list(found)}, nil
}
