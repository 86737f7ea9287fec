package store

import (
	"context"
	"fmt"

	"zhihui/models"
)

// sweepStep bounds the rows that one write of a sweep deletes: other writes go between two of them.
const sweepStep = 200

// pruneReadings forgets the readings of minutes that were over before an instant. Their roll-ups stay.
func (s *Store) pruneReadings(ctx context.Context, before models.Time) error {
	return s.sweep(ctx, `DELETE FROM reading_chunks WHERE id IN (SELECT id FROM reading_chunks WHERE minute <= ? ORDER BY minute LIMIT ?)`,
		int64(before-minuteLong), sweepStep)
}

// pruneRollups forgets the roll-ups in a table that began before an instant, but the newest of each sensor.
func (s *Store) pruneRollups(ctx context.Context, table string, before models.Time) error {
	sensors, err := s.heard(ctx, table)
	if err != nil {
		return err
	}
	for _, sensor := range sensors {
		err := s.sweep(ctx, fmt.Sprintf(`DELETE FROM %[1]s WHERE sensor = ? AND at IN (SELECT at FROM %[1]s WHERE sensor = ? AND at < ?
			AND at < (SELECT max(at) FROM %[1]s WHERE sensor = ?) ORDER BY at LIMIT ?)`, table), sensor, sensor, int64(before), sensor, sweepStep)
		if err != nil {
			return err
		}
	}
	return nil
}

// heard returns the sensors that have rows in a table whose primary key begins with them. It jumps from sensor to sensor;
// DISTINCT would read every row.
func (s *Store) heard(ctx context.Context, table string) (sensors []string, err error) {
	err = s.read.NewRaw(fmt.Sprintf(`WITH RECURSIVE known(sensor) AS (SELECT min(sensor) FROM %[1]s UNION ALL
		SELECT (SELECT min(sensor) FROM %[1]s WHERE sensor > known.sensor) FROM known WHERE known.sensor IS NOT NULL)
		SELECT sensor FROM known WHERE sensor IS NOT NULL`, table)).Scan(ctx, &sensors)
	return sensors, wrap("find the sensors with readings", err)
}

// sweep runs a query that deletes at most sweepStep rows, each time in a write of its own, until it finds no more.
func (s *Store) sweep(ctx context.Context, query string, args ...any) error {
	for more := true; more; {
		err := s.Write(ctx, func(tx *Tx) error {
			done, err := tx.db.Tx.ExecContext(tx.ctx, query, args...)
			if err != nil {
				return fmt.Errorf("prune readings: %w", err)
			}
			n, err := done.RowsAffected()
			more = n == sweepStep
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
