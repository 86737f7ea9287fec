package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

const (
	retryPeriod = time.Second     // between two tries to reach the broker, for ever
	publishWait = 5 * time.Second // until a publication counts as failed
)

// publisher is the part of mqtt.Client that a sensor uses.
type publisher interface {
	IsConnectionOpen() bool
	Publish(topic string, qos byte, retained bool, payload any) mqtt.Token
}

// sensor publishes its curve. sent counts the publications that went out; what falls into a time without a broker is
// lost, as with a real sensor.
type sensor struct {
	Sensor
	loop   time.Duration
	random *rand.Rand
	sent   atomic.Uint64
}

// newSensor makes a sensor whose noise depends on the seed and the sensor's id alone.
func newSensor(s Sensor, loop time.Duration, seed uint64) *sensor {
	var salt uint64
	for _, b := range []byte(s.ID) {
		salt = salt*31 + uint64(b)
	}
	return &sensor{Sensor: s, loop: loop, random: rand.New(rand.NewPCG(seed, salt))}
}

// run publishes once a period, the first time at once, until ctx ends. start is the moment 0 of the script.
func (s *sensor) run(ctx context.Context, client publisher, start time.Time) error {
	ticker := time.NewTicker(s.Period.Std())
	defer ticker.Stop()
	for {
		if client.IsConnectionOpen() {
			if err := s.publish(client, time.Since(start)); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (s *sensor) publish(client publisher, at time.Duration) error {
	text, err := payload(s.Path, s.value(at))
	if err != nil {
		return fmt.Errorf("sensor %s: %w", s.ID, err)
	}
	token := client.Publish(s.Topic, 0, false, text)
	if token.WaitTimeout(publishWait) && token.Error() == nil {
		s.sent.Add(1)
	}
	return nil
}

// value is the curve's value with noise, to three decimals.
func (s *sensor) value(at time.Duration) float64 {
	v := s.Curve.Value(at%s.loop, s.loop) + s.Noise*(2*s.random.Float64()-1)
	return math.Round(v*1000) / 1000
}

// payload writes the value as a plain number, or as JSON in which it stands at the dotted path. In the path a 0 is the
// first element of a list, other numbers cannot be.
func payload(path string, value float64) ([]byte, error) {
	var body any = value
	if path == "" {
		return strconv.AppendFloat(nil, value, 'f', -1, 64), nil
	}
	parts := strings.Split(path, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		switch _, err := strconv.Atoi(parts[i]); {
		case parts[i] == "":
			return nil, fmt.Errorf("%q has an empty part", path)
		case parts[i] == "0":
			body = []any{body}
		case err == nil:
			return nil, fmt.Errorf("%q: of a list only element 0 can be written", path)
		default:
			body = map[string]any{parts[i]: body}
		}
	}
	return json.Marshal(body)
}

// newClient returns a client that reaches for the broker for ever: it may start later and go away.
func newClient(m MQTT, logger *slog.Logger) mqtt.Client {
	return mqtt.NewClient(mqtt.NewClientOptions().
		AddBroker(m.URL).SetUsername(m.Username).SetPassword(m.Password).
		SetClientID(fmt.Sprintf("sitesim-%08x", rand.Uint32())).
		SetConnectRetry(true).SetConnectRetryInterval(retryPeriod).
		SetAutoReconnect(true).SetMaxReconnectInterval(retryPeriod).
		SetConnectTimeout(publishWait).SetWriteTimeout(publishWait).
		SetConnectionNotificationHandler(tellConnection(m.URL, logger)))
}

// tellConnection logs when the broker is reached and lost, and why it is not reached, each reason once until it changes.
func tellConnection(url string, logger *slog.Logger) mqtt.ConnectionNotificationHandler {
	var told atomic.Value
	return func(_ mqtt.Client, n mqtt.ConnectionNotification) {
		switch n := n.(type) {
		case mqtt.ConnectionNotificationConnected:
			told.Store("")
			logger.Info("the sensors have reached the broker", "url", url)
		case mqtt.ConnectionNotificationLost:
			logger.Warn("the sensors have lost the broker", "url", url, "err", n.Reason)
		case mqtt.ConnectionNotificationBrokerFailed:
			if why := fmt.Sprint(n.Reason); told.Swap(why) != why {
				logger.Warn("the sensors cannot reach the broker and go on trying", "url", url, "err", why)
			}
		}
	}
}
