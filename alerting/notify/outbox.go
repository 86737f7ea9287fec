package notify

import (
	"encoding/json"
	"fmt"

	"zhihui/models"
	"zhihui/models/store"
)

// Message is what a target gets: what happened, and the event, the alert or the order as it is since then.
type Message struct {
	What  string            `json:"what"` // event.open, event.closed, alert.opened, alert.raised, alert.acknowledge, order.dispatch, order.lamp …
	At    models.Time       `json:"at"`
	Event *models.Event     `json:"event,omitempty"` // for brokers alone
	Alert *models.Alert     `json:"alert,omitempty"`
	Order *models.WorkOrder `json:"order,omitempty"`
}

// Outbox writes one row a target, so that each target is served on its own. The zero Outbox has none and writes nothing.
type Outbox struct {
	channels []string
	events   []string // the channels that hear of events, too
}

// Outbox returns the outbox of c's targets.
func (c Config) Outbox() Outbox {
	var o Outbox
	for _, w := range c.Webhooks {
		o.channels = append(o.channels, w.channel())
	}
	if c.Broker {
		o.channels, o.events = append(o.channels, brokerChannel), []string{brokerChannel}
	}
	return o
}

// Put writes m for every target that wants it, as part of tx.
func (o Outbox) Put(tx *store.Tx, m Message) error {
	channels := o.channels
	if m.Event != nil {
		channels = o.events
	}
	if len(channels) == 0 {
		return nil
	}
	m.At = tx.Now()
	payload, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write the message %s: %w", m.What, err)
	}
	for _, channel := range channels {
		n := store.Notification{Key: models.NewID(m.At.Std()), Channel: channel, Entity: m.entity(), Payload: payload}
		if err := tx.Notify(n); err != nil {
			return err
		}
	}
	return nil
}

func (m Message) entity() string {
	switch {
	case m.Order != nil:
		return m.Order.ID
	case m.Event != nil:
		return m.Event.ID
	}
	return m.Alert.ID
}
