package mqtt

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/bus"
)

// take is what a hall does with a reading: it writes it, unless its disk takes nothing.
func (h *hall) take(r models.Reading, written func()) {
	h.mu.Lock()
	h.readings = append(h.readings, r)
	stuck := h.stuck
	h.mu.Unlock()
	if written != nil && !stuck {
		written()
	}
}

// life is one life of a client: it ends when the test says so.
func life(t *testing.T, c Config, stuck bool, sensors ...models.Sensor) (h *hall, end func()) {
	h = &hall{stuck: stuck}
	h.Client = NewClient(c, slog.New(slog.DiscardHandler), prometheus.NewRegistry(), h.take, func(models.SensorStatus) {})
	h.Apply(sensors)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	end = sync.OnceFunc(func() { cancel(); require.NoError(t, <-ended) })
	t.Cleanup(end)
	eventually(t, "connected", h.Connected)
	return h, end
}

// A broker that stays keeps for us what devices say at QoS 1 while we are away, and hands it over once.
func TestWhatIsSaidWhileTheHallIsAwayIsHeard(t *testing.T) {
	m := startMosquitto(t)
	own := embedded(t)
	for name, c := range map[string]Config{"mosquitto": m.config(), "embedded": config(own)} {
		t.Run(name, func(t *testing.T) {
			water := sensor("water", "w", "")
			device := c
			device.ClientID = "device"
			d := publisher(t, device)
			h, end := life(t, c, false, water)
			eventually(t, "subscription", func() bool { return say(t, d, "w", []byte("0")) == nil && len(h.values("water")) > 0 })
			require.NoError(t, say(t, d, "w", []byte("0.5")))
			eventually(t, "nothing is under way", func() bool { return slices.Contains(h.values("water"), 0.5) })
			end()
			for i := range 40 {
				require.NoError(t, say(t, d, "w", fmt.Appendf(nil, "%d", i+1)))
			}
			h, end = life(t, c, false, water)
			eventually(t, "all, in their order", func() bool { return len(h.values("water")) == 40 })
			require.True(t, slices.IsSorted(h.values("water")))
			end()
			h, _ = life(t, c, false, water)
			eventually(t, "live", func() bool { return say(t, d, "w", []byte("99")) == nil && len(h.values("water")) > 0 })
			require.Equal(t, 99.0, h.values("water")[0], "what was written is not handed over again")
		})
	}
}

// Without a session nothing is kept, for those who want it so.
func TestWithoutASessionNothingIsKept(t *testing.T) {
	m := startMosquitto(t)
	c := m.config()
	c.Session = false
	device := c
	device.ClientID = "device"
	d := publisher(t, device)
	h, end := life(t, c, false, sensor("water", "w", ""))
	eventually(t, "subscription", func() bool { return say(t, d, "w", []byte("0")) == nil && len(h.values("water")) > 0 })
	end()
	require.NoError(t, say(t, d, "w", []byte("1")))
	h, _ = life(t, c, false, sensor("water", "w", ""))
	eventually(t, "live", func() bool { return say(t, d, "w", []byte("2")) == nil && len(h.values("water")) > 0 })
	require.NotContains(t, h.values("water"), 1.0)
}

// What was handed over and not written when the process ended, and the broker with it, comes again with the time at which the
// device had said it.
func TestWhatWasNotWrittenComesAgainWithItsTime(t *testing.T) {
	settings := bus.DefaultConfig()
	settings.MQTT = bus.MQTT{Address: "127.0.0.1:0", Username: username, Password: password}
	dir, quiet := t.TempDir(), slog.New(slog.DiscardHandler)
	b, err := bus.Start(settings, dir, quiet)
	require.NoError(t, err)
	c := config(b.MQTTAddress())
	d := device(t, b.MQTTAddress())
	water := []models.Sensor{sensor("water", "site/a.b/level", "v"), sensor("rain", "site/a.b/level", "r")}
	h, end := life(t, c, true, water...)
	eventually(t, "subscription", func() bool {
		require.NoError(t, wait(t.Context(), d.Publish("site/a.b/level", 1, false, `{"v":0,"r":0}`)))
		return len(h.values("water")) > 0
	})
	for i := range 30 {
		require.NoError(t, wait(t.Context(), d.Publish("site/a.b/level", 1, false, fmt.Sprintf(`{"v":%d,"r":1}`, i+1))))
	}
	eventually(t, "handed over", func() bool { return slices.Contains(h.values("water"), 30) })
	said := h.readings
	d.Disconnect(100)
	end()
	b.Close()

	b, err = bus.Start(settings, dir, quiet)
	require.NoError(t, err)
	t.Cleanup(b.Close)
	c.URL = "tcp://" + b.MQTTAddress()
	again := &hall{}
	again.Client = NewClient(c, quiet, prometheus.NewRegistry(), again.take, func(models.SensorStatus) {})
	again.CameAt(b.CameAt)
	again.Apply(water)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- again.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
	eventually(t, "all of it", func() bool { return len(again.values("rain")) == len(said)/2 })
	again.mu.Lock()
	defer again.mu.Unlock()
	at := map[string]models.Time{}
	for _, r := range said {
		at[fmt.Sprint(r.Sensor, r.Value)] = r.At
	}
	for _, r := range again.readings {
		require.InDelta(t, int64(at[fmt.Sprint(r.Sensor, r.Value)]), int64(r.At), 1000, "%v", r)
	}
}
