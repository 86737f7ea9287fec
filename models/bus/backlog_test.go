package bus

import (
	"log/slog"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"
)

// What waits for a client that is away is known by its time, once for each message, after the next start as well.
func TestWhenAMessageCame(t *testing.T) {
	dir := t.TempDir()
	b := startBus(t, dir, withMQTT)
	absent := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + b.MQTTAddress()).SetUsername("sensor").SetPassword("se cr$t\"").
		SetClientID("absent").SetCleanSession(false).SetAutoReconnect(false))
	require.NoError(t, done(absent.Connect()))
	require.NoError(t, done(absent.Subscribe("#", 1, nil)))
	absent.Disconnect(100)
	device, err := dial(b, "sensor", "se cr$t\"")
	require.NoError(t, err)
	before := time.Now()
	for range 2 {
		require.NoError(t, done(device.Publish("site/a.b//level", 1, false, "1")))
	}
	require.NoError(t, done(device.Publish("site/level", 1, false, "2")))
	after := time.Now()
	device.Disconnect(100)
	name := b.Name()
	b.Close()

	b = startBus(t, dir, withMQTT)
	require.Equal(t, name, b.Name())
	require.Len(t, name, 26)
	for range 2 {
		at, ok := b.CameAt("site/a.b//level", []byte("1"))
		require.True(t, ok)
		require.WithinRange(t, at, before.Add(-time.Millisecond), after.Add(time.Millisecond))
	}
	for _, m := range [][2]string{{"site/a.b//level", "1"}, {"site/level", "1"}, {"elsewhere", "2"}} {
		_, ok := b.CameAt(m[0], []byte(m[1]))
		require.False(t, ok, m)
	}
	b.broker.backlog.until = time.Now().Add(-time.Second)
	_, ok := b.CameAt("site/level", []byte("2"))
	require.False(t, ok, "by now it was said anew")
}

func TestAClusterHasNoBacklog(t *testing.T) {
	b := &Bus{log: slog.New(slog.DiscardHandler)}
	require.Empty(t, b.Name())
	_, ok := b.CameAt("a", nil)
	require.False(t, ok)
}

func done(token mqtt.Token) error {
	token.Wait()
	return token.Error()
}
