package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"zhihui/models"
)

// Run prunes what Config.Keep no longer keeps, at once and then every hour. Every second it folds the readings of minutes that
// are over, tells footage of new holds, and looks whether another process (such as zhihui site apply beside a running hall) has written changes, so that
// Changed tells of those, too. It ends with ctx. A round that fails is logged, and tried again when the next is due.
func (s *Store) Run(ctx context.Context) error {
	var pruning sync.WaitGroup
	defer pruning.Wait()
	pruning.Go(func() { s.pruneHourly(ctx) }) // which can take minutes after a change of Keep
	second := time.NewTicker(time.Second)
	defer second.Stop()
	var seen int64
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-second.C:
			s.tryTo(ctx, "look for changes", func(ctx context.Context) error {
				last, err := s.LastChange(ctx)
				if last > seen {
					seen = last
					s.bell.ring() // for our own changes once too often, which wakes readers for nothing at most once a second
				}
				return err
			})
			s.tryTo(ctx, "fold readings", s.foldReadings)
			s.tryTo(ctx, "settle holds", s.settleHolds)
		}
	}
}

func (s *Store) pruneHourly(ctx context.Context) {
	hour := time.NewTicker(time.Hour)
	defer hour.Stop()
	var day calendar
	for {
		s.tryTo(ctx, "prune", func(ctx context.Context) error {
			now, err := s.today(ctx, &day)
			if err != nil {
				return err
			}
			return s.prune(ctx, now)
		})
		select {
		case <-ctx.Done():
			return
		case <-hour.C:
		}
	}
}

func (s *Store) tryTo(ctx context.Context, what string, f func(context.Context) error) {
	if err := f(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("store: could not "+what, "err", err)
	}
}

// prune forgets what is too old at an instant.
func (s *Store) prune(ctx context.Context, now models.Time) error {
	ago := func(d models.Duration) models.Time { return now.Add(-d.Std()) }
	keep := s.cfg.Keep
	return errors.Join(
		s.pruneReadings(ctx, ago(keep.Readings)),
		s.pruneRollups(ctx, "reading_minutes", ago(keep.ReadingMinutes)),
		s.pruneRollups(ctx, "reading_hours", ago(keep.ReadingHours)),
		s.PruneChanges(ctx, ago(keep.Changes)),
		s.PruneNotifications(ctx, ago(keep.Changes)),
		s.PruneSessions(ctx, now),
		s.PruneSnapshots(ctx, ago(keep.Snapshots), keep.SnapshotBytes),
	)
}

const (
	leapMost   = 30 * day // between two prunes, or the last change before the start; more is a clock that may be wrong
	leapDoubts = 24       // prunes until a clock that has leapt is believed: a hall that was away for so long forgets a day later
)

// calendar tells by which instant ages are judged: a clock that begins in 2100 must not make everything too old.
type calendar struct {
	last   models.Time // by a clock that is believed, 0 = none was yet
	doubts int
}

// today is now, or as long as that is in doubt the last instant that was not.
func (c *calendar) today(now models.Time) models.Time {
	if c.last != 0 && now.Sub(c.last) > leapMost && c.doubts < leapDoubts {
		c.doubts++
		return c.last
	}
	c.last, c.doubts = now, 0
	return now
}

func (s *Store) today(ctx context.Context, c *calendar) (models.Time, error) {
	if c.last == 0 {
		err := s.read.NewRaw("SELECT coalesce(max(at), 0) FROM changes WHERE id = (SELECT max(id) FROM changes)").Scan(ctx, &c.last)
		if err != nil {
			return 0, wrap("look when the last change was", err)
		}
	}
	now := models.At(s.now())
	today := c.today(now)
	s.believed.Store(int64(today))
	if today != now {
		s.log.Warn("store: our clock has leapt ahead: nothing is forgotten because of it until it is set right, or for a day", "now", now, "last", today)
	}
	return today, nil
}

// Today tells by which instant others judge what is too old: by now, by the last instant before our clock has leapt, or by 0, which
// makes nothing old, as long as Run has not judged the clock yet.
func (s *Store) Today() models.Time {
	believed := models.Time(s.believed.Load())
	if now := models.At(s.now()); believed != 0 && now.Sub(believed) <= leapMost {
		return now
	}
	return believed
}
