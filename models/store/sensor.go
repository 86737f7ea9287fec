package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type sensorRow struct {
	bun.BaseModel `bun:"table:sensors,alias:sensors"`
	ID            string `bun:",pk"`
	Area          string
	Camera        string `bun:",nullzero"`
	Words         string // what a search looks through, folded
	Doc           string
	State         models.SensorState
	Since         models.Time
	BadPayloads   int64
	LastFault     string
}

// view shows the sensor with its newest reading.
func (r sensorRow) view(newest *latest) (v models.SensorView, err error) {
	if err := json.Unmarshal([]byte(r.Doc), &v.Sensor); err != nil {
		return v, fmt.Errorf("read sensor %s: %w", r.ID, err)
	}
	v.State, v.Since = r.State, r.Since
	if last, ok := newest.get(r.ID); ok {
		v.Value, v.At = &last.Value, last.At
	}
	v.BadPayloads, v.LastFault = r.BadPayloads, r.LastFault
	return v, nil
}

// SensorFilter chooses sensors; empty fields mean any.
type SensorFilter struct {
	Area  string // with all areas below it
	State models.SensorState
	After string // cursor of the page before
	Limit int    // 100 when ≤ 0, 1,000 at most
}

// Sensors returns a page of sensors by id and the cursor of the next page, "" at the end.
func (v Scope) Sensors(ctx context.Context, f SensorFilter) ([]models.SensorView, string, error) {
	q := v.rows().OrderExpr("id").Limit(int64(bounded(f.Limit)) + 1)
	if err := byID(q, f.After); err != nil {
		return nil, "", err
	}
	within(q, f.Area)
	equal(q, "state", f.State)
	views, err := v.store.sensorViews(ctx, q)
	views, next := cut(views, bounded(f.Limit), func(v models.SensorView) string { return v.ID })
	return views, next, err
}

// Sensor returns the sensor or a NotFound error.
func (v Scope) Sensor(ctx context.Context, id string) (models.SensorView, error) {
	return v.store.oneSensor(ctx, v.rows(), id)
}

// AllSensors returns every sensor by id.
func (s *Store) AllSensors(ctx context.Context) ([]models.Sensor, error) {
	return documents[models.Sensor](ctx, s.read.NewSelect().Table("sensors").OrderExpr("id"))
}

func (s *Store) oneSensor(ctx context.Context, q *bun.SelectQuery, id string) (models.SensorView, error) {
	views, err := s.sensorViews(ctx, q.Where("id = ?", id))
	if err == nil && len(views) == 0 {
		err = notFound("sensor", id)
	}
	if err != nil {
		return models.SensorView{}, err
	}
	return views[0], nil
}

func (s *Store) sensorViews(ctx context.Context, q *bun.SelectQuery) ([]models.SensorView, error) {
	var rows []sensorRow
	if err := q.Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read sensors: %w", err)
	}
	views := make([]models.SensorView, len(rows))
	for i, r := range rows {
		var err error
		if views[i], err = r.view(&s.latest); err != nil {
			return nil, err
		}
	}
	return views, nil
}
