package api

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"zhihui/dashboard/live"
	"zhihui/models"
)

// getPicture sends the newest key picture of a camera as an MP4. Last-Modified says when it came: a camera that is away
// leaves its last one.
func (a *API) getPicture(c *gin.Context) {
	id := c.Param("id")
	camera, err := a.seen(c).Camera(c.Request.Context(), id)
	if err != nil {
		a.fail(c, err)
		return
	}
	unit := a.Ingest.Newest(id)
	if unit == nil {
		a.fail(c, models.Errorf(models.Unavailable, "camera %.64q has given no picture since the hall was started", id))
		return
	}
	picture, err := live.Picture(unit)
	if err != nil {
		a.Log.Debug("api: a picture cannot be shown", "camera", id, "error", err)
		a.fail(c, models.Errorf(models.Unavailable, "the newest picture of camera %.64q cannot be shown", id))
		return
	}
	// Whoever asks each second sees what goes on as well as who looks live.
	if err := a.noteViewing(c, models.Viewing{Camera: id, Area: camera.Area, Way: models.WatchLive}); err != nil {
		a.fail(c, err)
		return
	}
	c.Header("Last-Modified", unit.ReceivedAt.UTC().Format(http.TimeFormat))
	c.Header("Content-Length", strconv.Itoa(len(picture)))
	c.Data(http.StatusOK, "video/mp4", picture)
}
