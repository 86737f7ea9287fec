package recording

import (
	"context"
	"sync"
	"time"

	"zhihui/models"
)

// clerk writes the rows of clips beside the rounds, which never wait for the store. Of each clip the newest row waits; none is dropped.
type clerk struct {
	rec  *Recorder
	wake chan struct{} // capacity 1

	mu    sync.Mutex
	order []string // of the clips in rows
	rows  map[string]models.Clip
}

func (c *clerk) note(clips []models.Clip) {
	if len(clips) == 0 {
		return
	}
	c.mu.Lock()
	for _, row := range clips {
		if _, waits := c.rows[row.ID]; !waits {
			c.order = append(c.order, row.ID)
		}
		c.rows[row.ID] = row
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run writes until ctx ends.
func (c *clerk) run(ctx context.Context) {
	tick := time.NewTicker(retryEvery)
	defer tick.Stop()
	for {
		c.write(ctx)
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-tick.C:
		}
	}
}

// write writes what waits, until the store refuses. One that it will never take is given up, and named in the log.
func (c *clerk) write(ctx context.Context) {
	for {
		row, waits := c.next()
		if !waits {
			return
		}
		err := c.rec.deps.Store.PutClip(ctx, row)
		if models.CodeOf(err) == models.Invalid {
			c.rec.log.Error("a clip cannot be noted", "clip", row.ID, "camera", row.Camera, "error", err)
		} else if err != nil {
			if ctx.Err() == nil {
				c.rec.log.Warn("a clip waits for the store", "clip", row.ID, "error", err)
			}
			return
		}
		c.wrote(row)
	}
}

// idle tells whether every row is written.
func (c *clerk) idle() bool {
	_, waits := c.next()
	return !waits
}

func (c *clerk) next() (row models.Clip, waits bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.order) == 0 {
		return row, false
	}
	return c.rows[c.order[0]], true
}

// wrote takes the first off the list, unless it has changed meanwhile.
func (c *clerk) wrote(row models.Clip) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if is := c.rows[row.ID]; is.To != row.To || len(is.Events) != len(row.Events) {
		return
	}
	delete(c.rows, row.ID)
	c.order = c.order[1:]
}
