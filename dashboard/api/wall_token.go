package api

import "context"

// ListWallTokens lists the tokens of the screens.
func (a *API) ListWallTokens(ctx context.Context, r ListWallTokensRequestObject) (ListWallTokensResponseObject, error) {
	items, next, err := a.Store.WallTokens(ctx, value(r.Params.After), value(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	return ListWallTokens200JSONResponse{Items: list(items), Next: next}, nil
}

// CreateWallToken makes a token for a screen and shows its secret, this once.
func (a *API) CreateWallToken(ctx context.Context, r CreateWallTokenRequestObject) (CreateWallTokenResponseObject, error) {
	t, secret, err := a.Sessions.MakeWallToken(ctx, r.Body.Name, value(r.Body.Area), caller(ctx).Username)
	if err != nil {
		return nil, err
	}
	return CreateWallToken201JSONResponse{Token: t, Secret: secret}, nil
}

// RevokeWallToken takes a token back; its screens are out.
func (a *API) RevokeWallToken(ctx context.Context, r RevokeWallTokenRequestObject) (RevokeWallTokenResponseObject, error) {
	return RevokeWallToken204Response{}, a.Store.RevokeWallToken(ctx, r.Id, caller(ctx).Username)
}
