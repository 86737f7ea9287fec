package store

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"zhihui/models"
)

// MaxTrend bounds a page of the past of a sensor: a year of hours fits, and a week of minutes nearly.
const MaxTrend = 10_000

// The widest spans that are told by every reading and by the minute when nobody asks for a step.
const (
	rawSpan    = 2 * time.Hour
	minuteSpan = 48 * time.Hour
)

// TrendFilter chooses what is told of the past of a sensor: from one instant until before another.
type TrendFilter struct {
	From, To models.Time
	Step     models.ReadingStep // "" = by the length of the span and what is still kept of it
	After    string             // Next of the page before
	Limit    int                // 100 when ≤ 0, MaxTrend at most; of more the newest are given
}

// Trend returns a page of the past of a sensor, oldest first, beginning with the newest page. A minute or an hour in which no
// reading came is not there. An unknown sensor is NotFound.
func (v Scope) Trend(ctx context.Context, sensor string, f TrendFilter) (models.Trend, error) {
	if _, err := v.Sensor(ctx, sensor); err != nil {
		return models.Trend{}, err
	}
	if f.After != "" {
		to, err := strconv.ParseInt(f.After, 10, 64)
		if err != nil {
			return models.Trend{}, noCursor()
		}
		f.To = min(f.To, models.Time(to))
	}
	t := models.Trend{Step: f.Step}
	if t.Step == "" {
		t.Step = v.store.cfg.Keep.step(f.From, f.To, models.At(v.store.now()))
	}
	if f.Limit <= 0 {
		f.Limit = DefaultLimit
	}
	f.Limit = min(f.Limit, MaxTrend)
	// One transaction: while readings are folded they are neither missed nor seen twice.
	err := v.store.read.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		all, err := past{ctx: ctx, tx: tx.Tx, sensor: sensor, TrendFilter: f}.told(t.Step)
		t.Items, t.Next = newestPage(all, f.Limit)
		return err
	})
	return t, err
}

// step is the finest step that is kept from an instant on and fits a chart of the span.
func (k Keep) step(from, to, now models.Time) models.ReadingStep {
	span := to.Sub(from)
	switch {
	case span <= rawSpan && from >= now.Add(-k.Readings.Std()):
		return models.EveryReading
	case span <= minuteSpan && from >= now.Add(-k.ReadingMinutes.Std()):
		return models.EveryMinute
	}
	return models.EveryHour
}

// newestPage cuts the newest off what was found, and tells where the page before goes on. Readings of one instant stay on one
// page, unless there are more of them than a page may hold.
func newestPage(all []models.Rollup, limit int) (page []models.Rollup, next string) {
	if len(all) <= limit {
		return all, ""
	}
	page, before := all[len(all)-limit:], all[len(all)-limit-1]
	if page[0].At == before.At && page[limit-1].At != before.At {
		page = slices.Clone(page[slices.IndexFunc(page, func(r models.Rollup) bool { return r.At != before.At }):])
	}
	return page, strconv.FormatInt(int64(page[0].At), 10)
}
