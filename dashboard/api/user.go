package api

import (
	"context"

	"zhihui/models"
)

// ListUsers lists the people who can be given work.
func (a *API) ListUsers(ctx context.Context, _ ListUsersRequestObject) (ListUsersResponseObject, error) {
	users, err := a.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	items := []models.User{}
	for _, u := range users {
		if !u.Disabled {
			items = append(items, u)
		}
	}
	return ListUsers200JSONResponse{Items: items}, nil
}
