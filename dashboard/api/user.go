package api

import (
	"context"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

// ListUsers lists the people who can be given work; all of them, with everything, to those who look after them.
func (a *API) ListUsers(ctx context.Context, r ListUsersRequestObject) (ListUsersResponseObject, error) {
	all := value(r.Params.All)
	if err := allowed(caller(ctx), auth.UserEdit); all && err != nil {
		return nil, err
	}
	users, err := a.seen(ctx).Users(ctx)
	if err != nil {
		return nil, err
	}
	items := []models.User{}
	for _, u := range users {
		if u.Disabled && !all {
			continue
		}
		if !all {
			u.Subject, u.MustChange = "", false
		}
		items = append(items, u)
	}
	return ListUsers200JSONResponse{Items: items}, nil
}

// CreateUser lets a person in.
func (a *API) CreateUser(ctx context.Context, r CreateUserRequestObject) (CreateUserResponseObject, error) {
	e := r.Body
	u := models.User{Username: value(e.Username), Name: value(e.Username)}
	if value(e.Password) == "" && value(e.Subject) == "" {
		return nil, models.FieldError("password", "give a password, or the subject by which the provider knows the person")
	}
	hash, err := a.given(ctx, u, e)
	if err != nil {
		return nil, err
	}
	change(&u, e, hash)
	if err := a.Store.CreateUser(ctx, u, caller(ctx).Username); err != nil {
		return nil, err
	}
	return CreateUser201JSONResponse(u), nil
}

// UpdateUser changes a person.
func (a *API) UpdateUser(ctx context.Context, r UpdateUserRequestObject) (UpdateUserResponseObject, error) {
	by := caller(ctx)
	switch {
	case r.Body.Username != nil && *r.Body.Username != r.Id:
		return nil, models.FieldError("username", "a username stays what it is: make another user and disable this one")
	case r.Body.Password != nil && r.Id == by.Username:
		return nil, models.FieldError("password", "you change your own password by giving the old one, under your account")
	}
	u, err := a.Store.User(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	hash, err := a.given(ctx, u, r.Body)
	if err != nil {
		return nil, err
	}
	u, err = a.Store.EditUser(ctx, r.Id, by.Username, func(u *models.User) error {
		change(u, r.Body, hash)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return UpdateUser200JSONResponse(u), nil
}

// given returns the hash of the password in e, "" when there is none.
func (a *API) given(ctx context.Context, u models.User, e *UserEdit) (hash string, err error) {
	if e.Password == nil {
		return "", nil
	}
	change(&u, e, "")
	return a.Sessions.NewPassword(ctx, "password", *e.Password, u)
}

// change puts the fields that are given into u. A password that somebody else knows must be changed.
func change(u *models.User, e *UserEdit, hash string) {
	set(&u.Name, e.Name)
	set(&u.Role, e.Role)
	set(&u.Area, e.Area)
	set(&u.Subject, e.Subject)
	set(&u.Disabled, e.Disabled)
	if hash != "" {
		u.PasswordHash, u.MustChange = hash, true
	}
}
