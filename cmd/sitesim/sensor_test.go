package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	natsd "github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
)

func TestPayload(t *testing.T) {
	for _, tc := range []struct {
		path  string
		value float64
		want  string
	}{
		{"", 0.42, "0.42"},
		{"", 12, "12"},
		{"", 1e21, "1000000000000000000000"},
		{"level", 0.3, `{"level":0.3}`},
		{"data.level", -1.5, `{"data":{"level":-1.5}}`},
		{"values.0", 7, `{"values":[7]}`},
		{"data.0.v", 7, `{"data":[{"v":7}]}`},
	} {
		got, err := payload(tc.path, tc.value)
		require.NoError(t, err, tc.path)
		require.Equal(t, tc.want, string(got))
	}
	for _, path := range []string{".", "a.", "a..b", "values.1"} {
		_, err := payload(path, 1)
		require.Error(t, err, path)
	}
}

func TestSensorValue(t *testing.T) {
	s := Sensor{ID: "water", Noise: 0.01, Curve: curveOf(0, 1, 10, 2)}
	one, same, other := newSensor(s, 20*time.Second, 1), newSensor(s, 20*time.Second, 1), newSensor(s, 20*time.Second, 2)
	differs := false
	for at := time.Duration(0); at < time.Minute; at += time.Second {
		v := one.value(at)
		require.InDelta(t, s.Curve.Value(at%(20*time.Second), 20*time.Second), v, 0.0105)
		require.Equal(t, v, same.value(at), "the same seed")
		differs = differs || v != other.value(at)
	}
	require.True(t, differs, "another seed")
}

// A curve at 0 is a meter without power: no noise, no gust.
func TestSensorWithoutPower(t *testing.T) {
	s := newSensor(Sensor{ID: "power", Noise: 5, Gust: 1, Curve: curveOf(0, 0)}, time.Minute, 1)
	for at := time.Duration(0); at < time.Minute; at += time.Second {
		require.Zero(t, s.value(at))
	}
}

// A sensor speaks once a period, at a moment of its own, wherever it is asked from.
func TestSensorSpeaksOnceAPeriod(t *testing.T) {
	s := newSensor(Sensor{ID: "water", Period: seconds(2)}, time.Minute, 5)
	first := s.first(0)
	require.Less(t, first, 2*time.Second)
	require.Equal(t, first, s.first(first))
	require.Equal(t, first+2*time.Second, s.first(first+1))
	require.Equal(t, first+58*time.Second, s.first(first+57*time.Second))
	require.NotEqual(t, first, newSensor(Sensor{ID: "wind", Period: seconds(2)}, time.Minute, 5).first(0))
}

// startBroker runs the broker that zhihui has inside, on the address.
func startBroker(t *testing.T, address, dir string) (stop func()) {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	number, err := strconv.Atoi(port)
	require.NoError(t, err)
	broker, err := natsd.NewServer(&natsd.Options{
		ServerName: "test", DontListen: true, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true,
		MQTT:     natsd.MQTTOpts{Host: host, Port: number},
		Username: "site", Password: "secret",
	})
	require.NoError(t, err)
	go broker.Start()
	stop = func() {
		broker.Shutdown()
		broker.WaitForShutdown()
	}
	t.Cleanup(stop)
	require.True(t, broker.ReadyForConnections(patience))
	return stop
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// listenTo subscribes to everything and returns the payloads of each topic.
func listenTo(t *testing.T, address string, topics ...string) map[string]chan []byte {
	t.Helper()
	client := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + address).
		SetUsername("site").SetPassword("secret").SetClientID("listener").SetAutoReconnect(false))
	token := client.Connect()
	require.True(t, token.WaitTimeout(patience))
	require.NoError(t, token.Error())
	t.Cleanup(func() { client.Disconnect(0) })
	heard := map[string]chan []byte{}
	for _, topic := range topics {
		heard[topic] = make(chan []byte, 1000)
		token := client.Subscribe(topic, 0, func(_ mqtt.Client, m mqtt.Message) { heard[topic] <- m.Payload() })
		require.True(t, token.WaitTimeout(patience))
		require.NoError(t, token.Error())
	}
	return heard
}

func hear(t *testing.T, from chan []byte) []byte {
	t.Helper()
	select {
	case text := <-from:
		return text
	case <-time.After(patience):
		require.Fail(t, "no reading came")
		return nil
	}
}

// The broker is inside zhihui: the sensors must bear that it starts after them and that it starts again.
func TestSensorsReachTheBroker(t *testing.T) {
	address, dir := freeAddress(t), t.TempDir()
	script := &Script{
		Loop: Span(time.Hour),
		MQTT: MQTT{URL: "tcp://" + address, Username: "site", Password: "secret"},
		Sensors: []Sensor{
			{ID: "plain", Topic: "t/plain", Period: Span(20 * time.Millisecond), Curve: curveOf(0, 7.5)},
			{ID: "json", Topic: "t/json", Period: Span(20 * time.Millisecond), Path: "data.level", Curve: curveOf(0, 0.25)},
		},
	}
	s, err := newSite(script, nil, time.Now(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, s.listen())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.run(ctx, "") }()

	for range 2 {
		stop := startBroker(t, address, dir)
		heard := listenTo(t, address, "t/plain", "t/json")
		require.Equal(t, "7.5", string(hear(t, heard["t/plain"])))
		require.JSONEq(t, `{"data":{"level":0.25}}`, string(hear(t, heard["t/json"])))
		stop()
	}
	cancel()
	require.NoError(t, <-done)
	for _, r := range s.report().Sensors {
		require.GreaterOrEqual(t, r.Sent, uint64(2), r.ID)
	}
	require.Empty(t, s.report().Cameras)
	text, err := json.Marshal(s.report())
	require.NoError(t, err)
	require.Contains(t, string(text), `"cameras":[],"sensors":[{"id":"plain","sent":`)
}

func TestTellConnection(t *testing.T) {
	var out bytes.Buffer
	tell := tellConnection("tcp://b", slog.New(slog.NewTextHandler(&out, nil)))
	refused, other := errors.New("not authorized"), errors.New("no route")
	for _, n := range []mqtt.ConnectionNotification{
		mqtt.ConnectionNotificationBrokerFailed{Reason: refused},
		mqtt.ConnectionNotificationBrokerFailed{Reason: refused},
		mqtt.ConnectionNotificationBrokerFailed{Reason: other},
		mqtt.ConnectionNotificationConnected{},
		mqtt.ConnectionNotificationLost{Reason: other},
		mqtt.ConnectionNotificationBrokerFailed{Reason: other},
	} {
		tell(nil, n)
	}
	require.Equal(t, 1, strings.Count(out.String(), "not authorized"))
	require.Equal(t, 2, strings.Count(out.String(), "cannot reach the broker and go on trying\" url=tcp://b err=\"no route\""))
	require.Equal(t, 1, strings.Count(out.String(), "have reached"))
	require.Equal(t, 1, strings.Count(out.String(), "have lost"))
}
