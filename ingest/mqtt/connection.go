package mqtt

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"zhihui/models/pki"
)

const (
	answerWithin = 5 * time.Second // for each answer of the broker
	keepAlive    = 10 * time.Second
	pingWithin   = 5 * time.Second
	settleWithin = 2 * time.Second // at the end, for what is being written
	farewell     = 250             // milliseconds for the DISCONNECT to leave
	// topicsAtOnce bounds one SUBSCRIBE packet: brokers bound the packets that they take.
	topicsAtOnce = 100
	refusedCode  = 0x80 // of one filter in a SUBACK
	mostQoS      = 2
	mostAsked    = 50 // times for a subscription that the broker has not understood
	askAgain     = 20 * time.Millisecond
)

var (
	errNoAnswer      = errors.New("the broker does not answer")
	errNotUnderstood = errors.New("the broker does not understand a subscription")
)

// runOnce connects, follows the sensors with its subscriptions, and returns when the connection is lost or ctx ends. A
// new paho client for each connection, without paho's own reconnecting: then nothing of an old one can linger.
func (c *Client) runOnce(ctx context.Context) (connected bool, err error) {
	lost := make(chan error, 1)
	owed := newAnswers()
	options, err := c.options(lost, owed)
	if err != nil {
		return false, err
	}
	client := paho.NewClient(options)
	defer client.Disconnect(farewell)
	if err := wait(ctx, client.Connect()); err != nil {
		return false, err
	}
	c.log.Info("connected to the MQTT broker")
	c.connected.Store(true)
	defer c.connected.Store(false)
	defer owed.serve()()
	have := map[string]bool{}
	for {
		if err := c.subscribe(ctx, client, have); err != nil {
			return true, err
		}
		if err := c.attend(ctx, lost, owed); err != nil {
			return true, err
		}
	}
}

// attend waits until the sensors are others; an error says why the connection ends.
func (c *Client) attend(ctx context.Context, lost <-chan error, owed *answers) error {
	select {
	case <-ctx.Done():
		owed.settle(settleWithin)
		return ctx.Err()
	case err := <-lost:
		return err
	case <-c.changed:
		return nil
	}
}

// options are those of one connection. The broker hears of a message at QoS 1 when it is written, from us and not from paho.
func (c *Client) options(lost chan<- error, owed *answers) (*paho.ClientOptions, error) {
	o, err := c.config.options(c.encrypt)
	return o.SetCleanSession(!c.config.Session).SetAutoAckDisabled(true).
		SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) { c.hear(m, owed) }).
		SetConnectionLostHandler(func(_ paho.Client, err error) { lost <- err }), err
}

// options are those of one connection.
func (b Broker) options(encrypt func() (*tls.Config, error)) (*paho.ClientOptions, error) {
	o := paho.NewClientOptions().AddBroker(b.URL).SetClientID(b.ClientID).SetUsername(b.Username).SetPassword(b.Password).
		SetProtocolVersion(4).SetCleanSession(true).SetOrderMatters(true).
		SetAutoReconnect(false).SetConnectRetry(false).
		SetConnectTimeout(answerWithin).SetWriteTimeout(answerWithin).SetKeepAlive(keepAlive).SetPingTimeout(pingWithin)
	if !strings.HasPrefix(b.URL, "ssl://") {
		return o, nil
	}
	config, err := encrypt() // anew for each connection: the files may be others by now
	return o.SetTLSConfig(config), err
}

// Encrypt says how ssl:// connections are encrypted, in place of the files of the settings. It must be called before Run;
// nil changes nothing.
func (c *Client) Encrypt(by func() (*tls.Config, error)) {
	if by != nil {
		c.encrypt = by
	}
}

// Certificate is what we show to the broker; nil when there is none.
func (c *Client) Certificate() *pki.Identity {
	if c.config.TLSCert == "" {
		return nil
	}
	return c.identity
}

// hear runs on paho's goroutine, which also answers pings: it only queues.
func (c *Client) hear(m paho.Message, owed *answers) {
	written, ok := owed.note(m)
	if !ok {
		return
	}
	heard := message{topic: m.Topic(), payload: m.Payload(), retained: m.Retained(), at: c.arrival(m), written: written}
	if ours(heard.topic) {
		heard.done()
		return
	}
	if len(heard.payload) > maxPayload {
		heard.payload, heard.large = nil, true
	}
	c.push(heard)
}

// arrival is when the broker took a message that had to wait for us, where it knows that; else it is now.
func (c *Client) arrival(m paho.Message) time.Time {
	if c.cameAt != nil && m.Qos() > 0 && !m.Retained() {
		if at, ok := c.cameAt(m.Topic(), m.Payload()); ok {
			return at
		}
	}
	return c.now()
}

// CameAt tells when the broker took a message that it hands over late. It must be set before Run.
func (c *Client) CameAt(by func(topic string, payload []byte) (time.Time, bool)) { c.cameAt = by }

// subscribe makes the subscriptions those of the site. have holds the filters subscribed to. What the broker has not understood it
// is asked again.
func (c *Client) subscribe(ctx context.Context, client paho.Client, have map[string]bool) error {
	for asked := range mostAsked {
		add, remove := difference(have, c.filters())
		if len(add)+len(remove) == 0 {
			return nil
		}
		if asked > 0 {
			pause(ctx, askAgain)
		}
		if err := c.resubscribe(ctx, client, have, add, remove); err != nil {
			return err
		}
	}
	return errNotUnderstood
}

func (c *Client) resubscribe(ctx context.Context, client paho.Client, have map[string]bool, add, remove []string) error {
	for len(remove) > 0 {
		n := min(len(remove), topicsAtOnce)
		if err := wait(ctx, client.Unsubscribe(remove[:n]...)); err != nil {
			return err
		}
		for _, filter := range remove[:n] {
			delete(have, filter)
		}
		remove = remove[n:]
	}
	for len(add) > 0 {
		n := min(len(add), topicsAtOnce)
		if err := c.subscribeTo(ctx, client, add[:n], have); err != nil {
			return err
		}
		add = add[n:]
	}
	return nil
}

func (c *Client) subscribeTo(ctx context.Context, client paho.Client, filters []string, have map[string]bool) error {
	ask := map[string]byte{}
	for _, filter := range filters {
		ask[filter] = byte(c.config.QoS)
	}
	token := client.SubscribeMultiple(ask, nil)
	err := wait(ctx, token)
	answer, ok := token.(*paho.SubscribeToken)
	if err != nil && (!ok || len(answer.Result()) == 0) {
		return fmt.Errorf("subscribe: %w", err)
	}
	for filter, code := range answer.Result() {
		switch {
		case code == refusedCode:
			c.log.Warn("the MQTT broker refuses a subscription", "topic", filter)
			c.board.refused(filter)
		case code > mostQoS: // no answer of MQTT 3.1.1: some brokers take the number of our packet for that of one of theirs
			continue
		}
		have[filter] = true // also a refused one: asking again on the same connection changes nothing
	}
	return nil
}

func (c *Client) filters() []string {
	if c.config.Wildcard != "" {
		return []string{c.config.Wildcard}
	}
	return c.board.wanted()
}

// difference returns what must be added to and removed from have to get want.
func difference(have map[string]bool, want []string) (add, remove []string) {
	keep := map[string]bool{}
	for _, filter := range want {
		if keep[filter] = true; !have[filter] {
			add = append(add, filter)
		}
	}
	for filter := range have {
		if !keep[filter] {
			remove = append(remove, filter)
		}
	}
	return add, remove
}

// wait waits for a token, but not longer than the broker may take.
func wait(ctx context.Context, token paho.Token) error {
	timer := time.NewTimer(answerWithin)
	defer timer.Stop()
	select {
	case <-token.Done():
		return token.Error()
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return errNoAnswer
	}
}
