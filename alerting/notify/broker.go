package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"zhihui/models/store"
)

// brokerChannel is what the rows of the broker are marked with.
const brokerChannel = "mqtt"

// Publish gives messages, by topic, to a broker in their order and at QoS 1. It returns how many of them, from the first on, that
// has taken, and why not the next.
type Publish func(ctx context.Context, messages iter.Seq2[string, []byte]) (taken int, err error)

// atOnce is how many messages are under way to a broker before the first is acknowledged: the store writes twice for all of them.
const atOnce = 500

// broker hears every event, alert and order, in their order. While it is away nothing is given up: the rows wait.
type broker struct{ publish Publish }

func (broker) name() string                   { return brokerChannel }
func (broker) channel() string                { return brokerChannel }
func (broker) timeout() time.Duration         { return defaultTimeout }
func (broker) patience() (int, time.Duration) { return 0, mostPause }
func (broker) most() int                      { return atOnce }
func (broker) close()                         {}

func (b broker) deliver(ctx context.Context, rows []store.Notification, _ time.Time) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, b.timeout())
	defer cancel()
	var nothing error
	taken, err := b.publish(ctx, func(yield func(string, []byte) bool) {
		for _, n := range rows {
			topic, err := topicOf(n.Payload)
			if err != nil {
				nothing = err
				return
			}
			if !yield(topic, n.Payload) {
				return
			}
		}
	})
	if err == nil {
		err = nothing
	}
	return taken, err
}

// errNothing is about a message that no try can deliver.
var errNothing = errors.New("the message is about nothing")

// topicOf is zhihui/ with event, alert or order, the area and the id.
func topicOf(payload []byte) (string, error) {
	var m Message
	if err := json.Unmarshal(payload, &m); err != nil {
		return "", fmt.Errorf("%w: %w", errNothing, err)
	}
	switch {
	case m.Order != nil:
		return "zhihui/order/" + m.Order.Area + "/" + m.Order.ID, nil
	case m.Alert != nil:
		return "zhihui/alert/" + m.Alert.Area + "/" + m.Alert.ID, nil
	case m.Event != nil:
		return "zhihui/event/" + m.Event.Area + "/" + m.Event.ID, nil
	}
	return "", fmt.Errorf("%w: it says %q", errNothing, m.What)
}
