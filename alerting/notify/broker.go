package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"zhihui/models/store"
)

// brokerChannel is what the rows of the broker are marked with.
const brokerChannel = "mqtt"

// Publish gives a message to a broker and returns nil when that has taken it, at QoS 1.
type Publish func(ctx context.Context, topic string, payload []byte) error

// broker hears every event, alert and order. While it is away nothing is given up: the rows wait.
type broker struct{ publish Publish }

func (broker) name() string                   { return brokerChannel }
func (broker) channel() string                { return brokerChannel }
func (broker) timeout() time.Duration         { return defaultTimeout }
func (broker) patience() (int, time.Duration) { return 0, mostPause }
func (broker) close()                         {}

func (b broker) deliver(ctx context.Context, n store.Notification, _ time.Time) error {
	topic, err := topicOf(n.Payload)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, b.timeout())
	defer cancel()
	return b.publish(ctx, topic, n.Payload)
}

// topicOf is zhihui/ with event, alert or order, the area and the id.
func topicOf(payload []byte) (string, error) {
	var m Message
	if err := json.Unmarshal(payload, &m); err != nil {
		return "", fmt.Errorf("read a message: %w", err)
	}
	switch {
	case m.Order != nil:
		return "zhihui/order/" + m.Order.Area + "/" + m.Order.ID, nil
	case m.Alert != nil:
		return "zhihui/alert/" + m.Alert.Area + "/" + m.Alert.ID, nil
	case m.Event != nil:
		return "zhihui/event/" + m.Event.Area + "/" + m.Event.ID, nil
	}
	return "", fmt.Errorf("the message %q is about nothing", m.What)
}
