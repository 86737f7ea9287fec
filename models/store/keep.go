package store

import (
	"context"
	"errors"
	"time"

	"zhihui/models"
)

// Run prunes what Config.Keep no longer keeps, at once and then every hour. Every second it folds the readings of minutes that
// are over, and looks whether another process (such as zhihui site apply beside a running hall) has written changes, so that
// Changed tells of those, too. It ends with ctx. A round that fails is logged, and tried again when the next is due.
func (s *Store) Run(ctx context.Context) error {
	hour, second := time.NewTicker(time.Hour), time.NewTicker(time.Second)
	defer hour.Stop()
	defer second.Stop()
	s.tryTo(ctx, "prune", s.prune)
	var seen int64
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-hour.C:
			s.tryTo(ctx, "prune", s.prune)
		case <-second.C:
			s.tryTo(ctx, "fold readings", s.foldReadings)
			s.tryTo(ctx, "look for changes", func(ctx context.Context) error {
				last, err := s.LastChange(ctx)
				if last > seen {
					seen = last
					s.bell.ring() // for our own changes once too often, which wakes readers for nothing at most once a second
				}
				return err
			})
		}
	}
}

func (s *Store) tryTo(ctx context.Context, what string, f func(context.Context) error) {
	if err := f(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("store: could not "+what, "err", err)
	}
}

func (s *Store) prune(ctx context.Context) error {
	now := models.At(s.now())
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
