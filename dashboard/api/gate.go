package api

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

// MaxBody bounds the body of any request; whoever serves the API wraps all of it in http.MaxBytesHandler. A middleware
// cannot do it: behind gin's ResponseWriter the connection would stay open, with the rest of the body in it.
const MaxBody = 64 << 10

// userKey is where the guard leaves who is asking.
const userKey = "user"

func (a *API) sameOrigin(c *gin.Context) {
	if err := a.origin.Check(c.Request); err != nil {
		a.fail(c, models.Errorf(models.Forbidden, "this request comes from another site's page"))
	}
}

// route is the operation of the request as the contract names it.
func route(c *gin.Context) auth.Route {
	path := strings.TrimPrefix(c.FullPath(), Base)
	return auth.Route{Method: c.Request.Method, Path: strings.ReplaceAll(path, ":id", "{id}")}
}

// guard lets in who may.
func (a *API) guard(c *gin.Context) {
	if err := a.admit(c); err != nil {
		a.fail(c, err)
	}
}

// admit finds out who is asking, leaves it in c, and returns why they may not, if so.
func (a *API) admit(c *gin.Context) error {
	needs, ok := auth.Needs(route(c))
	if !ok {
		return models.Errorf(models.Forbidden, "nobody may do this: the table of permissions has no row for it")
	}
	if needs == auth.Public {
		return nil
	}
	u, err := a.Sessions.User(c.Request)
	if err != nil {
		return err
	}
	c.Set(userKey, u)
	return allowed(u, needs)
}

func allowed(u models.User, needs auth.Permission) error {
	if !auth.Allowed(u.Role, needs) {
		return models.Errorf(models.Forbidden, "%s is logged in as %s, which may not do this (%s)", u.Username, u.Role, needs)
	}
	return nil
}

// caller is who is asking; the guard has seen to it.
func caller(ctx context.Context) models.User {
	u, _ := ctx.Value(userKey).(models.User)
	return u
}
