package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"zhihui/models"
)

// The streams. EVENTS refuses new messages when it is full, so that nothing in it is pushed out unseen: the publisher
// learns of it and tries again. EVENTS_REJECTED keeps what could not be read, for a person; there the oldest go.
const (
	eventStream    = "EVENTS"
	rejectedStream = "EVENTS_REJECTED"
	rejectedBytes  = 64 << 20
	rejectedAge    = 30 * 24 * time.Hour
	// sameWithin is how long a second publication of the same event and revision is recognised.
	sameWithin = 10 * time.Minute
)

// Bus is a connection to the broker, and the broker itself where it is embedded.
type Bus struct {
	log      *slog.Logger
	broker   *broker // nil with a cluster
	conn     *nats.Conn
	js       jetstream.JetStream
	rejected atomic.Uint64
	fault    fault
}

// Start starts the embedded broker with its data under dataDir, or connects to the cluster, and makes sure of the
// streams. The caller must Close the bus.
func Start(config Config, dataDir string, log *slog.Logger) (*Bus, error) {
	b := &Bus{log: log}
	err := b.connect(config, dataDir)
	if err == nil {
		err = b.declare(config)
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bus) connect(config Config, dataDir string) (err error) {
	options := []nats.Option{
		nats.Name("zhihui"), nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { b.log.Warn("bus", "error", err) }),
	}
	if config.URL == "" {
		if b.broker, err = startBroker(config, dataDir, b.log); err != nil {
			return err
		}
		b.conn, err = b.broker.connect(options)
	} else {
		b.conn, err = nats.Connect(config.URL, append(options, nats.UserInfo(config.Username, config.Password))...)
	}
	if err != nil { // NATS' own text may repeat the URL, and that may hold a password
		return models.Errorf(models.Unavailable, "cannot connect to the broker; check bus.url and its credentials")
	}
	b.js, err = jetstream.New(b.conn)
	return err
}

const declareWithin = 10 * time.Second

func (b *Bus) declare(config Config) error {
	ctx, cancel := context.WithTimeout(context.Background(), declareWithin)
	defer cancel()
	for _, stream := range []jetstream.StreamConfig{
		{
			Name: eventStream, Subjects: []string{"events.>"}, Storage: jetstream.FileStorage, Replicas: config.Replicas,
			Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, Duplicates: sameWithin,
			MaxAge: config.MaxAge.Std(), MaxBytes: config.MaxBytes,
		},
		{
			Name: rejectedStream, Subjects: []string{"rejected.events"}, Storage: jetstream.FileStorage, Replicas: config.Replicas,
			Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
			MaxAge: rejectedAge, MaxBytes: rejectedBytes,
		},
	} {
		if _, err := b.js.CreateOrUpdateStream(ctx, stream); err != nil {
			return fmt.Errorf("stream %s: %w", stream.Name, err)
		}
	}
	return nil
}

// Close ends the connection and stops the embedded broker; it returns when both are done. ConsumeEvents must have
// returned before.
func (b *Bus) Close() {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.broker != nil {
		b.broker.stop()
	}
}

// MQTTAddress is host:port of the embedded MQTT listener, "" when there is none.
func (b *Bus) MQTTAddress() string {
	if b.broker == nil {
		return ""
	}
	return b.broker.mqtt
}

// Name is the same after every start, and no device knows it: one that called itself as the hall does at the embedded broker
// would push the hall out, again and again. It is "" with a cluster.
func (b *Bus) Name() string {
	if b.broker == nil {
		return ""
	}
	return b.broker.name
}

// PublishEvent returns nil when the event is on the broker's disk. The same event and revision published again is kept
// once. After an error (the code is Unavailable) the event may or may not be kept: the caller publishes again.
func (b *Bus) PublishEvent(ctx context.Context, e models.Event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("event %s: %w", e.ID, err)
	}
	id := fmt.Sprintf("%s.%d", e.ID, e.Revision)
	_, err = b.js.Publish(ctx, subject(e), body, jetstream.WithMsgID(id))
	if b.fault.note(time.Now(), err); err != nil {
		return fmt.Errorf("%w: event %s: %w", errNotKept, id, err)
	}
	return nil
}

var errNotKept = models.Errorf(models.Unavailable, "the broker has not kept the event; publish it again")

// subject is events.<area>.<kind>, with whatever cannot stand in one token of a subject replaced.
func subject(e models.Event) string {
	return "events." + token(e.Area) + "." + token(string(e.Kind))
}

const maxToken = 64

func token(s string) string {
	if s == "" {
		return "_"
	}
	if len(s) > maxToken {
		s = s[:maxToken]
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
			return r
		}
		return '_'
	}, s)
}
