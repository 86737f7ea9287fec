package orders

import (
	"context"
	"time"

	"zhihui/models"
	"zhihui/models/store"
)

const (
	sweepEvery = time.Second
	sweepPage  = 100
)

// Run turns the lamps as deadlines come, until ctx ends. The deadlines are rows, never timers in memory: after a restart,
// a week off or a step of the clock the next sweep finds exactly the lamps that are behind, and each turns once.
func (e *Engine) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := e.sweep(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("order lamps were not turned, trying again in a second", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep turns page after page, for as long as full pages come and something turns.
func (e *Engine) sweep(ctx context.Context) error {
	for {
		due, err := e.store.DueOrders(ctx, models.At(e.now()), sweepPage)
		if err != nil {
			return err
		}
		turned := 0
		for _, o := range due {
			ok, err := e.sweepOne(ctx, o.ID)
			if err != nil {
				return err
			}
			if ok {
				turned++
			}
		}
		if len(due) < sweepPage || turned == 0 {
			return nil
		}
	}
}

// sweepOne turns one lamp; false when a person was quicker and there is nothing left to turn.
func (e *Engine) sweepOne(ctx context.Context, id string) (turned bool, err error) {
	var o models.WorkOrder
	err = e.store.Write(ctx, func(tx *store.Tx) error {
		if o, err = tx.Order(id); err != nil {
			return err
		}
		if turned, err = e.turn(tx, &o); err != nil || !turned {
			return err
		}
		o.UpdatedAt = tx.Now()
		return tx.PutOrder(&o)
	})
	if err != nil || !turned {
		return false, err
	}
	e.metrics.lamps.WithLabelValues(string(o.Lamp)).Inc()
	return true, nil
}
