package api

import (
	"context"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhihui/dashboard/live"
	"zhihui/models"
)

// recheck is how often a stream asks whether its session still counts.
const recheck = 10 * time.Second

// watch returns the request's context, ended as well when its user is logged out or may no longer look, and when what the
// user may see has become another: the page comes again and goes on from where it was. stop must be called; it waits until
// the watching has ended.
func (a *API) watch(c *gin.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(c.Request.Context())
	again := c.Copy() // the context itself belongs to the handler alone
	was := caller(c)
	done := make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(recheck)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				switch err := a.admit(again); {
				case isVerdict(err):
					cancel(err)
				case err == nil && (caller(again).Area != was.Area || caller(again).Role != was.Role):
					cancel(live.ErrOtherScope)
				}
			}
		}
	}()
	return ctx, func() { cancel(nil); <-done }
}

// isVerdict tells whether err says that somebody may not look, and not that it cannot be found out right now.
func isVerdict(err error) bool {
	switch models.CodeOf(err) {
	case models.Unauthenticated, models.Forbidden, models.MustChange, models.NotFound:
		return true
	}
	return false
}

// liveVideo shows a camera over WebSocket.
func (a *API) liveVideo(c *gin.Context) {
	refusal := a.admit(c)
	if !strings.EqualFold(c.GetHeader("Upgrade"), "websocket") || models.CodeOf(refusal) == models.TooMany {
		if refusal == nil {
			c.Header("Upgrade", "websocket")
			refusal = models.Errorf(models.Invalid, "live video comes by WebSocket")
		}
		a.fail(c, refusal)
		return
	}
	ctx, stop := c.Request.Context(), func() {}
	if refusal == nil {
		ctx, stop = a.watch(c)
	}
	defer stop()
	by := live.Visit{Camera: c.Param("id"), Address: c.ClientIP(), Refused: refusal}
	if refusal == nil {
		by.Account = caller(c).Username
		by.Note = a.opening(c, by.Camera)
	}
	a.Rooms.View(ctx, c.Writer, c.Request, by)
}
