package store

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/uptrace/bun"

	"zhihui/models"
)

type readingRow struct {
	bun.BaseModel `bun:"table:readings"`
	Sensor        string      `bun:",pk"`
	At            models.Time `bun:",pk"`
	Value         float64
}

// readingsStep bounds the rows of one INSERT.
const readingsStep = 500

// AppendReadings writes readings, all or none; of two of one sensor in the same millisecond the later one stays. It makes no
// change rows: pages that show values get them from ingest as they come.
func (s *Store) AppendReadings(ctx context.Context, readings []models.Reading) error {
	rows := make([]readingRow, len(readings))
	for i, r := range readings {
		if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
			return models.Errorf(models.Invalid, "a reading of sensor %.64q is not a number", r.Sensor)
		}
		rows[i] = readingRow{Sensor: r.Sensor, At: r.At, Value: r.Value}
	}
	return s.Write(ctx, func(tx *Tx) error {
		for part := range slices.Chunk(rows, readingsStep) {
			_, err := tx.db.NewInsert().Model(&part).On("CONFLICT (sensor, at) DO UPDATE").Set("value = EXCLUDED.value").Exec(tx.ctx)
			if err != nil {
				return fmt.Errorf("write readings: %w", err)
			}
		}
		return nil
	})
}

// Readings returns the readings of one sensor from one instant until before another, oldest first. Of more than limit (100
// when ≤ 0, 1,000 at most) the newest are given. An unknown sensor is NotFound.
func (v Scope) Readings(ctx context.Context, sensor string, from, to models.Time, limit int) ([]models.Reading, error) {
	if _, err := v.Sensor(ctx, sensor); err != nil {
		return nil, err
	}
	var rows []readingRow
	err := v.store.read.NewSelect().Model(&rows).Where("sensor = ? AND at >= ? AND at < ?", sensor, from, to).
		OrderExpr("at DESC").Limit(int64(bounded(limit))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read readings: %w", err)
	}
	slices.Reverse(rows)
	readings := make([]models.Reading, len(rows))
	for i, r := range rows {
		readings[i] = models.Reading{Sensor: r.Sensor, At: r.At, Value: r.Value}
	}
	return readings, nil
}

// PruneReadings forgets the readings before an instant, but the newest of each sensor stays. One write a sensor, so that
// nobody waits long behind it.
func (s *Store) PruneReadings(ctx context.Context, before models.Time) error {
	var sensors []string
	// Jumps from sensor to sensor along the primary key; DISTINCT would read every row.
	err := s.read.NewRaw(`WITH RECURSIVE known(sensor) AS (SELECT min(sensor) FROM readings UNION ALL
		SELECT (SELECT min(sensor) FROM readings WHERE sensor > known.sensor) FROM known WHERE known.sensor IS NOT NULL)
		SELECT sensor FROM known WHERE sensor IS NOT NULL`).Scan(ctx, &sensors)
	if err != nil {
		return fmt.Errorf("find the sensors with readings: %w", err)
	}
	for _, sensor := range sensors {
		err := s.Write(ctx, func(tx *Tx) error {
			_, err := tx.db.NewDelete().Table("readings").Where("sensor = ? AND at < ?", sensor, before).
				Where("at < (SELECT max(at) FROM readings WHERE sensor = ?)", sensor).Exec(tx.ctx)
			return wrap("prune readings", err)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
