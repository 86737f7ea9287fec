package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/alerting/notify"
	"zhihui/ingest/mqtt"
	"zhihui/models"
	"zhihui/models/bus"
)

// A broker shows out whoever has the name of a new client. Every device knows the password and could know ours.
func TestNoDeviceTakesTheHallsPlaceAtTheBroker(t *testing.T) {
	cfg := settings(t)
	cfg.Bus.MQTT = bus.MQTT{Address: "127.0.0.1:0", Username: "site", Password: "a long password"}
	b, err := bus.Start(cfg.Bus, t.TempDir(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer b.Close()
	h := &hall{cfg: cfg, bus: b}
	require.NotEqual(t, cfg.MQTT.ClientID, h.mqtt().ClientID)
	require.Equal(t, h.mqtt(), h.mqtt(), "the broker knows us again")
	readings := make(chan models.Reading, 1)
	c := mqtt.NewClient(h.mqtt(), slog.New(slog.DiscardHandler), prometheus.NewRegistry(), func(r models.Reading, written func()) { readings <- r; written() }, func(models.SensorStatus) {})
	c.Apply([]models.Sensor{{ID: "level", Topic: "s/level"}})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	defer func() { cancel(); require.NoError(t, <-ended) }()
	require.Eventually(t, c.Connected, 10*time.Second, 10*time.Millisecond)

	device := paho.NewClient(paho.NewClientOptions().AddBroker(h.mqtt().URL).SetClientID(cfg.MQTT.ClientID).
		SetUsername("site").SetPassword("a long password").SetAutoReconnect(false))
	require.True(t, device.Connect().WaitTimeout(5*time.Second))
	require.True(t, device.Publish("s/level", 1, true, "1.5").WaitTimeout(5*time.Second))
	require.InDelta(t, 1.5, (<-readings).Value, 0)
	require.True(t, c.Connected())
	require.True(t, device.IsConnected())
	device.Disconnect(0)

	cfg.MQTT.URL = "tcp://192.0.2.1:1883"
	require.Equal(t, cfg.MQTT, (&hall{cfg: cfg, bus: b}).mqtt(), "another broker may know us by the name of the settings")
}

// What happens in the hall is said to others by MQTT: the event, its alert and its order, each whole.
func TestOthersHearEventsAlertsAndOrdersByMQTT(t *testing.T) {
	cfg := settings(t)
	cfg.Bus.MQTT = bus.MQTT{Address: "127.0.0.1:0", Username: "site", Password: "a long password"}
	b, err := bus.Start(cfg.Bus, t.TempDir(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer b.Close()
	cfg.Bus.MQTT = bus.MQTT{}
	cfg.MQTT.URL, cfg.MQTT.Username, cfg.MQTT.Password = "tcp://"+b.MQTTAddress(), "site", "a long password"
	cfg.MQTT.Out = cfg.MQTT.Broker
	cfg.MQTT.Out.ClientID = "out"
	high := 2.0
	s := openStore(t, cfg)
	_, err = s.ApplySite(t.Context(), models.Site{Name: "s", Areas: []models.Area{{ID: "a", Name: "a", Kind: models.Grid}},
		Sensors: []models.Sensor{{ID: "level", Name: "level", Area: "a", Kind: "water_level", Topic: "s/level", Rules: []models.Rule{{Kind: models.SensorThreshold, Severity: models.Red, Above: &high}}}}}, "test")
	require.NoError(t, err)
	require.NoError(t, s.Close())
	said := &tape{}
	serving(t, cfg, said)

	heard := make(chan paho.Message, 100)
	other := paho.NewClient(paho.NewClientOptions().AddBroker(cfg.MQTT.URL).SetClientID("other").SetUsername("site").SetPassword("a long password").SetAutoReconnect(false))
	require.True(t, other.Connect().WaitTimeout(5*time.Second))
	defer other.Disconnect(0)
	require.True(t, other.Subscribe("zhihui/#", 1, func(_ paho.Client, m paho.Message) { heard <- m }).WaitTimeout(5*time.Second))
	require.Eventually(t, func() bool { return strings.Contains(said.String(), "connected to the MQTT broker") }, 10*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		other.Publish("s/level", 1, false, "3").WaitTimeout(time.Second)
		return len(heard) >= 3
	}, 10*time.Second, 100*time.Millisecond, "%s", said)
	whats := map[string]notify.Message{}
	for len(heard) > 0 {
		m := <-heard
		var is notify.Message
		require.NoError(t, json.Unmarshal(m.Payload(), &is))
		whats[m.Topic()[:len("zhihui/event/a/")]+is.What] = is
	}
	require.Equal(t, "level", whats["zhihui/event/a/event.open"].Event.Source)
	require.Equal(t, models.Red, whats["zhihui/alert/a/alert.opened"].Alert.Severity)
	require.Equal(t, models.OrderReported, whats["zhihui/order/a/order.reported"].Order.State)
	require.Empty(t, (&hall{cfg: settings(t)}).publisher(), "nobody is told unless the settings say so")
}

// What a sensor said before a restart counts: with one reading after it a rise is known.
func TestARateOutlivesARestartOfTheHall(t *testing.T) {
	cfg := settings(t)
	settings := bus.DefaultConfig()
	settings.MQTT = bus.MQTT{Address: "127.0.0.1:0", Username: "site", Password: "a long password"}
	b, err := bus.Start(settings, t.TempDir(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer b.Close()
	cfg.MQTT.URL, cfg.MQTT.Username, cfg.MQTT.Password = "tcp://"+b.MQTTAddress(), "site", "a long password"
	s := openStore(t, cfg)
	rise := 0.3
	_, err = s.ApplySite(t.Context(), models.Site{Name: "s", Areas: []models.Area{{ID: "a", Name: "a", Kind: models.Grid}},
		Sensors: []models.Sensor{{ID: "level", Name: "level", Area: "a", Kind: "water_level", Topic: "s/level", Rules: []models.Rule{{Kind: models.SensorRate, Above: &rise}}}}}, "test")
	require.NoError(t, err)
	require.NoError(t, s.AppendReadings(t.Context(), []models.Reading{{Sensor: "level", Value: 1, At: models.At(time.Now().Add(-5 * time.Minute))}}))
	said := &tape{}
	serving(t, cfg, said)
	require.Eventually(t, func() bool { return strings.Contains(said.String(), "connected to the MQTT broker") }, 10*time.Second, 10*time.Millisecond)
	device := paho.NewClient(paho.NewClientOptions().AddBroker(cfg.MQTT.URL).SetClientID("device").SetUsername("site").SetPassword("a long password").SetAutoReconnect(false))
	require.True(t, device.Connect().WaitTimeout(5*time.Second))
	defer device.Disconnect(0)
	require.Eventually(t, func() bool {
		device.Publish("s/level", 1, false, "1.5").WaitTimeout(time.Second)
		open, err := s.OpenEvents(t.Context())
		return err == nil && len(open) == 1 && open[0].Kind == models.SensorRate && open[0].Facts.Measured == 0.5
	}, 10*time.Second, 50*time.Millisecond, "%s", said)
	require.NoError(t, s.Close())
}
