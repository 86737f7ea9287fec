package api

import (
	"context"

	"zhihui/models"
)

func coming() error { return models.Errorf(models.Unavailable, "this is not there yet") }

func (a *API) GetLoginWays(context.Context, GetLoginWaysRequestObject) (GetLoginWaysResponseObject, error) {
	return nil, coming()
}

func (a *API) ChangePassword(context.Context, ChangePasswordRequestObject) (ChangePasswordResponseObject, error) {
	return nil, coming()
}

func (a *API) EnterWall(context.Context, EnterWallRequestObject) (EnterWallResponseObject, error) {
	return nil, coming()
}

func (a *API) ListSessions(context.Context, ListSessionsRequestObject) (ListSessionsResponseObject, error) {
	return nil, coming()
}

func (a *API) EndSession(context.Context, EndSessionRequestObject) (EndSessionResponseObject, error) {
	return nil, coming()
}

func (a *API) CreateUser(context.Context, CreateUserRequestObject) (CreateUserResponseObject, error) {
	return nil, coming()
}

func (a *API) UpdateUser(context.Context, UpdateUserRequestObject) (UpdateUserResponseObject, error) {
	return nil, coming()
}

func (a *API) ListWallTokens(context.Context, ListWallTokensRequestObject) (ListWallTokensResponseObject, error) {
	return nil, coming()
}

func (a *API) CreateWallToken(context.Context, CreateWallTokenRequestObject) (CreateWallTokenResponseObject, error) {
	return nil, coming()
}

func (a *API) RevokeWallToken(context.Context, RevokeWallTokenRequestObject) (RevokeWallTokenResponseObject, error) {
	return nil, coming()
}

func (a *API) ListLedger(context.Context, ListLedgerRequestObject) (ListLedgerResponseObject, error) {
	return nil, coming()
}

func (a *API) Search(context.Context, SearchRequestObject) (SearchResponseObject, error) {
	return nil, coming()
}

func (a *API) ProbeCamera(context.Context, ProbeCameraRequestObject) (ProbeCameraResponseObject, error) {
	return nil, coming()
}

func (a *API) ListMeasures(context.Context, ListMeasuresRequestObject) (ListMeasuresResponseObject, error) {
	return nil, coming()
}

func (a *API) ListTopics(context.Context, ListTopicsRequestObject) (ListTopicsResponseObject, error) {
	return nil, coming()
}

func (a *API) TryMapping(context.Context, TryMappingRequestObject) (TryMappingResponseObject, error) {
	return nil, coming()
}

func (a *API) CreateSensor(context.Context, CreateSensorRequestObject) (CreateSensorResponseObject, error) {
	return nil, coming()
}

func (a *API) UpdateSensor(context.Context, UpdateSensorRequestObject) (UpdateSensorResponseObject, error) {
	return nil, coming()
}

func (a *API) DeleteSensor(context.Context, DeleteSensorRequestObject) (DeleteSensorResponseObject, error) {
	return nil, coming()
}
