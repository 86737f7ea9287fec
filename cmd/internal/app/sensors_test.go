package app

import (
	"context"
	"log/slog"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

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
	readings := make(chan models.Reading, 1)
	c := mqtt.NewClient(h.mqtt(), slog.New(slog.DiscardHandler), prometheus.NewRegistry(), func(r models.Reading) { readings <- r }, func(models.SensorStatus) {})
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
