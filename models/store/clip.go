package store

import (
	"context"

	"github.com/uptrace/bun"

	"zhihui/models"
)

const (
	maxClipEvents = 1000
	clipsAtOnce   = 20 // that one write forgets
)

type clipRow struct {
	bun.BaseModel `bun:"table:clips"`
	ID            string `bun:",pk"`
	Camera        string
	Area          string
	Begins        models.Time
	Ends          models.Time
	Growing       bool
	Doc           string
}

type clipEventRow struct {
	bun.BaseModel `bun:"table:clip_events"`
	Event         string
	Clip          string
}

// PutClip writes the clip, new or known, and its change, and keeps the segments that it covers. While it grows it covers
// the hour from its beginning on.
func (s *Store) PutClip(ctx context.Context, c models.Clip) error {
	if err := validateClip(c); err != nil {
		return err
	}
	doc, err := document(c)
	if err != nil {
		return err
	}
	row := clipRow{ID: c.ID, Camera: c.Camera, Area: c.Area, Begins: c.From, Ends: c.To, Growing: c.To == 0, Doc: doc}
	if row.Growing {
		row.Ends = c.From + longest
	}
	return s.Write(ctx, func(tx *Tx) error { return tx.putClip(row, c) })
}

func validateClip(c models.Clip) error {
	var f faults
	f.id("id", c.ID)
	f.id("camera", c.Camera)
	f.text("area", c.Area, models.MaxID)
	f.Add(c.From > 0, "from", "a clip begins after 1970")
	f.Add(c.To == 0 || c.To > c.From && c.To-c.From <= longest, "to", "a clip ends after its beginning, and within an hour")
	f.Add(len(c.Events) > 0 && len(c.Events) <= maxClipEvents, "events", "a clip is of 1 to %d events", maxClipEvents)
	for _, e := range c.Events {
		f.id("events", e)
	}
	return f.Err()
}

func (tx *Tx) putClip(row clipRow, c models.Clip) error {
	was, known, err := tx.clip(c.ID)
	if err != nil {
		return err
	}
	if err := tx.upsert(&row, "a clip"); err != nil {
		return err
	}
	if _, err := tx.db.NewDelete().Table("clip_events").Where("clip = ?", c.ID).Exec(tx.ctx); err != nil {
		return wrap("write the events of a clip", err)
	}
	events := make([]clipEventRow, len(c.Events))
	for i, e := range c.Events {
		events[i] = clipEventRow{Event: e, Clip: c.ID}
	}
	if _, err := tx.db.NewInsert().Model(&events).On("CONFLICT DO NOTHING").Exec(tx.ctx); err != nil {
		return wrap("write the events of a clip", err)
	}
	if known {
		if err := tx.settleSegments(was.Camera, was.Begins, was.Ends); err != nil {
			return err
		}
	}
	if err := tx.settleSegments(row.Camera, row.Begins, row.Ends); err != nil {
		return err
	}
	return tx.change(models.TopicClip, c.ID, c.Area, row.Doc)
}

func (tx *Tx) clip(id string) (row clipRow, known bool, err error) {
	var rows []clipRow
	err = tx.db.NewSelect().Model(&rows).Where("id = ?", id).Scan(tx.ctx)
	if err != nil || len(rows) == 0 {
		return row, false, wrap("read a clip", err)
	}
	return rows[0], true, nil
}

// GrowingClips returns the clips that have no end yet, oldest first: what the recorder goes on with, or ends, after a restart.
func (s *Store) GrowingClips(ctx context.Context) ([]models.Clip, error) {
	return documents[models.Clip](ctx, s.read.NewSelect().Table("clips").Where("growing").OrderExpr("id"))
}

// ForgetClips removes the clips that ended before an instant, limit at most (100 when ≤ 0), those first that ended first, and
// returns how many. What they alone covered is loose from then on. Pages hear of each.
func (s *Store) ForgetClips(ctx context.Context, endedBefore models.Time, limit int) (forgotten int, err error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	for forgotten < limit {
		step, n := min(clipsAtOnce, limit-forgotten), 0
		err := s.Write(ctx, func(tx *Tx) (err error) {
			n, err = tx.forgetClips(endedBefore, step)
			return err
		})
		if err != nil {
			return forgotten, err
		}
		if forgotten += n; n < step {
			break
		}
	}
	return forgotten, nil
}

func (tx *Tx) forgetClips(endedBefore models.Time, limit int) (int, error) {
	var rows []clipRow
	err := tx.db.NewSelect().Model(&rows).Where("NOT growing").Where("ends < ?", endedBefore).OrderExpr("ends").Limit(int64(limit)).Scan(tx.ctx)
	if err != nil {
		return 0, wrap("look for old clips", err)
	}
	for _, r := range rows {
		if _, err := tx.db.NewDelete().Table("clips").Where("id = ?", r.ID).Exec(tx.ctx); err != nil {
			return 0, wrap("forget a clip", err)
		}
		if err := tx.settleSegments(r.Camera, r.Begins, r.Ends); err != nil {
			return 0, err
		}
		if err := tx.change(models.TopicClip, r.ID, r.Area, "null"); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// ClipFilter chooses clips; empty fields mean any.
type ClipFilter struct {
	Camera   string
	Event    string
	Alert    string
	Area     string      // with all areas below it
	At       models.Time // the clip holds this instant
	Live     bool        // an alert of it is live: open, acknowledged or shelved
	Assignee string      // the order of an alert of it is this person's, and neither closed nor cancelled
	After    string      // cursor of the page before
	Limit    int         // 100 when ≤ 0, 1,000 at most
}

// Clips returns a page of clips, newest first, and the cursor of the next page, "" at the end. Those of a camera that the site no
// longer has are among them.
func (v Scope) Clips(ctx context.Context, f ClipFilter) ([]models.Clip, string, error) {
	q := v.from("clips")
	equal(q, "camera", f.Camera)
	within(q, f.Area)
	if f.Event != "" {
		q.Where("id IN (SELECT clip FROM clip_events WHERE event = ?)", f.Event)
	}
	if f.At != 0 {
		q.Where("begins > ? AND begins <= ? AND ends > ?", f.At-longest, f.At, f.At)
	}
	if f.Alert != "" {
		q.Where("id IN (SELECT clip FROM alert_events CROSS JOIN clip_events USING (event) WHERE alert = ?)", f.Alert)
	}
	if f.Live && f.At != 0 { // few clips and many alerts
		q.Where("EXISTS (SELECT 1 FROM clip_events CROSS JOIN alert_events USING (event) CROSS JOIN alerts ON alerts.id = alert WHERE clip = clips.id AND alerts." + liveAlert + ")")
	} else if f.Live {
		q.Where("id IN (SELECT clip FROM alerts CROSS JOIN alert_events ON alert = alerts.id CROSS JOIN clip_events USING (event) WHERE alerts." + liveAlert + ")")
	}
	if f.Assignee != "" {
		q.Where("id IN (SELECT clip FROM orders CROSS JOIN alert_events ON alert = json_extract(orders.doc, '$.alert') CROSS JOIN clip_events USING (event)"+
			" WHERE orders.assignee = ? AND orders."+liveOrder+")", f.Assignee)
	}
	if err := downFrom(q, f.After); err != nil { // which may have been forgotten meanwhile
		return nil, "", err
	}
	clips, err := documents[models.Clip](ctx, q.OrderExpr("id DESC").Limit(int64(bounded(f.Limit))+1))
	clips, next := cut(clips, bounded(f.Limit), func(c models.Clip) string { return c.ID })
	return clips, next, err
}
