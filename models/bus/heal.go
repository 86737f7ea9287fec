package bus

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"zhihui/models"
)

const (
	healLook  = time.Second      // how often Run looks
	healFirst = 5 * time.Second  // from the first refusal to the first restart: a busy machine is no broken broker
	healMost  = 30 * time.Second // between two restarts
	roomFor   = 1 << 20          // bytes that must fit on the disk before a restart can help
)

// fault remembers since when the broker has not kept what it was given.
type fault struct {
	mu    sync.Mutex
	since time.Time // zero = it keeps
	err   error
}

// note takes in how a publication has ended.
func (f *fault) note(now time.Time, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err == nil:
		f.since, f.err = time.Time{}, nil
	case errors.Is(err, context.Canceled):
	default:
		if f.err = err; f.since.IsZero() {
			f.since = now
		}
	}
}

func (f *fault) get() (time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.since, f.err
}

// Run heals the embedded broker until ctx ends; with a cluster it only waits. A stream that has met a full or read-only
// disk refuses everything until its server begins anew, so the server is restarted in place, once the disk takes writes
// again. What it had kept is there afterwards, clients connect again by themselves, and who publishes tries again anyway.
func (b *Bus) Run(ctx context.Context) error {
	if b.broker == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	tick := time.NewTicker(healLook)
	defer tick.Stop()
	wait := healFirst
	var restarted time.Time
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		since, err := b.fault.get()
		switch {
		case err == nil:
			wait = healFirst
			continue
		case full(err), time.Since(since) < wait, time.Since(restarted) < wait:
			continue
		}
		if fault := writable(b.broker.dir); fault != nil {
			continue // what people see of it is said by Fault
		}
		b.log.Warn("the broker keeps nothing although the disk takes writes: it is restarted", "for", time.Since(since).Round(time.Second), "error", err)
		if err := b.broker.restart(); err != nil {
			b.log.Error("the broker could not be restarted, trying again", "in", wait, "error", err)
		}
		restarted, wait = time.Now(), min(2*wait, healMost)
	}
}

// full tells whether the stream has all that it may keep: that is the settings' order, and no fault of the disk.
func full(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.Description == server.ErrMaxBytes.Error()
}

// writable tells whether the folder's disk takes some more.
func writable(dir string) error {
	file := filepath.Join(dir, ".room")
	f, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, roomFor))
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(file))
}

// Fault tells since when the broker has not kept an event that it was given, and why; nil when it keeps them.
func (b *Bus) Fault() (since models.Time, err error) {
	at, err := b.fault.get()
	return models.At(at), err
}

// Connected tells whether there is a connection to the broker.
func (b *Bus) Connected() bool { return b.conn.IsConnected() }

// Waiting counts the events that the consumer of that name has not handled yet.
func (b *Bus) Waiting(ctx context.Context, consumer string) (uint64, error) {
	c, err := b.js.Consumer(ctx, eventStream, consumer)
	if err != nil {
		return 0, models.Errorf(models.Unavailable, "the broker does not answer: %v", err)
	}
	info := c.CachedInfo()
	return info.NumPending + uint64(info.NumAckPending), nil
}
