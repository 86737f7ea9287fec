package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"

	_ "modernc.org/sqlite" // for the rows that are written behind zhihui's back

	"zhihui/models"
	"zhihui/models/mp4"
	"zhihui/models/store/storetest"
)

// noFootage says that there is none at an instant, and when there is some again; 0 = never.
type noFootage models.Time

func (n noFootage) Error() string { return "there is no footage until " + models.Time(n).String() }

// footage asks for a piece of a camera's footage, and reads all of it.
func (h *hall) footage(ctx context.Context, camera string, from models.Time, length time.Duration) ([]byte, error) {
	path := fmt.Sprintf("/api/v1/cameras/%s/footage?from=%s&for=%d", camera, written(from), length.Milliseconds())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.base+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := h.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return nil, err
	case answer.StatusCode == http.StatusNotFound:
		next, _ := strconv.ParseInt(answer.Header.Get("Zhihui-Next"), 10, 64) // it may be missing
		return nil, noFootage(next)
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("GET %s: %s: %.300s", path, answer.Status, text)
	}
	return text, nil
}

func written(t models.Time) string { return url.QueryEscape(t.Std().UTC().Format(time.RFC3339Nano)) }

// wholeGroup tells whether a piece begins with a key unit and holds as many units as lie between two of them.
func wholeGroup(piece []byte, units int) error {
	w, err := mp4.Open(bytes.NewReader(piece), int64(len(piece)))
	if err != nil {
		return err
	}
	n := 0
	for w.Next() {
		if n == 0 && !w.Part.Key() {
			return errors.New("a piece of footage begins without a key unit")
		}
		if w.Part.Track == mp4.Video {
			n += len(w.Part.Entries)
		}
	}
	if n < units {
		return fmt.Errorf("a piece of footage holds %d units, not a whole group of %d", n, units)
	}
	return w.Err()
}

// seek looks instants of the footage up, as somebody does who drags along the line of time.
func (c recordCmd) seek(d *bed, h *hall, r *recorded) error {
	var took []time.Duration
	for range c.Seeks {
		id := d.site.Cameras[rand.IntN(len(d.site.Cameras))].ID
		spans, err := h.spans(d.ctx, id, "")
		if err != nil {
			return err
		}
		span := spans[rand.IntN(len(spans))]
		room := span.To.Sub(span.From) - 3*referenceGOP
		if room <= 0 {
			continue // a stream that was played again just now
		}
		at := span.From.Add(rand.N(room))
		begun := time.Now()
		piece, err := h.footage(d.ctx, id, at, 2*referenceGOP)
		if err != nil {
			return fmt.Errorf("camera %s at %s, in a span to %s: %w", id, at, span.To, err)
		}
		took = append(took, time.Since(begun))
		if err := wholeGroup(piece, int(referenceGOP/pictureEvery)); err != nil {
			return err
		}
	}
	r.Seek, r.Seeks = rounded(1000*p95(took)), len(took)
	return nil
}

// pictureEvery is how far pictures of the simulator are apart.
const pictureEvery = 100 * time.Millisecond

// spans is the timeline of a camera, of which there is one.
func (h *hall) spans(ctx context.Context, camera, query string) ([]models.Span, error) {
	var page struct{ Items []models.Span }
	if err := h.get(ctx, "/cameras/"+camera+"/recordings"+query, &page); err != nil {
		return nil, err
	}
	if len(page.Items) == 0 {
		return nil, fmt.Errorf("camera %s has no footage%s", camera, query)
	}
	return page.Items, nil
}

// shelfCameras is over how many cameras the segments of the index are spread.
const shelfCameras = 1000

// shelf is cameras that are not played, for an index of what they once sent.
func shelf() load {
	l := newLoad(time.Hour, referenceGOP)
	for n := range shelfCameras {
		l.camera(crowded(cameraID(n), n), false)
		l.site.Cameras[n].Disabled = true
	}
	return l
}

// timelines asks for days of cameras from an index of many segments.
func (c recordCmd) timelines(d *bed, r *recorded) error {
	h, err := d.open()
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+d.file("data/zhihui.db")+"?mode=rw&_pragma=busy_timeout(10000)&_pragma=synchronous(NORMAL)&_pragma=cache_size(-100000)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer db.Close()
	each := c.Rows / shelfCameras
	d.note("writing %d segments into the index", each*shelfCameras)
	now := models.At(time.Now())
	if err := storetest.Footage(d.ctx, db, d.cameras(), each, now); err != nil {
		return err
	}
	var took []time.Duration
	for range c.Timelines {
		id := d.site.Cameras[rand.IntN(shelfCameras)].ID
		from := now.Add(-time.Duration(1+rand.IntN(each)) * time.Minute)
		begun := time.Now()
		if _, err := h.spans(d.ctx, id, "?from="+written(from)+"&to="+written(min(now, from.Add(24*time.Hour)))); err != nil {
			return err
		}
		took = append(took, time.Since(begun))
	}
	r.Timeline, r.Rows = rounded(1000*p95(took)), each*shelfCameras
	return nil
}
