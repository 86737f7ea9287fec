package store

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"zhihui/models"
)

const (
	maxHold     = models.Time(31 * dayLong)
	maxHoldWhy  = 500  // characters
	settleSteps = 1000 // segments that one write tells about a hold
)

type holdRow struct {
	bun.BaseModel `bun:"table:holds"`
	ID            string `bun:",pk"`
	Camera        string
	Area          string
	Begins        models.Time
	Ends          models.Time
	Lifted        bool
	Settled       models.Time // up to where the segments know of it
	Doc           string
}

// PutHold keeps a span of a camera's footage from now on: of h it takes Camera, From, To, Why and By, and returns the whole. The span
// is 31 days at most and has begun; the camera is one of the site, or for those who see the whole site one that has left footage.
// It becomes a row of the ledger. Faults are Invalid errors by field.
func (v Scope) PutHold(ctx context.Context, h models.Hold) (models.Hold, error) {
	h = models.Hold{Camera: h.Camera, From: h.From, To: h.To, Why: h.Why, By: h.By}
	if err := validateHold(h, models.At(v.store.now())); err != nil {
		return h, err
	}
	err := v.store.Write(ctx, func(tx *Tx) (err error) {
		if h.Area, err = v.holdArea(tx, h.Camera); err != nil {
			return err
		}
		h.ID, h.At = tx.NewID(), tx.now
		return errors.Join(tx.putHold(h), tx.Ledger(h.By, "hold.put", h.ID, nil, h))
	})
	return h, err
}

func validateHold(h models.Hold, now models.Time) error {
	var f faults
	f.id("camera", h.Camera)
	f.Add(h.From > 0 && h.From <= now, "from", "a hold begins in the past: footage that there is cannot begin later")
	f.Add(h.To > h.From && h.To-h.From <= maxHold, "to", "a hold ends after its beginning, and within 31 days")
	f.why("why", h.Why)
	return f.Err()
}

func (f *faults) why(field, why string) {
	ok := utf8.ValidString(why) && utf8.RuneCountInString(why) <= maxHoldWhy && strings.TrimSpace(why) != ""
	f.Add(ok, field, "say why in 1 to %d characters", maxHoldWhy)
}

// holdArea is the area of a camera within the scope, or none for a camera that is gone and has left footage, which only those who see
// the whole site may hold.
func (v Scope) holdArea(tx *Tx, camera string) (string, error) {
	missing := models.FieldError("camera", "there is no camera %.64q", camera)
	c, err := oneCamera(tx.ctx, tx.db.NewSelect(), camera)
	if err == nil {
		in, err := v.holds(tx.ctx, tx.db, c.Area)
		if err == nil && !in {
			err = missing
		}
		return c.Area, err
	}
	if models.CodeOf(err) != models.NotFound {
		return "", err
	}
	left, err := tx.db.NewSelect().Table("footage").Where("camera = ?", camera).Exists(tx.ctx)
	if err == nil && !(left && v.area == Whole) {
		err = missing
	}
	return "", err
}

// putHold writes the hold, new or changed, and begins to tell its segments: Run goes on with the rest.
func (tx *Tx) putHold(h models.Hold) error {
	doc, err := document(h)
	if err != nil {
		return err
	}
	row := holdRow{ID: h.ID, Camera: h.Camera, Area: h.Area, Begins: h.From, Ends: h.To, Lifted: h.LiftedAt != 0, Settled: h.From, Doc: doc}
	if err := tx.upsert(&row, "a hold"); err != nil {
		return err
	}
	return tx.settleHold(row)
}

// LiftHold ends a hold within the scope, and says why. One that is lifted already is a Conflict. It becomes a row of the ledger.
func (v Scope) LiftHold(ctx context.Context, id, why, by string) (h models.Hold, err error) {
	var f faults
	if f.why("why", why); f.Err() != nil {
		return h, f.Err()
	}
	err = v.store.Write(ctx, func(tx *Tx) error {
		was, known, err := one[models.Hold](tx.ctx, tx.db.NewSelect().Table("holds").Where("id = ?", id))
		if err == nil && !known {
			err = notFound("hold", id)
		}
		if err == nil {
			err = v.mustHold(tx, was.Area, "hold", id)
		}
		if err != nil {
			return err
		}
		if was.LiftedAt != 0 {
			return models.Errorf(models.Conflict, "%s has lifted this hold already", was.LiftedBy)
		}
		h = was
		h.LiftedBy, h.LiftedAt, h.LiftedWhy = by, tx.now, why
		return errors.Join(tx.putHold(h), tx.Ledger(by, "hold.lift", id, was, h))
	})
	return h, err
}

// HoldFilter chooses holds; empty fields mean any.
type HoldFilter struct {
	Camera string
	Active bool   // those that are not lifted
	After  string // cursor of the page before
	Limit  int    // 100 when ≤ 0, 1,000 at most
}

// FootageHolds returns a page of holds, newest first, and the cursor of the next page, "" at the end.
func (v Scope) FootageHolds(ctx context.Context, f HoldFilter) ([]models.Hold, string, error) {
	q := v.from("holds")
	equal(q, "camera", f.Camera)
	if f.Active {
		q.Where("NOT lifted")
	}
	return newest(ctx, v, "holds", q, f.After, f.Limit, func(h models.Hold) string { return h.ID })
}

// settleHolds tells the segments of holds that were put or lifted, step by step, so that nobody waits long behind it. Until it is
// through, DropLoose knows better than LooseSegments and the totals.
func (s *Store) settleHolds(ctx context.Context) error {
	for {
		var rows []holdRow
		q := s.read.NewSelect().Model(&rows).Where("settled < ends").OrderExpr("id").Limit(1)
		if err := q.Scan(ctx); err != nil || len(rows) == 0 {
			return wrap("look for holds that footage does not know yet", err)
		}
		err := s.Write(ctx, func(tx *Tx) error {
			rows = rows[:0]
			err := tx.db.NewSelect().Model(&rows).Where("settled < ends").OrderExpr("id").Limit(1).Scan(tx.ctx)
			if err != nil || len(rows) == 0 {
				return wrap("read a hold", err)
			}
			return tx.settleHold(rows[0])
		})
		if err != nil {
			return err
		}
	}
}

// settleHold tells the next segments of a hold, and notes how far it came.
func (tx *Tx) settleHold(r holdRow) error {
	var next []models.Time
	err := tx.db.NewRaw("SELECT begins FROM segments WHERE camera = "+ofCamera+" AND begins > ? AND begins < ? ORDER BY begins LIMIT 1 OFFSET ?",
		r.Camera, r.Settled, r.Ends, settleSteps).Scan(tx.ctx, &next)
	if err != nil {
		return wrap("look for the segments of a hold", err)
	}
	to := r.Ends
	if len(next) > 0 {
		to = next[0]
	}
	if err := tx.settleSegments(r.Camera, r.Settled, to); err != nil {
		return err
	}
	_, err = tx.db.NewRaw("UPDATE holds SET settled = ? WHERE id = ?", to, r.ID).Exec(tx.ctx)
	return wrap("note how far a hold is known", err)
}
