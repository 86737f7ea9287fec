package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type alertRow struct {
	bun.BaseModel  `bun:"table:alerts"`
	ID             string `bun:",pk"`
	Kind           models.EventKind
	Severity       models.Severity
	State          models.AlertState
	Area           string
	Fingerprint    string
	OpenedAt       models.Time
	AcknowledgedAt models.Time
	Words          string // what a search looks through, folded
	Doc            string
}

// PutAlert writes the alert, new or known, and its change. A second live alert of the same fingerprint is an error.
func (tx *Tx) PutAlert(a models.Alert) error {
	doc, err := document(a)
	if err != nil {
		return err
	}
	row := alertRow{ID: a.ID, Kind: a.Kind, Severity: a.Severity, State: a.State, Area: a.Area, Fingerprint: a.Fingerprint,
		OpenedAt: a.OpenedAt, AcknowledgedAt: a.AcknowledgedAt, Words: folded(a.Why), Doc: doc}
	if err := tx.upsert(&row, "an alert"); err != nil {
		return err
	}
	return tx.change(models.TopicAlert, a.ID, a.Area, doc)
}

// LiveAlert returns the alert of the fingerprint that is open, acknowledged or shelved, and false when there is none.
func (tx *Tx) LiveAlert(fingerprint string) (models.Alert, bool, error) {
	// Written as in the index alerts_live, which then finds it.
	return one[models.Alert](tx.ctx, tx.db.NewSelect().Table("alerts").
		Where("fingerprint = ? AND state IN ('open', 'acknowledged', 'shelved')", fingerprint))
}

// Alert returns the alert or a NotFound error.
func (tx *Tx) Alert(id string) (models.Alert, error) {
	return alertByID(tx.ctx, tx.db.NewSelect().Table("alerts"), id)
}

// Alert returns the alert or a NotFound error.
func (v Scope) Alert(ctx context.Context, id string) (models.Alert, error) {
	return alertByID(ctx, v.from("alerts"), id)
}

func alertByID(ctx context.Context, q *bun.SelectQuery, id string) (models.Alert, error) {
	a, ok, err := one[models.Alert](ctx, q.Where("id = ?", id))
	if err == nil && !ok {
		err = notFound("alert", id)
	}
	return a, err
}

type alertEventRow struct {
	bun.BaseModel `bun:"table:alert_events"`
	Event         string `bun:",pk"`
	Alert         string
}

// AttachEvent notes that the alert has gathered the event; both must be written already. An event belongs to one alert:
// again to the same one changes nothing, to another is an error.
func (tx *Tx) AttachEvent(alertID, eventID string) error {
	row := alertEventRow{Event: eventID, Alert: alertID}
	if _, err := tx.db.NewInsert().Model(&row).On("CONFLICT (event) DO NOTHING").Exec(tx.ctx); err != nil {
		return fmt.Errorf("attach event %s to alert %s: %w", eventID, alertID, err)
	}
	owner, _, err := tx.AlertOf(eventID)
	if err == nil && owner != alertID {
		err = models.Errorf(models.Conflict, "event %s already belongs to alert %s", eventID, owner)
	}
	return err
}

// AlertOf returns the id of the alert that has gathered the event, and false when none has.
func (tx *Tx) AlertOf(eventID string) (string, bool, error) {
	var alerts []string
	err := tx.db.NewSelect().Table("alert_events").Column("alert").Where("event = ?", eventID).Scan(tx.ctx, &alerts)
	if err != nil || len(alerts) == 0 {
		return "", false, wrap("read an event's alert", err)
	}
	return alerts[0], true, nil
}

// AlertFilter chooses alerts; empty fields mean any.
type AlertFilter struct {
	States   []models.AlertState
	Severity models.Severity
	Area     string // with all areas below it
	Kind     models.EventKind
	After    string // cursor of the page before
	Limit    int    // 100 when ≤ 0, 1,000 at most
}

// Alerts returns a page of alerts, newest first, and the cursor of the next page, "" at the end.
func (v Scope) Alerts(ctx context.Context, f AlertFilter) ([]models.Alert, string, error) {
	q := v.from("alerts")
	if len(f.States) > 0 && !slices.ContainsFunc(f.States, func(s models.AlertState) bool { return !s.Live() }) {
		q = v.live("alerts", liveAlert)
	}
	among(q, "state", f.States)
	equal(q, "severity", f.Severity)
	within(q, f.Area)
	equal(q, "kind", f.Kind)
	return newest(ctx, v, "alerts", q, f.After, f.Limit, func(a models.Alert) string { return a.ID })
}

// AlertEvents returns the events that the alert has gathered, oldest first, 1,000 at most.
func (v Scope) AlertEvents(ctx context.Context, alertID string) ([]models.Event, error) {
	return documents[models.Event](ctx, v.from("events").
		Where("id IN (SELECT event FROM alert_events WHERE alert = ?)", alertID).OrderExpr("id").Limit(MaxLimit))
}
