package bus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"zhihui/models"
)

const (
	// ackWait is after how long an event that nobody has acknowledged is given again: so long does the first event wait
	// after a crash.
	ackWait = time.Second
	// The pause after a failed handling doubles from retryFirst to retryMost.
	retryFirst, retryMost = 20 * time.Millisecond, 2 * time.Second
)

// ConsumeEvents hands every event to handle, one at a time and in the order of their publication, for the durable
// consumer of that name, until ctx ends; then it returns nil. An event counts as handled when handle returns nil; after
// an error the same event is tried again, however long, and no other overtakes it. What cannot be read as an event, and
// what handle refuses for good with an error of the code Invalid, is kept in the stream EVENTS_REJECTED and counted.
//
// After a crash handle sees the events of the last moments again, in their order: the broker writes acknowledgements
// behind. It must ignore a revision that is not newer than the one it knows.
func (b *Bus) ConsumeEvents(ctx context.Context, name string, handle func(context.Context, models.Event) error) error {
	var consumer jetstream.Consumer
	var refused error
	err := b.untilDone(ctx, func() (err error) { // a hall that starts on a full disk waits for room as it does later
		// One unacknowledged event at a time: it is what keeps the order across a crash.
		consumer, err = b.js.CreateOrUpdateConsumer(ctx, eventStream, jetstream.ConsumerConfig{
			Durable: name, AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait, MaxAckPending: 1, MaxDeliver: -1,
		})
		if noRoom(err) {
			return err
		}
		refused = err
		return nil
	})
	if err = cmp.Or(err, refused); err != nil {
		return ended(ctx, fmt.Errorf("consumer %s: %w", name, err))
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(100))
	if err != nil {
		return ended(ctx, fmt.Errorf("consumer %s: %w", name, err))
	}
	defer messages.Stop()
	var last uint64 // stream sequence of the newest handled event
	for {
		message, err := messages.Next(jetstream.NextContext(ctx))
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, jetstream.ErrNoHeartbeat):
			continue // the connection is away; it comes back by itself
		case err != nil:
			return fmt.Errorf("consumer %s: %w", name, err)
		}
		if last, err = b.consume(ctx, message, last, handle); err != nil {
			return ended(ctx, fmt.Errorf("consumer %s: %w", name, err))
		}
	}
}

// noRoom tells whether the broker could not keep what it must know of a consumer: its disk is full, or takes no writes.
func noRoom(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && strings.HasPrefix(api.Description, "error creating store for consumer")
}

func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// consume handles one message and acknowledges it. One that was given again while it was being handled is acknowledged
// only.
func (b *Bus) consume(
	ctx context.Context, message jetstream.Msg, last uint64, handle func(context.Context, models.Event) error,
) (uint64, error) {
	meta, err := message.Metadata()
	if err != nil {
		return last, err
	}
	if seq := meta.Sequence.Stream; seq > last {
		if err := b.untilDone(ctx, func() error { return b.deliver(ctx, message, handle) }); err != nil {
			return last, err
		}
		last = seq
	}
	return last, b.untilDone(ctx, func() error {
		err := message.DoubleAck(ctx)
		if errors.Is(err, jetstream.ErrMsgAlreadyAckd) {
			return nil
		}
		return err
	})
}

func (b *Bus) deliver(ctx context.Context, message jetstream.Msg, handle func(context.Context, models.Event) error) error {
	event, err := decode(message.Data())
	if err == nil {
		err = handle(ctx, event)
	}
	if models.CodeOf(err) == models.Invalid {
		return b.reject(ctx, message, err)
	}
	return err
}

// untilDone repeats do until it returns nil. It gives up with ctx alone.
func (b *Bus) untilDone(ctx context.Context, do func() error) error {
	for pause := retryFirst; ; pause = min(2*pause, retryMost) {
		err := do()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			b.log.Warn("events are not handled yet, it is tried again", "in", pause, "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func decode(body []byte) (models.Event, error) {
	var e models.Event
	if err := json.Unmarshal(body, &e); err != nil {
		return e, models.Errorf(models.Invalid, "not the JSON of an event: %v", err)
	}
	if e.ID == "" || e.Kind == "" || e.Source == "" {
		return e, models.Errorf(models.Invalid, "id, kind or source is missing")
	}
	return e, nil
}

// maxWhy bounds the reason that goes with a rejected message, in bytes.
const maxWhy = 200

// reject keeps what is no event, or one that the consumer refuses.
func (b *Bus) reject(ctx context.Context, message jetstream.Msg, why error) error {
	reason := why.Error()
	if len(reason) > maxWhy {
		reason = reason[:maxWhy]
	}
	kept := nats.NewMsg("rejected.events")
	kept.Data = message.Data()
	kept.Header.Set("Zhihui-Subject", message.Subject())
	kept.Header.Set("Zhihui-Why", strings.ToValidUTF8(strings.ReplaceAll(reason, "\n", " "), ""))
	if _, err := b.js.PublishMsg(ctx, kept); err != nil {
		return fmt.Errorf("keeping a message that was refused: %w", err)
	}
	b.rejected.Add(1)
	b.log.Error("a message on the bus was refused; it is kept in "+rejectedStream, "subject", message.Subject(), "why", reason)
	return nil
}

// Rejected counts the messages that were refused, since the start.
func (b *Bus) Rejected() uint64 { return b.rejected.Load() }

// Drained waits until every consumer has handled all events whose publication returned before the call. While there is
// no consumer at all it waits for one, unless the stream is empty.
func (b *Bus) Drained(ctx context.Context) error {
	stream, err := b.js.Stream(ctx, eventStream)
	if err != nil {
		return fmt.Errorf("stream %s: %w", eventStream, err)
	}
	newest := stream.CachedInfo().State.LastSeq
	tick := time.NewTicker(drainLook)
	defer tick.Stop()
	for {
		if done, err := handledUpTo(ctx, stream, newest); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// drainLook is how often Drained looks.
const drainLook = 5 * time.Millisecond

func handledUpTo(ctx context.Context, stream jetstream.Stream, newest uint64) (bool, error) {
	info, err := stream.Info(ctx)
	if err != nil || newest == 0 || info.State.FirstSeq > newest { // nothing was ever there, or all of it has aged out
		return err == nil, err
	}
	consumers, behind := 0, false
	list := stream.ListConsumers(ctx)
	for info := range list.Info() {
		consumers++
		behind = behind || info.AckFloor.Stream < newest
	}
	return consumers > 0 && !behind, list.Err()
}
