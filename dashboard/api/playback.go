package api

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"zhihui/models"
	"zhihui/models/store"
)

// Bounds of a list of recordings: its span, and its length where none is asked for.
const (
	maxTimeline  = 31 * 24 * time.Hour
	defaultSpans = 1000
)

// ListRecordings tells when there is footage of a camera.
func (a *API) ListRecordings(ctx context.Context, r ListRecordingsRequestObject) (ListRecordingsResponseObject, error) {
	if _, err := a.areaOf(ctx, r.Id); err != nil {
		return nil, err
	}
	from, to, err := a.timeline(r.Params)
	if err != nil {
		return nil, err
	}
	limit := defaultSpans
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	spans, next, err := a.Footage.Spans(ctx, r.Id, from, to, limit)
	if err != nil {
		return nil, err
	}
	bytes, oldest, err := a.Footage.Stock(ctx, r.Id)
	if err != nil {
		return nil, err
	}
	answer := ListRecordings200JSONResponse{Items: list(spans), State: a.RecordState(r.Id), Bytes: bytes, Oldest: &oldest}
	if next != 0 {
		answer.Next = strconv.FormatInt(int64(next), 10)
	}
	return answer, nil
}

// timeline reads which span is listed.
func (a *API) timeline(p ListRecordingsParams) (from, to models.Time, err error) {
	if from, to = instant(p.From), instant(p.To); to == 0 {
		to = models.At(a.Now())
	}
	if from == 0 {
		from = to.Add(-24 * time.Hour)
	}
	if to < from || to.Sub(from) > maxTimeline {
		return 0, 0, models.FieldError("to", "write a time after `from`, 31 days later at most")
	}
	if after := value(p.After); after != "" {
		ms, err := strconv.ParseInt(after, 10, 64)
		if err != nil {
			return 0, 0, models.FieldError("after", "this must be `next` of the page before")
		}
		from = max(from, models.Time(ms))
	}
	return from, to, nil
}

// areaOf is the area of a camera whose footage is asked for; "" of one that is no longer on the site: its footage stays until it
// is too old, for who sees the whole site.
func (a *API) areaOf(ctx context.Context, camera string) (string, error) {
	c, err := a.seen(ctx).Camera(ctx, camera)
	if models.CodeOf(err) != models.NotFound || caller(ctx).Area != store.Whole {
		return c.Area, err
	}
	bytes, _, readErr := a.Footage.Stock(ctx, camera)
	if readErr != nil || bytes == 0 {
		return "", cmp.Or(readErr, err)
	}
	return "", nil
}
