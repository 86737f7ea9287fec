package mqtt

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"zhihui/models"
	"zhihui/models/bus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func sorted(s []string) []string { slices.Sort(s); return s }

const username, password = "hall", "s3cret"

// embedded starts the product's own broker.
func embedded(t *testing.T) string {
	config := bus.DefaultConfig()
	config.MQTT = bus.MQTT{Address: "127.0.0.1:0", Username: username, Password: password}
	b, err := bus.Start(config, t.TempDir(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return b.MQTTAddress()
}

// foreign starts another maker's broker, which lets payloads of any size through, on the topics of the filters alone.
func foreign(t *testing.T, address string, filters ...auth.RString) (string, func()) {
	s := mochi.New(&mochi.Options{Logger: slog.New(slog.DiscardHandler)})
	acl := auth.Filters{}
	for _, f := range filters {
		acl[f] = auth.ReadWrite
	}
	acl["secret"] = auth.Deny
	ledger := &auth.Ledger{Users: auth.Users{username: {Username: username, Password: password, ACL: acl}}}
	require.NoError(t, s.AddHook(new(auth.Hook), &auth.Options{Ledger: ledger}))
	l := listeners.NewTCP(listeners.Config{ID: "t", Address: address})
	require.NoError(t, s.AddListener(l))
	require.NoError(t, s.Serve())
	stop := sync.OnceFunc(func() { s.Close() })
	t.Cleanup(stop)
	return l.Address(), stop
}

func device(t *testing.T, address string) paho.Client {
	c := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://" + address).SetClientID("device").
		SetUsername(username).SetPassword(password).SetAutoReconnect(false))
	require.NoError(t, wait(t.Context(), c.Connect()))
	t.Cleanup(func() { c.Disconnect(100) })
	return c
}

// hall is a running client and what it told.
type hall struct {
	*Client
	mu       sync.Mutex
	readings []models.Reading
	told     []models.SensorStatus
	stuck    bool // its disk takes nothing
	log      strings.Builder
}

func start(t *testing.T, config Config, sensors ...models.Sensor) *hall {
	require.NoError(t, config.Validate())
	h := &hall{}
	log := slog.New(slog.NewTextHandler(h, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.Client = NewClient(config, log, prometheus.NewRegistry(),
		h.take,
		func(s models.SensorStatus) { h.mu.Lock(); defer h.mu.Unlock(); h.told = append(h.told, s) })
	h.Apply(sensors)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
		require.NotContains(t, h.log.String(), password)
	})
	return h
}

// Write takes the log.
func (h *hall) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.Write(p)
}

func (h *hall) values(id string) (values []float64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.readings {
		if r.Sensor == id {
			values = append(values, r.Value)
		}
	}
	return values
}

func (h *hall) status(id string) models.SensorStatus {
	for _, s := range h.board.statuses() {
		if s.Sensor == id {
			return s
		}
	}
	return models.SensorStatus{}
}

func config(address string) Config {
	c := DefaultConfig()
	c.URL, c.Username, c.Password = "tcp://"+address, username, password
	return c
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 10*time.Second, 5*time.Millisecond, what)
}

// ready waits until the client hears the topic.
func (h *hall) ready(t *testing.T, d paho.Client, topic, id string) {
	t.Helper()
	eventually(t, "subscription", func() bool {
		require.NoError(t, wait(t.Context(), d.Publish(topic, 1, false, "-1")))
		return len(h.values(id)) > 0
	})
}

func TestReadsFromTheEmbeddedBroker(t *testing.T) {
	address := embedded(t)
	d := device(t, address)
	require.NoError(t, wait(t.Context(), d.Publish("site/rain.1", 1, true, "7.5")))
	h := start(t, config(address), sensor("water", "site/water", ""), sensor("rain", "site/rain.1", ""), sensor("json", "site/json", "data.v"))
	h.ready(t, d, "site/water", "water")
	eventually(t, "the retained value", func() bool { return slices.Equal(h.values("rain"), []float64{7.5}) })

	for i, payload := range []string{`{"data":{"v":1}}`, "not JSON", `{"data":{}}`, strings.Repeat("x", maxPayload+1), `{"data":{"v":2}}`} {
		require.NoError(t, wait(t.Context(), d.Publish("site/json", byte(i%2), false, payload)))
	}
	eventually(t, "both good readings", func() bool { return slices.Equal(h.values("json"), []float64{1, 2}) })
	require.Equal(t, int64(3), h.status("json").BadPayloads)
	require.Equal(t, errTooLarge.Error(), h.status("json").LastFault)
	require.Equal(t, models.SensorOK, h.status("json").State)
	require.Equal(t, 3.0, testutil.ToFloat64(h.count.bad))
	eventually(t, "the status is told", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return slices.ContainsFunc(h.told, func(s models.SensorStatus) bool { return s.Sensor == "json" && s.BadPayloads == 3 })
	})
	require.NoError(t, wait(t.Context(), d.Publish("site/nobody", 1, false, "1")))
	eventually(t, "unknown topics are counted", func() bool { return testutil.ToFloat64(h.count.unknown) == 1 })
	require.Equal(t, []string{"site/nobody", ""}, []string{h.Heard("nobody")[0].Topic, h.Heard("nobody")[0].Sensor})
	require.Equal(t, []any{"json", int64(5)}, []any{h.Heard("site/json")[0].Sensor, h.Heard("site/json")[0].Count})
}

func TestFollowsTheSiteAtAForeignBroker(t *testing.T) {
	address, _ := foreign(t, "127.0.0.1:0", "w", "v")
	d := device(t, address)
	c := config(address)
	c.Wildcard = ""
	h := start(t, c, sensor("water", "w", ""), sensor("hidden", "secret", ""))
	h.ready(t, d, "w", "water")
	eventually(t, "the refusal is shown", func() bool { return h.status("hidden").LastFault == "topic_refused" })
	require.NoError(t, wait(t.Context(), d.Publish("w", 1, false, strings.Repeat("9", 10<<20))))
	eventually(t, "10 MB are refused", func() bool { return h.status("water").BadPayloads == 1 })

	h.Apply([]models.Sensor{sensor("wind", "v", "")})
	h.ready(t, d, "v", "wind")
	before := len(h.values("water"))
	require.NoError(t, wait(t.Context(), d.Publish("w", 1, false, "2")))
	require.NoError(t, wait(t.Context(), d.Publish("v", 1, false, "3")))
	eventually(t, "the other", func() bool { v := h.values("wind"); return v[len(v)-1] == 3 })
	require.Len(t, h.values("water"), before)
	require.Zero(t, testutil.ToFloat64(h.count.unknown), "it is no longer subscribed to")
}

func TestComesBackAfterTheBrokerDoes(t *testing.T) {
	address, stop := foreign(t, "127.0.0.1:0", "#")
	h := start(t, config(address), sensor("water", "w", ""))
	eventually(t, "connected", func() bool { return testutil.ToFloat64(h.count.connected) == 1 })
	stop()
	eventually(t, "lost", func() bool { return testutil.ToFloat64(h.count.connected) == 0 })
	var l net.Listener
	eventually(t, "the port", func() (ok bool) { l, _ = net.Listen("tcp", address); return l != nil })
	l.Close()
	foreign(t, address, "#")
	h.ready(t, device(t, address), "w", "water")
}

func TestAWrongPasswordIsNoEnd(t *testing.T) {
	address, _ := foreign(t, "127.0.0.1:0", "#")
	c := config(address)
	c.Password = "s3cret-but-wrong"
	h := start(t, c)
	eventually(t, "it says so", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return strings.Contains(h.log.String(), "no connection to the MQTT broker")
	})
}

func TestWithoutABrokerSensorsGoStale(t *testing.T) {
	quick := sensor("water", "w", "")
	quick.StaleAfter = models.Duration(10 * time.Millisecond)
	h := start(t, DefaultConfig(), quick)
	eventually(t, "stale", func() bool { return h.status("water").State == models.SensorStale })
}

func TestAFullQueueDropsTheOldest(t *testing.T) {
	c := NewClient(DefaultConfig(), slog.New(slog.DiscardHandler), prometheus.NewRegistry(), nil, nil)
	for i := range queueLength + 3 {
		c.push(message{topic: fmt.Sprint(i)})
	}
	require.Equal(t, 3.0, testutil.ToFloat64(c.count.dropped))
	require.Equal(t, "3", (<-c.queue).topic)
}

// TestAQueueOfLargePayloadsIsFullByBytes: and has room again when they are decoded.
func TestAQueueOfLargePayloadsIsFullByBytes(t *testing.T) {
	c := NewClient(DefaultConfig(), slog.New(slog.DiscardHandler), prometheus.NewRegistry(), nil, nil)
	most := queueBytes/maxPayload + 1
	for range most + 3 {
		c.push(message{topic: "x", payload: make([]byte, maxPayload)})
	}
	require.Equal(t, 3.0, testutil.ToFloat64(c.count.dropped))
	require.Len(t, c.queue, most)
	for range most {
		c.decode(<-c.queue)
	}
	require.Zero(t, c.waiting.Load())
}

func TestRetryAfter(t *testing.T) {
	require.Equal(t, 250*time.Millisecond, retryAfter(0, 0.5))
	require.Equal(t, 500*time.Millisecond, retryAfter(1, 0.5))
	require.LessOrEqual(t, retryAfter(1_000_000, 1), 2500*time.Millisecond)
}

func TestConfigValidate(t *testing.T) {
	require.NoError(t, DefaultConfig().Validate())
	for field, spoils := range map[string][]func(*Config){
		"url": {
			func(c *Config) { c.URL = "broker" }, func(c *Config) { c.URL = "http://a" },
			func(c *Config) { c.URL = "tcp://user:secret@a:1883" }, func(c *Config) { c.URL = "tcp://a b" },
		},
		"client_id": {func(c *Config) { c.ClientID = "" }},
		"qos":       {func(c *Config) { c.QoS = 2 }},
		"wildcard":  {func(c *Config) { c.Wildcard = strings.Repeat("a", 300) }},
	} {
		for _, spoil := range spoils {
			c := DefaultConfig()
			spoil(&c)
			err := c.Validate()
			var fault *models.Error
			require.ErrorAs(t, err, &fault, field)
			require.Equal(t, field, fault.Field)
			require.NotContains(t, err.Error(), "secret")
		}
	}
}

func TestManyTopicsAndAFloodOfFaults(t *testing.T) {
	filters := make([]auth.RString, 250)
	sensors := make([]models.Sensor, 250)
	for i := range sensors {
		topic := fmt.Sprintf("t/%d", i)
		filters[i], sensors[i] = auth.RString(topic), sensor(fmt.Sprint(i), topic, "")
	}
	address, _ := foreign(t, "127.0.0.1:0", filters...)
	c := config(address)
	c.Wildcard = ""
	h := start(t, c, sensors...)
	d := device(t, address)
	h.ready(t, d, "t/249", "249") // more topics than fit in one packet
	h.ready(t, d, "t/0", "0")
	h.ready(t, d, "t/7", "7")
	begin := time.Now()
	for range 200 {
		require.NoError(t, wait(t.Context(), d.Publish("t/7", 1, false, "garbage")))
	}
	eventually(t, "all are counted", func() bool { return h.status("7").BadPayloads >= 200 })
	most := int(time.Since(begin)/tellEvery) + 2
	h.mu.Lock()
	defer h.mu.Unlock()
	told := 0
	for _, s := range h.told {
		if s.Sensor == "7" && s.BadPayloads > 0 {
			told++
		}
	}
	require.LessOrEqual(t, told, most, "a flood is told once a second")
}

func TestDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		topic := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
		have := map[string]bool{}
		for _, filter := range rapid.SliceOf(topic).Draw(t, "have") {
			have[filter] = true
		}
		want := rapid.SliceOfDistinct(topic, rapid.ID).Draw(t, "want")
		add, remove := difference(have, want)
		for _, filter := range add {
			require.False(t, have[filter])
			have[filter] = true
		}
		for _, filter := range remove {
			require.True(t, have[filter])
			delete(have, filter)
		}
		require.ElementsMatch(t, want, slices.Collect(maps.Keys(have)))
	})
}
