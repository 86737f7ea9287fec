package store

import (
	"context"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type eventRow struct {
	bun.BaseModel `bun:"table:events"`
	ID            string `bun:",pk"`
	Kind          models.EventKind
	Severity      models.Severity
	State         models.EventState
	Area          string
	Source        string
	OpenedAt      models.Time
	Snapshot      string
	Doc           string
}

// PutEvent writes the event, new or known, and its change.
func (tx *Tx) PutEvent(e models.Event) error {
	doc, err := document(e)
	if err != nil {
		return err
	}
	row := eventRow{ID: e.ID, Kind: e.Kind, Severity: e.Severity, State: e.State, Area: e.Area, Source: e.Source, OpenedAt: e.OpenedAt, Snapshot: e.Snapshot, Doc: doc}
	if err := tx.upsert(&row, "an event"); err != nil {
		return err
	}
	return tx.change(models.TopicEvent, e.ID, e.Area, doc)
}

// Event returns the event, and false when there is none of that id.
func (tx *Tx) Event(id string) (models.Event, bool, error) {
	return one[models.Event](tx.ctx, tx.db.NewSelect().Table("events").Where("id = ?", id))
}

// Event returns the event or a NotFound error.
func (v Scope) Event(ctx context.Context, id string) (models.Event, error) {
	e, ok, err := one[models.Event](ctx, v.from("events").Where("id = ?", id))
	if err == nil && !ok {
		err = notFound("event", id)
	}
	return e, err
}

// OpenEvents returns every open event, oldest first: what detect goes on with after a restart.
func (s *Store) OpenEvents(ctx context.Context) ([]models.Event, error) {
	return documents[models.Event](ctx, s.read.NewSelect().Table("events").Where("state = 'open'").OrderExpr("id"))
}

// EventFilter chooses events; empty fields mean any.
type EventFilter struct {
	Area     string // with all areas below it
	Kind     models.EventKind
	State    models.EventState
	Source   string
	Severity models.Severity
	From, To models.Time // opened at or after From and before To
	After    string      // cursor of the page before
	Limit    int         // 100 when ≤ 0, 1,000 at most
}

// Events returns a page of events, newest first, and the cursor of the next page, "" at the end.
func (v Scope) Events(ctx context.Context, f EventFilter) ([]models.Event, string, error) {
	q := v.from("events")
	within(q, f.Area)
	equal(q, "kind", f.Kind)
	equal(q, "state", f.State)
	equal(q, "source", f.Source)
	equal(q, "severity", f.Severity)
	during(q, "opened_at", f.From, f.To)
	return newest(ctx, v, "events", q, f.After, f.Limit, func(e models.Event) string { return e.ID })
}
