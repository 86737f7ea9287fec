package mqtt

import (
	"context"
	"crypto/tls"
	"fmt"
	"iter"
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

// Publish publishes messages, by topic, in their order and without waiting for one before the next. It returns how many of them,
// from the first on, the broker has taken at QoS 1, and why not the next: that and what follows it may have been taken, and is to
// be published again.
func (p *Publisher) Publish(ctx context.Context, messages iter.Seq2[string, []byte]) (taken int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.connect(ctx); err != nil {
		return 0, fmt.Errorf("connect to the MQTT broker: %w", err)
	}
	var under []paho.Token
	for topic, payload := range messages {
		if under = append(under, p.client.Publish(topic, 1, false, payload)); ctx.Err() != nil {
			break
		}
	}
	for _, token := range under {
		if err := wait(ctx, token); err != nil {
			p.disconnect() // whatever was under way on it must not come after what is published next
			return taken, err
		}
		taken++
	}
	return taken, nil
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
