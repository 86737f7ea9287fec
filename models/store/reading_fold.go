package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"zhihui/models"
)

const (
	foldSettle = 5 * time.Second      // after the end of a minute, for those readings of it that are on their way
	foldSpread = time.Minute / shards // between one shard and the next, so that nobody waits long behind a fold
)

// foldReadings folds the parts of the log whose minute is over. What it has not done yet stays in the log and is done by the
// next call, of the next process perhaps; a part is folded whole or not at all.
func (s *Store) foldReadings(ctx context.Context) error {
	due, err := s.parts(ctx, models.At(s.now()))
	if err != nil {
		return err
	}
	for _, p := range due {
		if err := s.fold(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// parts returns those parts of the log that are due, the oldest first.
func (s *Store) parts(ctx context.Context, now models.Time) (due []part, err error) {
	rows, err := s.read.DB.QueryContext(ctx, "SELECT DISTINCT shard, minute FROM reading_log WHERE minute + shard * ? <= ? ORDER BY minute, shard",
		foldSpread.Milliseconds(), int64(now.Add(-time.Minute-foldSettle)))
	if err != nil {
		return nil, fmt.Errorf("look into the log of readings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p part
		if err := rows.Scan(&p.shard, &p.minute); err != nil {
			return nil, fmt.Errorf("look into the log of readings: %w", err)
		}
		due = append(due, p)
	}
	return due, rows.Err()
}

// waiting is what a part of the log holds.
type waiting struct {
	of     map[string][]models.Reading // by sensor
	rows   int64
	newest int64 // row
}

// logged reads a part. A row that cannot be read is told in the log and passed over: it must not keep all later ones from being
// folded.
func (s *Store) logged(ctx context.Context, p part) (w waiting, err error) {
	rows, err := s.read.DB.QueryContext(ctx, "SELECT id, packed FROM reading_log WHERE shard = ? AND minute = ? ORDER BY id", p.shard, int64(p.minute))
	if err != nil {
		return w, fmt.Errorf("read the log of readings: %w", err)
	}
	defer rows.Close()
	w.of = map[string][]models.Reading{}
	for ; rows.Next(); w.rows++ {
		var packed sql.RawBytes
		if err := rows.Scan(&w.newest, &packed); err != nil {
			return w, fmt.Errorf("read the log of readings: %w", err)
		}
		err := eachGroup(packed, func(sensor string, group []byte) error {
			readings, err := unpacked(group, sensor, p.minute)
			w.of[sensor] = append(w.of[sensor], readings...)
			return err
		})
		if err != nil {
			s.log.Error("store: readings in the log are lost", "row", w.newest, "error", err)
		}
	}
	return w, rows.Err()
}

// eachGroup gives f the groups of a row of the log.
func eachGroup(row []byte, f func(sensor string, packed []byte) error) error {
	for len(row) > 0 {
		sensor, packed, rest, err := cutGroup(row)
		if err != nil {
			return err
		}
		if err := f(sensor, packed); err != nil {
			return err
		}
		row = rest
	}
	return nil
}

func (s *Store) fold(ctx context.Context, p part) error {
	w, err := s.logged(ctx, p)
	if err != nil {
		return err
	}
	return s.settle(ctx, p, w)
}

// settle writes a part where it stays. Conflict: another process has done so since it was read.
func (s *Store) settle(ctx context.Context, p part, w waiting) error {
	return s.Write(ctx, func(tx *Tx) error {
		f, err := newFolder(tx.ctx, tx.db.Tx, math.MinInt64)
		if err != nil {
			return err
		}
		defer f.close()
		for _, readings := range w.of {
			if err := f.put(tx.ctx, p.minute, readings); err != nil {
				return err
			}
		}
		done, err := tx.db.Tx.ExecContext(tx.ctx, "DELETE FROM reading_log WHERE shard = ? AND minute = ? AND id <= ?", p.shard, int64(p.minute), w.newest)
		if err != nil {
			return fmt.Errorf("shorten the log of readings: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n != w.rows {
			return errors.Join(err, models.Errorf(models.Conflict, "another process has packed the readings of %v away", p.minute))
		}
		return nil
	})
}

// folder writes the readings of sensors' minutes where they stay.
type folder struct {
	from                models.Time // of minutes before it the sums alone
	chunk, minute, hour *sql.Stmt
}

// addUp adds to a row of sums what came later. The means are weighed, for a sum of very great values has no number.
const addUp = ` ON CONFLICT (sensor, at) DO UPDATE SET low = min(low, excluded.low), high = max(high, excluded.high),
	mean = mean * (1.0 * count / (count + excluded.count)) + excluded.mean * (1.0 * excluded.count / (count + excluded.count)),
	count = count + excluded.count`

func newFolder(ctx context.Context, tx *sql.Tx, from models.Time) (*folder, error) {
	f := folder{from: from}
	for statement, query := range map[**sql.Stmt]string{
		&f.chunk:  "INSERT INTO reading_chunks (sensor, minute, packed) VALUES (?, ?, ?)",
		&f.minute: "INSERT INTO reading_minutes (sensor, at, low, high, mean, count) VALUES (?, ?, ?, ?, ?, ?)" + addUp,
		&f.hour: "INSERT INTO reading_hours (sensor, at, low, high, mean, count, last, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)" + addUp +
			", last = iif(excluded.last_at >= last_at, excluded.last, last), last_at = max(last_at, excluded.last_at)",
	} {
		var err error
		if *statement, err = tx.PrepareContext(ctx, query); err != nil {
			return nil, errors.Join(fmt.Errorf("fold readings: %w", err), f.close())
		}
	}
	return &f, nil
}

func (f *folder) close() (err error) {
	for _, statement := range []*sql.Stmt{f.chunk, f.minute, f.hour} {
		if statement != nil {
			err = errors.Join(err, statement.Close())
		}
	}
	return err
}

// put writes readings of one sensor, all of the minute that begins then.
func (f *folder) put(ctx context.Context, minute models.Time, readings []models.Reading) error {
	if len(readings) == 0 {
		return nil
	}
	sum := sumUp(minute, readings)
	last := newestOf(readings)
	var err error
	if minute >= f.from {
		_, err = f.chunk.ExecContext(ctx, sum.Sensor, int64(minute), appendPacked(nil, minute, readings))
	}
	if err == nil {
		_, err = f.minute.ExecContext(ctx, sum.Sensor, int64(minute), sum.Min, sum.Max, sum.Value, sum.Count)
	}
	if err == nil {
		_, err = f.hour.ExecContext(ctx, sum.Sensor, int64(floor(minute, hourLong)), sum.Min, sum.Max, sum.Value, sum.Count, last.Value, int64(last.At))
	}
	return wrap("fold readings", err)
}

func newestOf(readings []models.Reading) models.Reading {
	last := readings[0]
	for _, r := range readings[1:] {
		if r.At >= last.At {
			last = r
		}
	}
	return last
}

// sumUp is what readings of one sensor, one at least, come to.
func sumUp(at models.Time, readings []models.Reading) models.Rollup {
	sum, parts, n := 0.0, 0.0, float64(len(readings))
	up := rollup(readings[0])
	for _, r := range readings {
		up.Min, up.Max = min(up.Min, r.Value), max(up.Max, r.Value)
		sum, parts = sum+r.Value, parts+r.Value/n
	}
	if up.Value = sum / n; math.IsInf(sum, 0) || math.IsNaN(sum) { // very great values: less exact, but a number
		up.Value = parts
	}
	up.At, up.Count = at, int64(len(readings))
	return between(up)
}

// rollup is one reading as what readings come to.
func rollup(r models.Reading) models.Rollup {
	return models.Rollup{Reading: r, Min: r.Value, Max: r.Value, Count: 1}
}

// together is what two roll-ups come to, at the instant of the first.
func together(a, b models.Rollup) models.Rollup {
	n := float64(a.Count + b.Count)
	a.Value = a.Value*(float64(a.Count)/n) + b.Value*(float64(b.Count)/n)
	a.Min, a.Max, a.Count = min(a.Min, b.Min), max(a.Max, b.Max), a.Count+b.Count
	return between(a)
}

// between keeps rounding from bringing the mean beyond the values that it is of.
func between(r models.Rollup) models.Rollup {
	r.Value = min(max(r.Value, r.Min), r.Max)
	return r
}
