package api

import (
	"context"
	"strconv"

	"github.com/gin-gonic/gin"

	"zhihui/dashboard/live"
	"zhihui/models"
)

// ListChanges lists what was changed after since.
func (a *API) ListChanges(ctx context.Context, r ListChangesRequestObject) (ListChangesResponseObject, error) {
	since, limit := value(r.Params.Since), value(r.Params.Limit)
	if limit == 0 {
		limit = 100
	}
	first, err := a.Store.FirstChange(ctx)
	if err != nil {
		return nil, err
	}
	last, err := a.Store.LastChange(ctx)
	if err != nil {
		return nil, err
	}
	items, err := a.seen(ctx).Changes(ctx, since, limit)
	if err != nil {
		return nil, err
	}
	next := ""
	if len(items) == limit && items[limit-1].ID < last {
		next = strconv.FormatInt(items[limit-1].ID, 10)
	}
	return ListChanges200JSONResponse{Items: list(items), Next: next, Last: last, Reset: since < first-1 || since > last}, nil
}

// streamChanges follows the changes as Server-Sent Events.
func (a *API) streamChanges(c *gin.Context) {
	since, err := since(c)
	if err != nil {
		a.fail(c, err)
		return
	}
	ctx, stop := a.watch(c)
	defer stop()
	if err := a.Feed.Follow(ctx, c.Writer, since, caller(c)); err != nil {
		a.fail(c, err)
	}
}

// since is where a stream begins. The header wins: a browser that reconnects sends it along with its first address.
func since(c *gin.Context) (int64, error) {
	given, field := c.GetHeader("Last-Event-ID"), "Last-Event-ID"
	if given == "" {
		given, field = c.Query("since"), "since"
	}
	if given == "" {
		return live.FromNow, nil
	}
	n, err := strconv.ParseInt(given, 10, 64)
	if err != nil || n < 0 {
		return 0, models.FieldError(field, "this is the id of a change, a whole number from 0")
	}
	return n, nil
}
