package api

import (
	"context"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

// ListRoles tells what each role that people can have may do, so that a page can explain it before it is given.
func (a *API) ListRoles(context.Context, ListRolesRequestObject) (ListRolesResponseObject, error) {
	roles := [...]models.Role{models.Admin, models.Integrator, models.Dispatcher, models.Operator, models.GridWorker, models.Viewer}
	items := make([]RoleGrant, len(roles))
	for i, r := range roles {
		items[i] = RoleGrant{Role: r, Permissions: auth.Permissions(r)}
	}
	return ListRoles200JSONResponse{Items: items}, nil
}
