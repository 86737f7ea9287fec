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
	loop time.Duration
	seed uint64
	sent atomic.Uint64
}

// newSensor makes a sensor whose values depend on the seed, the sensor and the moment of the loop alone.
func newSensor(s Sensor, loop time.Duration, seed uint64) *sensor {
	return &sensor{Sensor: s, loop: loop, seed: seed}
}

// run publishes once a period until ctx ends, at moments of its own within the period: sensors do not speak in chorus.
// start is the moment 0 of the script.
func (s *sensor) run(ctx context.Context, client publisher, start time.Time) error {
	for at := s.first(time.Since(start)); sleepUntil(ctx, start.Add(at)); at = s.first(max(at+1, time.Since(start))) {
		if !client.IsConnectionOpen() {
			continue
		}
		if err := s.publish(client, at); err != nil {
			return err
		}
	}
	return nil
}

// first is the first moment from at on at which the sensor speaks.
func (s *sensor) first(at time.Duration) time.Duration {
	own := time.Duration(chance(s.seed, s.ID, "phase") * float64(s.Period)).Truncate(time.Millisecond)
	period := s.Period.Std()
	n := max(0, (at-own+period-1)/period)
	return own + n*period
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

// value is the curve's value with gusts and noise, to three decimals. A curve at 0 is a meter without power.
func (s *sensor) value(at time.Duration) float64 {
	at %= s.loop
	v := s.Curve.Value(at, s.loop)
	if v == 0 {
		return 0
	}
	v *= 1 + s.Gust*gust(s.seed, s.ID, at, s.loop)
	v += s.Noise * (2*chance(s.seed, s.ID, "noise", at) - 1)
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
