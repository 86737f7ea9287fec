package api

import (
	"context"

	"github.com/gin-gonic/gin"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

func me(u models.User) Me {
	return Me{Username: u.Username, Name: u.Name, Role: u.Role, Area: u.Area, MustChange: u.MustChange, Permissions: auth.PermissionsOf(u)}
}

// GetSession tells who is logged in.
func (a *API) GetSession(ctx context.Context, _ GetSessionRequestObject) (GetSessionResponseObject, error) {
	return GetSession200JSONResponse(me(caller(ctx))), nil
}

// GetLoginWays tells how one can log in here.
func (a *API) GetLoginWays(context.Context, GetLoginWaysRequestObject) (GetLoginWaysResponseObject, error) {
	return GetLoginWays200JSONResponse{Password: true, Oidc: a.Sessions.ProviderName()}, nil
}

// LogIn begins a session.
func (a *API) LogIn(ctx context.Context, r LogInRequestObject) (LogInResponseObject, error) {
	c := ctx.(*gin.Context) // so the generated server calls us
	v, err := a.Sessions.LogIn(c.Writer, c.Request, c.ClientIP(), r.Body.Username, r.Body.Password)
	if err != nil {
		return nil, err
	}
	return LogIn200JSONResponse(me(v.User)), nil
}

// EnterWall begins the session of a screen.
func (a *API) EnterWall(ctx context.Context, r EnterWallRequestObject) (EnterWallResponseObject, error) {
	c := ctx.(*gin.Context)
	v, err := a.Sessions.EnterWall(c.Writer, c.Request, c.ClientIP(), r.Body.Token)
	if err != nil {
		return nil, err
	}
	return EnterWall200JSONResponse(me(v.User)), nil
}

// ChangePassword changes the caller's own password.
func (a *API) ChangePassword(ctx context.Context, r ChangePasswordRequestObject) (ChangePasswordResponseObject, error) {
	c := ctx.(*gin.Context)
	return ChangePassword204Response{}, a.Sessions.ChangePassword(c.Writer, c.Request, visitor(ctx), c.ClientIP(), r.Body.Current, r.Body.New)
}

// LogOut ends the session. The browser forgets the pages it could go back to; what a screen keeps for itself, its token, stays.
func (a *API) LogOut(ctx context.Context, _ LogOutRequestObject) (LogOutResponseObject, error) {
	c := ctx.(*gin.Context)
	c.Header("Clear-Site-Data", `"cache"`)
	return LogOut204Response{}, a.Sessions.LogOut(c.Writer, c.Request)
}

// ListSessions lists who is logged in: the caller's own sessions, with UserEdit those of everybody.
func (a *API) ListSessions(ctx context.Context, r ListSessionsRequestObject) (ListSessionsResponseObject, error) {
	of, now := value(r.Params.User), visitor(ctx)
	if !auth.May(now.User, auth.UserEdit) {
		if of != "" && of != now.Username {
			return nil, allowed(now.User, auth.UserEdit)
		}
		of = now.Username
	}
	items, next, err := a.Sessions.List(ctx, of, value(r.Params.After), value(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	for i := range items {
		items[i].Current = items[i].ID == now.Session.ID
	}
	return ListSessions200JSONResponse{Items: list(items), Next: next}, nil
}

// EndSession ends a session of the caller, with UserEdit of anybody.
func (a *API) EndSession(ctx context.Context, r EndSessionRequestObject) (EndSessionResponseObject, error) {
	by := caller(ctx)
	of := by.Username
	if auth.May(by, auth.UserEdit) {
		of = ""
	}
	return EndSession204Response{}, a.Store.EndSession(ctx, r.Id, of, by.Username)
}
