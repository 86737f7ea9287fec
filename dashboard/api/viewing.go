package api

import (
	"context"

	"github.com/gin-gonic/gin"

	"zhihui/models"
)

// noteViewing notes that the caller looks at a camera's footage, or takes it out. It must come before the first byte of it; on an
// error, which is Unavailable, none may go out. Viewer and At are filled in here.
func (a *API) noteViewing(ctx context.Context, v models.Viewing) error {
	v.Viewer = caller(ctx).Username
	return a.Watched.Note(ctx, v)
}

// opening returns what notes that the caller has the live picture of a camera on a screen, until closed.
func (a *API) opening(c *gin.Context, camera string) func() (closed func(), err error) {
	who, seen, ctx := caller(c).Username, a.seen(c), c.Request.Context()
	return func() (func(), error) {
		c, err := seen.Camera(ctx, camera)
		if err != nil {
			return nil, err
		}
		return a.Watched.Open(models.Viewing{Viewer: who, Camera: camera, Area: c.Area, Way: models.WatchLive})
	}
}
