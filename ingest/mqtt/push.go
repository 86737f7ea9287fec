package mqtt

import (
	"context"
	"time"

	"zhihui/models"
)

// pushWithin is how long a pushed payload waits while the queue is full.
const pushWithin = time.Second

var errBusy = models.Errorf(models.Unavailable, "readings queue up: wait a moment and send it again")

// Push takes a payload that came another way as if it had just come on the topic. written is called when what it says is on the
// disk, or says nothing that could be written; it must not wait. known is false when no sensor is on the topic. The
// error is Unavailable when messages queue; the payload was not taken then.
func (c *Client) Push(ctx context.Context, topic string, payload []byte, written func()) (known bool, err error) {
	m := message{topic: topic, payload: payload, at: c.now(), written: written}
	if len(payload) > maxPayload {
		m.payload, m.large = nil, true
	}
	timer := time.NewTimer(pushWithin)
	defer timer.Stop()
	if c.waiting.Load() > queueBytes {
		return false, errBusy
	}
	select {
	case c.queue <- m:
		c.waiting.Add(int64(len(m.payload)))
		return c.board.on(topic) != "", nil
	case <-ctx.Done():
		return false, ctx.Err()
	case <-timer.C:
		return false, errBusy
	}
}
