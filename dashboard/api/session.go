package api

import (
	"context"

	"github.com/gin-gonic/gin"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

func me(u models.User) Me {
	return Me{Username: u.Username, Name: u.Name, Role: u.Role, Permissions: auth.Permissions(u.Role)}
}

// GetSession tells who is logged in.
func (a *API) GetSession(ctx context.Context, _ GetSessionRequestObject) (GetSessionResponseObject, error) {
	return GetSession200JSONResponse(me(caller(ctx))), nil
}

// LogIn begins a session.
func (a *API) LogIn(ctx context.Context, r LogInRequestObject) (LogInResponseObject, error) {
	c := ctx.(*gin.Context) // so the generated server calls us
	u, err := a.Sessions.LogIn(c.Writer, c.Request, c.ClientIP(), r.Body.Username, r.Body.Password)
	if err != nil {
		return nil, err
	}
	return LogIn200JSONResponse(me(u)), nil
}

// LogOut ends the session.
func (a *API) LogOut(ctx context.Context, _ LogOutRequestObject) (LogOutResponseObject, error) {
	c := ctx.(*gin.Context)
	return LogOut204Response{}, a.Sessions.LogOut(c.Writer, c.Request)
}
