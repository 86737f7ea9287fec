package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"zhihui/models"
)

// past reads one sensor's past in one transaction.
type past struct {
	ctx    context.Context
	tx     *sql.Tx
	sensor string
	TrendFilter
}

// told returns what the span is told by, of more than the limit at least one more.
func (p past) told(step models.ReadingStep) ([]models.Rollup, error) {
	switch step {
	case models.EveryMinute:
		return p.rollups("reading_minutes", minuteLong)
	case models.EveryHour:
		return p.rollups("reading_hours", hourLong)
	default:
		return p.readings()
	}
}

// readings returns the newest readings of the span, more than the limit where there are more, by time.
func (p past) readings() (told []models.Rollup, err error) {
	all, err := p.logged(p.From)
	if err != nil {
		return nil, err
	}
	rows, err := p.tx.QueryContext(p.ctx, "SELECT minute, packed FROM reading_chunks WHERE sensor = ? AND minute > ? AND minute < ? ORDER BY minute DESC",
		p.sensor, int64(p.From-minuteLong), int64(p.To))
	if err != nil {
		return nil, fmt.Errorf("read readings: %w", err)
	}
	defer rows.Close()
	for last := models.Time(0); rows.Next(); {
		var minute models.Time
		var packed sql.RawBytes
		if err := rows.Scan((*int64)(&minute), &packed); err != nil {
			return nil, fmt.Errorf("read readings: %w", err)
		}
		if len(all) > p.Limit && minute != last {
			break
		}
		last = minute
		readings, err := unpacked(packed, p.sensor, minute)
		if err != nil {
			return nil, fmt.Errorf("read the readings of sensor %.64q of %v: %w", p.sensor, minute, err)
		}
		all = p.appendSpan(all, p.From, readings)
	}
	slices.SortStableFunc(all, func(a, b models.Reading) int { return cmp.Compare(a.At, b.At) })
	for _, r := range all {
		told = append(told, rollup(r))
	}
	return told, rows.Err()
}

// logged returns the readings of the span, from an instant on, that are not folded yet.
func (p past) logged(from models.Time) (all []models.Reading, err error) {
	rows, err := p.tx.QueryContext(p.ctx, "SELECT minute, packed FROM reading_log WHERE shard = ? AND minute > ? AND minute < ? ORDER BY minute, id",
		shardOf(p.sensor), int64(from-minuteLong), int64(p.To))
	if err != nil {
		return nil, fmt.Errorf("read the log of readings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var minute models.Time
		var row sql.RawBytes
		if err := rows.Scan((*int64)(&minute), &row); err != nil {
			return nil, fmt.Errorf("read the log of readings: %w", err)
		}
		err := eachGroup(row, func(sensor string, packed []byte) error {
			if sensor != p.sensor {
				return nil
			}
			readings, err := unpacked(packed, sensor, minute)
			all = p.appendSpan(all, from, readings)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read the log of readings: %w", err)
		}
	}
	return all, rows.Err()
}

// appendSpan appends those readings that lie in the span.
func (p past) appendSpan(all []models.Reading, from models.Time, readings []models.Reading) []models.Reading {
	for _, r := range readings {
		if r.At >= from && r.At < p.To {
			all = append(all, r)
		}
	}
	return all
}

// rollups returns the newest roll-ups of a table that begin in the span or reach into it, with what is not folded yet.
func (p past) rollups(table string, length models.Time) ([]models.Rollup, error) {
	from := floor(p.From, length)
	fresh, err := p.logged(from)
	if err != nil {
		return nil, err
	}
	rows, err := p.tx.QueryContext(p.ctx, "SELECT at, low, high, mean, count FROM "+table+" WHERE sensor = ? AND at >= ? AND at < ? ORDER BY at DESC LIMIT ?",
		p.sensor, int64(from), int64(p.To), p.Limit+1)
	if err != nil {
		return nil, fmt.Errorf("read the roll-ups of readings: %w", err)
	}
	defer rows.Close()
	sums := map[models.Time]models.Rollup{}
	for rows.Next() {
		r := models.Rollup{Reading: models.Reading{Sensor: p.sensor}}
		if err := rows.Scan((*int64)(&r.At), &r.Min, &r.Max, &r.Value, &r.Count); err != nil {
			return nil, fmt.Errorf("read the roll-ups of readings: %w", err)
		}
		sums[r.At] = between(r)
	}
	for at, readings := range byStep(fresh, length) {
		sum := sumUp(at, readings)
		if folded, ok := sums[at]; ok {
			sum = together(folded, sum)
		}
		sums[at] = sum
	}
	all := slices.SortedFunc(maps.Values(sums), func(a, b models.Rollup) int { return cmp.Compare(a.At, b.At) })
	return all, rows.Err()
}

// byStep groups readings by the step of that length in which they came.
func byStep(readings []models.Reading, length models.Time) map[models.Time][]models.Reading {
	steps := map[models.Time][]models.Reading{}
	for _, r := range readings {
		at := floor(r.At, length)
		steps[at] = append(steps[at], r)
	}
	return steps
}
