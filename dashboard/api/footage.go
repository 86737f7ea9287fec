package api

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"zhihui/dashboard/playback"
	"zhihui/models"
)

// getFootage sends a piece of footage.
func (a *API) getFootage(c *gin.Context) {
	want, err := wanted(c)
	if err != nil {
		a.fail(c, err)
		return
	}
	end, err := a.pieces.begin(caller(c).Username, maxPiecesEach)
	if err != nil {
		a.fail(c, err)
		return
	}
	defer end()
	piece, area, err := a.piece(c, want)
	var none *playback.Nothing
	if errors.As(err, &none) && none.Next != 0 {
		c.Header("Zhihui-Next", ms(none.Next))
	}
	if err != nil {
		a.fail(c, err)
		return
	}
	defer a.shut(c, piece.Close)
	if err := a.noteViewing(c, models.Viewing{Camera: c.Param("id"), Area: area, Way: models.WatchPlayback, From: max(piece.From, want.From), To: piece.To}); err != nil {
		a.fail(c, err)
		return
	}
	c.Header("Zhihui-From", ms(piece.From))
	c.Header("Zhihui-To", ms(piece.To))
	c.Header("Content-Type", piece.MIME)
	c.Header("Content-Length", strconv.FormatInt(piece.Size(), 10))
	if _, err := piece.WriteTo(c.Writer); err != nil {
		a.fail(c, err)
	}
}

// piece finds the piece that is asked for, and the camera's area.
func (a *API) piece(c *gin.Context, want playback.Want) (*playback.Piece, string, error) {
	area, err := a.areaOf(c, want.Camera)
	if err != nil {
		return nil, "", err
	}
	if f := clipsOf(caller(c)); f.Live || f.Assignee != "" {
		f.Camera, f.At, f.Limit = want.Camera, want.From, 1
		clips, _, err := a.seen(c).Clips(c, f)
		if err != nil {
			return nil, "", err
		}
		if len(clips) == 0 {
			return nil, "", models.Errorf(models.NotFound, "there is no footage of this camera at %s that %s may see", want.From, caller(c).Username)
		}
		if to := clips[0].To; to != 0 {
			want.For = min(want.For, max(to.Sub(want.From), time.Millisecond))
		}
	}
	piece, err := a.Footage.Piece(c, want)
	return piece, area, err
}

// wanted reads what is asked for; the contract has been kept.
func wanted(c *gin.Context) (playback.Want, error) {
	from, err := queryTime(c, "from")
	return playback.Want{Camera: c.Param("id"), From: from, For: queryMs(c, "for", 10*time.Second),
		Origin: models.Time(queryMs(c, "origin", 0).Milliseconds()), Keys: queryIs(c, "keys", false), Every: queryMs(c, "every", 0), Silent: !queryIs(c, "sound", true)}, err
}

func queryTime(c *gin.Context, name string) (models.Time, error) {
	t, err := time.Parse(time.RFC3339, c.Query(name))
	if err != nil {
		return 0, models.FieldError(name, "this must be a time such as 2026-05-01T12:14:36Z")
	}
	return models.At(t), nil
}

// queryMs reads a number of ms, which the contract bounds.
func queryMs(c *gin.Context, name string, missing time.Duration) time.Duration {
	n, err := strconv.ParseInt(c.Query(name), 10, 64)
	if err != nil {
		return missing
	}
	return time.Duration(n) * time.Millisecond
}

func queryIs(c *gin.Context, name string, missing bool) bool {
	is, err := strconv.ParseBool(c.Query(name))
	if err != nil {
		return missing
	}
	return is
}

func ms(t models.Time) string { return strconv.FormatInt(int64(t), 10) }

// downloadFootage sends a span of footage as one film.
func (a *API) downloadFootage(c *gin.Context) {
	camera := c.Param("id")
	from, err := queryTime(c, "from")
	to, errTo := queryTime(c, "to")
	if err = errors.Join(err, errTo); err != nil {
		a.fail(c, err)
		return
	}
	area, err := a.areaOf(c, camera)
	if err != nil {
		a.fail(c, err)
		return
	}
	end, err := a.films.begin(caller(c).Username, maxFilmsEach)
	if err != nil {
		a.fail(c, err)
		return
	}
	defer end()
	film, err := a.Footage.Export(c, camera, from, to)
	if err != nil {
		a.fail(c, err)
		return
	}
	defer a.shut(c, film.Close)
	if err := a.noteViewing(c, models.Viewing{Camera: camera, Area: area, Way: models.WatchExport, From: film.From, To: film.To}); err != nil {
		a.fail(c, err)
		return
	}
	if err := a.sendFilm(c, film); err != nil {
		a.fail(c, err)
	}
}

// sendFilm ends with the session of who takes it.
func (a *API) sendFilm(c *gin.Context, film *playback.Export) error {
	session, stop := a.watch(c)
	defer stop()
	ctx, cancel := context.WithTimeout(session, filmTime)
	defer cancel()
	return film.Write(patient{ctx, c.Writer}, func(size int64) {
		name := fmt.Sprintf("%s_%s.mp4", c.Param("id"), film.From.Std().Format("20060102T150405Z"))
		c.Header("Zhihui-From", ms(film.From))
		c.Header("Zhihui-To", ms(film.To))
		c.Header("Content-Type", "video/mp4")
		c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		c.Header("Content-Length", strconv.FormatInt(size, 10))
	})
}

// shut closes files that were read.
func (a *API) shut(c *gin.Context, files func() error) {
	if err := files(); err != nil {
		a.Log.Warn("api: files of footage cannot be closed", "path", c.FullPath(), "error", err)
	}
}
