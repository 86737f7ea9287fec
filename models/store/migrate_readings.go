package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"

	"zhihui/models"
)

//go:embed migrations/readings/schema.sql
var readingsSchema string

// packReadings is migration 5: readings no longer have a row each. What there is is summed up, and from an instant on packed,
// like what comes in; sweeps then forget the sums that are too old.
func packReadings(from models.Time) *goose.Migration {
	return goose.NewGoMigration(5, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) (err error) {
		if _, err := tx.ExecContext(ctx, readingsSchema); err != nil {
			return err
		}
		f, err := newFolder(ctx, tx, from)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.close()) }()
		for r, more := (models.Reading{}), true; more && err == nil; {
			r, more, err = packOldest(ctx, tx, f, r)
		}
		if err != nil {
			return fmt.Errorf("pack the readings: %w", err)
		}
		_, err = tx.ExecContext(ctx, "DROP TABLE readings")
		return err
	}}, nil)
}

// packAtOnce bounds the rows that are in memory.
const packAtOnce = 10_000

// packOldest packs the readings behind one, in the order of the old table, and returns the last of them.
func packOldest(ctx context.Context, tx *sql.Tx, f *folder, after models.Reading) (last models.Reading, more bool, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT sensor, at, value FROM readings WHERE (sensor, at) > (?, ?) ORDER BY sensor, at LIMIT ?",
		after.Sensor, int64(after.At), packAtOnce)
	if err != nil {
		return last, false, err
	}
	var minute []models.Reading
	var minutes [][]models.Reading
	for rows.Next() {
		var r models.Reading
		if err := rows.Scan(&r.Sensor, (*int64)(&r.At), &r.Value); err != nil {
			return last, false, errors.Join(err, rows.Close())
		}
		if r.Sensor != last.Sensor || floor(r.At, minuteLong) != floor(last.At, minuteLong) {
			minutes, minute = append(minutes, minute), nil
		}
		minute, last, more = append(minute, r), r, true
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return last, false, err
	}
	for _, readings := range append(minutes, minute) {
		if len(readings) == 0 {
			continue
		}
		if err := f.put(ctx, floor(readings[0].At, minuteLong), readings); err != nil {
			return last, false, err
		}
	}
	return last, more, nil
}
