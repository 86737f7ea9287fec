package store

import (
	"context"
	"errors"
	"time"

	"zhihui/models"
)

// Run prunes what Config.Keep no longer keeps, at once and then every hour, until ctx ends. A failed round is logged and
// tried again an hour later.
func (s *Store) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := s.prune(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("store: could not prune", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (s *Store) prune(ctx context.Context) error {
	now := models.At(s.now())
	ago := func(d models.Duration) models.Time { return now.Add(-d.Std()) }
	keep := s.cfg.Keep
	return errors.Join(
		s.PruneReadings(ctx, ago(keep.Readings)),
		s.PruneChanges(ctx, ago(keep.Changes)),
		s.PruneNotifications(ctx, ago(keep.Changes)),
		s.PruneSessions(ctx, now),
		s.PruneSnapshots(ctx, ago(keep.Snapshots), keep.SnapshotBytes),
	)
}
