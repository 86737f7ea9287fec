package storetest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"zhihui/models"
)

// What each segment of Footage is: a minute of 384 kbit/s at 10 pictures a second.
const (
	SegmentLong  = models.Time(60_000)
	SegmentBytes = 2_880_000
	segmentUnits = 600
	segmentMIME  = `video/mp4; codecs="avc1.42c01e"`
)

// footageStep bounds the segments that one transaction writes, so that a hall that runs on the store waits a moment at most.
const footageStep = 50_000

// Footage notes in db, the database of a store, each cameras' segments of the minutes before an instant, one behind the other, each
// camera's at a moment of the minute of its own. No segment of these cameras may be there. They have no files: a recorder that
// starts later removes the rows.
func Footage(ctx context.Context, db *sql.DB, cameras []string, each int, before models.Time) error {
	names, err := json.Marshal(cameras)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "INSERT INTO footage (camera, bytes, loose) SELECT value, 0, 0 FROM json_each(?) WHERE TRUE", string(names)); err != nil {
		return fmt.Errorf("name the cameras: %w", err)
	}
	if _, err := db.ExecContext(ctx, "INSERT INTO mimes (mime) VALUES (?) ON CONFLICT DO NOTHING", segmentMIME); err != nil {
		return fmt.Errorf("name the type: %w", err)
	}
	step := max(1, footageStep/max(1, len(cameras)))
	for i := 0; i < each; i += step {
		if err := footageMinutes(ctx, db, string(names), min(step, each-i), before-models.Time(each-i)*SegmentLong); err != nil {
			return fmt.Errorf("write segments: %w", err)
		}
	}
	return nil
}

// footageMinutes writes the segments of some minutes, of all cameras at once: what is written together lies together in both of
// the table's trees.
func footageMinutes(ctx context.Context, db *sql.DB, cameras string, minutes int, from models.Time) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	_, err = tx.ExecContext(ctx, `WITH RECURSIVE minute(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM minute WHERE i + 1 < ?2)
		INSERT INTO segments (camera, begins, lasts, bytes, units, mime, kept)
		SELECT f.number, ?3 + m.i * ?4 - f.number * 7919 % ?4, ?4, ?5, ?6, (SELECT number FROM mimes WHERE mime = ?7), FALSE
		FROM footage AS f CROSS JOIN minute AS m WHERE f.camera IN (SELECT value FROM json_each(?1))`,
		cameras, minutes, int64(from), int64(SegmentLong), SegmentBytes, segmentUnits, segmentMIME)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE footage SET bytes = bytes + ?2, loose = loose + ?2 WHERE camera IN (SELECT value FROM json_each(?1))", cameras, minutes*SegmentBytes)
	if err != nil {
		return err
	}
	return tx.Commit()
}
