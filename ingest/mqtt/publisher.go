package mqtt

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// Publisher says things at a broker. It connects when there is something to say, and keeps the connection.
type Publisher struct {
	broker  Broker
	encrypt func() (*tls.Config, error)

	mu     sync.Mutex
	client paho.Client // nil = none yet, or it was lost
}

// NewPublisher returns a publisher at a broker. encrypt says how ssl:// is encrypted, in place of the settings' files; nil = by
// these.
func NewPublisher(broker Broker, encrypt func() (*tls.Config, error), log *slog.Logger) *Publisher {
	if encrypt == nil {
		encrypt = broker.identity("publisher", log).Client
	}
	return &Publisher{broker: broker, encrypt: encrypt}
}

// Publish returns nil when the broker has taken the message at QoS 1. After an error it may have; publish it again.
func (p *Publisher) Publish(ctx context.Context, topic string, payload []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.connect(ctx); err != nil {
		return fmt.Errorf("connect to the MQTT broker: %w", err)
	}
	err := wait(ctx, p.client.Publish(topic, 1, false, payload))
	if err != nil {
		p.disconnect() // whatever was under way on it must not come after what is published next
	}
	return err
}

func (p *Publisher) connect(ctx context.Context) error {
	if p.client != nil && p.client.IsConnectionOpen() {
		return nil
	}
	p.disconnect()
	options, err := p.broker.options(p.encrypt)
	if err != nil {
		return err
	}
	p.client = paho.NewClient(options)
	if err := wait(ctx, p.client.Connect()); err != nil {
		p.disconnect()
		return err
	}
	return nil
}

func (p *Publisher) disconnect() {
	if p.client != nil {
		p.client.Disconnect(farewell)
		p.client = nil
	}
}

// Close ends the connection.
func (p *Publisher) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.disconnect()
}

// ours tells whether a topic is one on which the hall itself speaks, see alerting/notify: at its own broker it would hear that.
func ours(topic string) bool {
	inner, ok := strings.CutPrefix(topic, "zhihui/")
	what, _, _ := strings.Cut(inner, "/")
	return ok && (what == "event" || what == "alert" || what == "order")
}
