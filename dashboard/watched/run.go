package watched

import (
	"context"
	"fmt"
	"slices"
	"time"

	"zhihui/models"
)

// Run writes what is noted until ctx ends, then what waits. What the store refuses is tried again each second, in its order. An
// error means that views could not be written before the end.
func (b *Book) Run(ctx context.Context) error {
	var notes []note
	day := time.NewTicker(renewal)
	defer day.Stop()
	for ctx.Err() == nil {
		if len(notes) == 0 {
			select {
			case first := <-b.queue:
				notes = b.gather(first)
			case <-day.C:
				b.renew()
			case <-ctx.Done():
				continue
			}
		}
		notes = slices.DeleteFunc(notes, note.idle)
		if err := b.write(ctx, notes); err == nil {
			notes = nil
		} else if ctx.Err() == nil {
			b.deps.Log.Error("watched: who looked at cameras cannot be noted, trying again", "views", len(notes)+len(b.queue), "error", err)
			pause(ctx, retry)
		}
	}
	return b.end(notes)
}

// gather takes what waits now, and does not wait for more.
func (b *Book) gather(notes ...note) []note {
	for len(notes) < batch {
		select {
		case n := <-b.queue:
			notes = append(notes, n)
		default:
			return notes
		}
	}
	return notes
}

func (b *Book) write(ctx context.Context, notes []note) error {
	if len(notes) == 0 {
		return nil
	}
	viewings := make([]models.Viewing, len(notes))
	for i, n := range notes {
		viewings[i] = n.Viewing
	}
	if err := b.deps.Write(ctx, viewings); err != nil {
		return err
	}
	for _, n := range notes {
		b.metrics.noted.WithLabelValues(string(n.Way)).Inc()
		if n.ctx != nil {
			close(n.written)
		}
	}
	return nil
}

// end writes what is left.
func (b *Book) end(notes []note) error {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	for len(notes)+len(b.queue) > 0 {
		notes = slices.DeleteFunc(b.gather(notes...), note.idle)
		if err := b.write(ctx, notes); err != nil {
			return fmt.Errorf("%d views of cameras are not in the ledger: %w", len(notes)+len(b.queue), err)
		}
		notes = nil
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
