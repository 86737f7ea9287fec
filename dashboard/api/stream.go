package api

import (
	"context"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhihui/models"
)

// recheck is how often a stream asks whether its session still counts.
const recheck = 10 * time.Second

// watch returns the request's context, ended as well when its user is logged out or may no longer look. stop must be
// called; it waits until the watching has ended.
func (a *API) watch(c *gin.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(c.Request.Context())
	again := c.Copy() // the context itself belongs to the handler alone
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
				switch models.CodeOf(a.admit(again)) {
				case models.Unauthenticated, models.Forbidden:
					cancel()
				}
			}
		}
	}()
	return ctx, func() { cancel(); <-done }
}

// liveVideo shows a camera over WebSocket.
func (a *API) liveVideo(c *gin.Context) {
	allowed := a.admit(c)
	if !strings.EqualFold(c.GetHeader("Upgrade"), "websocket") {
		if allowed == nil {
			c.Header("Upgrade", "websocket")
			allowed = models.Errorf(models.Invalid, "live video comes by WebSocket")
		}
		a.fail(c, allowed)
		return
	}
	ctx, stop := a.watch(c)
	defer stop()
	a.Rooms.View(ctx, c.Writer, c.Request, c.Param("id"), allowed)
}
