package api

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

// status is the one table from codes to HTTP; everything else is internal.
func status(c models.Code) int {
	switch c {
	case models.Invalid:
		return http.StatusBadRequest
	case models.Unauthenticated:
		return http.StatusUnauthorized
	case models.Forbidden, models.MustChange:
		return http.StatusForbidden
	case models.NotFound:
		return http.StatusNotFound
	case models.Conflict:
		return http.StatusConflict
	case models.TooLarge:
		return http.StatusRequestEntityTooLarge
	case models.TooMany:
		return http.StatusTooManyRequests
	case models.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// tryAgain is after how many seconds a program may ask again for what was not there.
const tryAgain = "5"

// fail answers with err and ends the request. What has no code is told as "internal" with a number, under which the log
// has the whole of it.
func (a *API) fail(c *gin.Context, err error) {
	if c.Request.Context().Err() != nil || c.Writer.Written() { // nobody hears us, or it is too late
		a.Log.Debug("api: a request broke off", "path", c.FullPath(), "error", err)
		c.Abort()
		return
	}
	var e *models.Error
	if !errors.As(err, &e) || e.Code == models.Internal {
		id := models.NewID(a.Now())
		a.Log.Error("api: a request failed", "request", id, "method", c.Request.Method, "path", c.FullPath(), "error", err)
		e = &models.Error{Code: models.Internal, Message: "something went wrong inside; the log says more under " + id}
	}
	var early *auth.TooEarly
	if errors.As(err, &early) {
		c.Header("Retry-After", early.RetryAfter())
	} else if e.Code == models.Unavailable {
		c.Header("Retry-After", tryAgain)
	}
	c.AbortWithStatusJSON(status(e.Code), e)
}

// refuse answers to a request that could not be read.
func (a *API) refuse(c *gin.Context, err error) {
	var e *models.Error
	if !errors.As(err, &e) {
		err = unreadable(err)
	}
	a.fail(c, err)
}

// NotFound answers where the API has nothing.
func (a *API) NotFound(c *gin.Context) {
	a.fail(c, models.Errorf(models.NotFound, "the API has no %s %.128q", c.Request.Method, c.Request.URL.Path))
}

// Refuse answers to who was not let in.
func (a *API) Refuse(c *gin.Context, err error) { a.fail(c, err) }

// Panic answers for a handler that has panicked.
func (a *API) Panic(c *gin.Context, err error) { a.fail(c, err) }
