package mqtt

import (
	"context"
	"crypto/tls"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhihui/models"
	"zhihui/models/pki"
)

const (
	// The messages that wait to be decoded are bounded by number, which is most of a second of 20,000, and by the bytes of
	// their payloads. When there are too many the oldest goes and is counted: of a sensor the newest value matters most.
	queueLength = 16 << 10
	queueBytes  = 64 << 20
	// tellEvery is how often changed statuses are told, so that a flood of bad payloads is told once a second.
	tellEvery = time.Second
	// The pause before the next try to reach the broker doubles from retryFirst to retryMost.
	retryFirst, retryMost = 250 * time.Millisecond, 2 * time.Second
)

// Client hears the sensors of the site through one connection to a broker.
type Client struct {
	config    Config
	log       *slog.Logger
	count     *metrics
	onReading func(r models.Reading, written func())
	onStatus  func(models.SensorStatus)
	now       func() time.Time
	cameAt    func(topic string, payload []byte) (time.Time, bool) // nil = nobody knows
	connected atomic.Bool
	board     board
	heard     heard
	identity  *pki.Identity
	encrypt   func() (*tls.Config, error) // for ssl://
	queue     chan message
	waiting   atomic.Int64  // bytes of payloads in the queue
	changed   chan struct{} // a token while the sensors are newer than the subscriptions
}

// NewClient returns a client without sensors. onReading gets every reading in order, and calls written, which may be nil, once
// that reading and those before it are on the disk: until then the broker does not forget a message at QoS 1. onStatus gets a
// sensor's status when its state or its bad payloads have changed, at most once a second for each. Both are called on one
// goroutine: while they wait, messages queue, up to 16,384.
func NewClient(
	config Config, log *slog.Logger, registerer prometheus.Registerer,
	onReading func(r models.Reading, written func()), onStatus func(models.SensorStatus),
) *Client {
	identity := config.identity("sensors", log)
	c := &Client{
		config: config, log: log, identity: identity, encrypt: identity.Client, onReading: onReading, onStatus: onStatus, now: time.Now,
		queue: make(chan message, queueLength), changed: make(chan struct{}, 1),
	}
	c.count = newMetrics(registerer, c.Connected)
	return c
}

// Connected tells whether the connection to the broker stands.
func (c *Client) Connected() bool { return c.connected.Load() }

// Apply makes these the sensors of the site, at any time. Several sensors may share a topic. Before the first Apply nothing is
// heard: what the broker has kept for us would be nobody's.
func (c *Client) Apply(sensors []models.Sensor) {
	c.board.apply(sensors, c.now())
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// Run keeps the connection and decodes, until ctx ends; then it returns nil with everything closed and what had come decoded.
func (c *Client) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	silent := make(chan struct{})
	wg.Go(func() { c.decodeAll(silent) })
	defer wg.Wait()
	defer close(silent)
	if c.config.URL == "" {
		c.log.Info("no MQTT broker is set: no sensor will be heard")
		<-ctx.Done()
	}
	select {
	case <-ctx.Done():
	case <-c.changed:
	}
	failures := 0
	for ctx.Err() == nil {
		connected, err := c.runOnce(ctx)
		if connected {
			failures = 0
		}
		if ctx.Err() != nil {
			break
		}
		if failures == 0 {
			c.log.Warn("no connection to the MQTT broker", "error", err)
		}
		pause(ctx, retryAfter(failures, rand.Float64()))
		failures++
	}
	return nil
}

// retryAfter is the pause after so many failures before this one; jitter is 0…1.
func retryAfter(failures int, jitter float64) time.Duration {
	d := min(retryFirst<<min(failures, 16), retryMost)
	return time.Duration(float64(d) * (0.75 + jitter/2))
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// push queues a message. It never waits: it is called on paho's own goroutine.
func (c *Client) push(m message) {
	for {
		if c.waiting.Load() <= queueBytes {
			select {
			case c.queue <- m:
				c.waiting.Add(int64(len(m.payload)))
				return
			default:
			}
		}
		select {
		case oldest := <-c.queue:
			c.waiting.Add(-int64(len(oldest.payload)))
			c.count.dropped.Inc()
			oldest.done() // or the broker waits for it, and has no room for newer ones
		default:
		}
	}
}

// decodeAll decodes until nothing more comes, and then what waits.
func (c *Client) decodeAll(silent <-chan struct{}) {
	ticker := time.NewTicker(tellEvery)
	defer ticker.Stop()
	for {
		select {
		case <-silent:
			for len(c.queue) > 0 {
				c.decode(<-c.queue)
			}
			return
		case m := <-c.queue:
			c.decode(m)
		case <-ticker.C:
			for _, status := range c.board.changes(c.now()) {
				c.onStatus(status)
			}
		}
	}
}

func (c *Client) decode(m message) {
	c.waiting.Add(-int64(len(m.payload)))
	c.heard.note(m)
	readings, bad, known := c.board.take(m)
	if !known {
		c.count.unknown.Inc()
	}
	c.count.bad.Add(float64(bad))
	c.count.readings.Add(float64(len(readings)))
	if len(readings) == 0 {
		m.done()
	}
	for i, r := range readings {
		if i == len(readings)-1 {
			c.onReading(r, m.written)
		} else {
			c.onReading(r, nil)
		}
	}
}
