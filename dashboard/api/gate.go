package api

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"strings"

	"github.com/gin-gonic/gin"

	"zhihui/dashboard/auth"
	"zhihui/models"
	"zhihui/models/store"
)

// MaxBody bounds the body of any request but a sheet's, see Bounded, in which whoever serves the API wraps all of it.
const MaxBody = 64 << 10

// Where the guard leaves who is asking, and by which session.
const (
	userKey    = "user"
	visitorKey = "visitor"
)

func (a *API) sameOrigin(c *gin.Context) {
	if err := a.origin.Check(c.Request); err != nil {
		a.note(c, "another site's page", "")
		a.fail(c, models.Errorf(models.Forbidden, "this request comes from another site's page"))
	}
}

// route is the operation of the request as the contract names it.
func route(c *gin.Context) auth.Route {
	path := strings.TrimPrefix(c.FullPath(), Base)
	return auth.Route{Method: c.Request.Method, Path: strings.ReplaceAll(path, ":id", "{id}")}
}

// guard lets in who may. Who is asking is judged when all of the body is here: whoever could be let in with the first half of
// it would still act, half a minute later, after the account is shut.
func (a *API) guard(c *gin.Context) {
	if isSheet(route(c).Path) && !a.letIn(c) { // strangers must not fill the memory
		return
	}
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		a.refuse(c, err)
		return
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	a.letIn(c)
}

// letIn tells whether the caller may, and answers one who may not.
func (a *API) letIn(c *gin.Context) bool {
	err := a.admit(c)
	if err == nil {
		return true
	}
	if v, ok := c.Get(visitorKey); ok && models.CodeOf(err) == models.Forbidden {
		a.note(c, "permission", v.(auth.Visitor).Username)
	}
	a.fail(c, err)
	return false
}

// note writes to the log that somebody tried what they may not do, once a second for each: who tries by the thousand must not
// fill the disk.
func (a *API) note(c *gin.Context, reason, user string) {
	if a.noted.Take(user, c.ClientIP()) == nil {
		a.Log.Warn("api: a request was refused", "reason", reason, "user", user, "address", c.ClientIP(), "method", c.Request.Method, "path", c.FullPath())
	}
}

// admit finds out who is asking, leaves it in c, and returns why they may not, if so.
func (a *API) admit(c *gin.Context) error {
	needs, ok := auth.Needs(route(c))
	if !ok {
		return models.Errorf(models.Forbidden, "nobody may do this: the table of permissions has no row for it")
	}
	if route(c).Path == pushPath {
		return a.admitSource(c)
	}
	if needs == auth.Public {
		return a.strangers.Take("", c.ClientIP())
	}
	v, err := a.Sessions.Who(c.Request, c.ClientIP())
	if models.CodeOf(err) == models.Unauthenticated {
		return cmp.Or(a.strangers.Take("", c.ClientIP()), err)
	}
	if err == nil {
		err = a.known.Take(v.Username, c.ClientIP())
	}
	if err != nil {
		return err
	}
	c.Set(userKey, v.User)
	c.Set(visitorKey, v)
	if v.MustChange && !auth.BeforeChange(route(c)) {
		return models.Errorf(models.MustChange, "%s has a password that somebody else knows: change it first", v.Username)
	}
	if err := allowed(v.User, needs); err != nil {
		return err
	}
	return a.reach(c, v.User)
}

// reach returns a NotFound error when the request is about a thing outside of the caller's scope. It stands here, before all
// handlers and in the recheck of every stream, so that none has to think of it.
func (a *API) reach(c *gin.Context, u models.User) (err error) {
	kind, _, one := strings.Cut(route(c).Path, "/{id}")
	if !one || u.Area == store.Whole {
		return nil
	}
	ctx, id, seen := c.Request.Context(), c.Param("id"), a.Store.In(u.Area)
	switch kind {
	case "/cameras":
		_, err = seen.Camera(ctx, id)
	case "/sensors":
		_, err = seen.Sensor(ctx, id)
	case "/events":
		_, err = seen.Event(ctx, id)
	case "/alerts":
		_, err = seen.Alert(ctx, id)
	case "/orders":
		_, err = seen.Order(ctx, id)
	}
	return err
}

func allowed(u models.User, needs auth.Permission) error {
	if !auth.May(u, needs) {
		return models.Errorf(models.Forbidden, "%s is logged in as %s, which may not do this (%s)", u.Username, u.Role, needs)
	}
	return nil
}

// caller is who is asking. It panics where no guard was: better no answer than one that shows everything.
func caller(ctx context.Context) models.User { return ctx.Value(userKey).(models.User) }

// visitor is the caller with the session.
func visitor(ctx context.Context) auth.Visitor { return ctx.Value(visitorKey).(auth.Visitor) }

// seen is all there is for who is asking, as an administrator has it at this moment.
func (a *API) seen(ctx context.Context) store.Scope { return a.Store.In(caller(ctx).Area) }
