package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func startBus(t testing.TB, dir string, spoil ...func(*Config)) *Bus {
	config := DefaultConfig()
	for _, f := range spoil {
		f(&config)
	}
	require.NoError(t, config.Validate())
	b, err := Start(config, dir, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return b
}

func event(n int) models.Event {
	return models.Event{
		ID: fmt.Sprintf("E%06d", n), Kind: models.Intrusion, Area: "west.1", Source: "gate", Revision: 1, Severity: models.Orange,
		State: models.EventOpen, Why: "有人进入", OpenedAt: models.At(time.UnixMilli(1_700_000_000_000)),
		Facts: models.Facts{Boxes: []models.Box{{X: .5, W: .1}}},
	}
}

// log collects handled events.
type log struct {
	mu   sync.Mutex
	seen []models.Event
}

func (l *log) handle(_ context.Context, e models.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = append(l.seen, e)
	return nil
}

func (l *log) ids() (ids []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.seen {
		ids = append(ids, e.ID)
	}
	return ids
}

// consume runs a consumer until the returned function is called.
func consume(t testing.TB, b *Bus, handle func(context.Context, models.Event) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.ConsumeEvents(ctx, "alerting", handle) }()
	stop = sync.OnceFunc(func() { cancel(); require.NoError(t, <-ended) })
	t.Cleanup(stop)
	return stop
}

func drained(t testing.TB, b *Bus) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	require.NoError(t, b.Drained(ctx))
}

func TestEventsArriveInOrderAndOnce(t *testing.T) {
	b := startBus(t, t.TempDir())
	var got log
	consume(t, b, got.handle)
	var want []string
	for i := range 200 {
		want = append(want, event(i).ID)
		require.NoError(t, b.PublishEvent(t.Context(), event(i)))
		require.NoError(t, b.PublishEvent(t.Context(), event(i)), "the publisher did not hear of the first")
	}
	drained(t, b)
	require.Equal(t, want, got.ids())
	require.Equal(t, event(7), got.seen[7], "an event comes out as it went in")
	later := event(7)
	later.Revision = 2
	require.NoError(t, b.PublishEvent(t.Context(), later))
	drained(t, b)
	require.Len(t, got.ids(), 201)
}

func TestAFailedEventIsTriedUntilItIsHandled(t *testing.T) {
	b := startBus(t, t.TempDir())
	var got log
	failures := 6 // the pauses together are longer than ackWait, so the broker gives it again
	consume(t, b, func(ctx context.Context, e models.Event) error {
		if e.ID == event(1).ID && failures > 0 {
			failures--
			return errors.New("the store is away")
		}
		return got.handle(ctx, e)
	})
	for i := range 4 {
		require.NoError(t, b.PublishEvent(t.Context(), event(i)))
	}
	drained(t, b)
	require.Equal(t, []string{"E000000", "E000001", "E000002", "E000003"}, got.ids())
}

func TestEventsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	b := startBus(t, dir)
	for i := range 5 {
		require.NoError(t, b.PublishEvent(t.Context(), event(i)))
	}
	var got log
	reached := make(chan struct{})
	stop := consume(t, b, func(ctx context.Context, e models.Event) error {
		if e.ID == event(2).ID { // the process ends while it handles this one
			close(reached)
			<-ctx.Done()
			return ctx.Err()
		}
		return got.handle(ctx, e)
	})
	<-reached
	stop()
	start := time.Now()
	b.Close()
	require.Less(t, time.Since(start), 2*time.Second)
	require.Error(t, b.PublishEvent(t.Context(), event(9)))

	again := startBus(t, dir)
	consume(t, again, got.handle)
	require.NoError(t, again.PublishEvent(t.Context(), event(5)))
	drained(t, again)
	require.Equal(t, []string{"E000000", "E000001", "E000002", "E000003", "E000004", "E000005"}, got.ids())
	require.Less(t, time.Since(start), 10*time.Second)
}

func TestWhatIsNoEventIsKept(t *testing.T) {
	b := startBus(t, t.TempDir())
	var got log
	consume(t, b, got.handle)
	for _, body := range []string{"not JSON", `{"id":"x"}`, `{"id":5}`, `[]`, ""} {
		_, err := b.js.Publish(t.Context(), "events.west.intrusion", []byte(body))
		require.NoError(t, err)
	}
	require.NoError(t, b.PublishEvent(t.Context(), event(1)))
	drained(t, b)
	require.Equal(t, []string{"E000001"}, got.ids())
	require.Equal(t, uint64(5), b.Rejected())
	stream, err := b.js.Stream(t.Context(), rejectedStream)
	require.NoError(t, err)
	kept, err := stream.GetMsg(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "not JSON", string(kept.Data))
	require.Equal(t, "events.west.intrusion", kept.Header.Get("Zhihui-Subject"))
}

func TestWhatTheConsumerRefusesHoldsUpNobody(t *testing.T) {
	b := startBus(t, t.TempDir())
	var got log
	consume(t, b, func(ctx context.Context, e models.Event) error {
		if e.ID == event(0).ID {
			return fmt.Errorf("alerting: %w", models.FieldError("severity", "unknown"))
		}
		return got.handle(ctx, e)
	})
	require.NoError(t, b.PublishEvent(t.Context(), event(0)))
	require.NoError(t, b.PublishEvent(t.Context(), event(1)))
	drained(t, b)
	require.Equal(t, []string{"E000001"}, got.ids())
	require.Equal(t, uint64(1), b.Rejected())
}

func TestAFullStreamRefusesLoudly(t *testing.T) {
	b := startBus(t, t.TempDir(), func(c *Config) { c.MaxBytes = 1 << 20 })
	large := event(0)
	large.Why = strings.Repeat("x", 300_000)
	var err error
	kept := 0
	for ; err == nil && kept < 10; kept++ {
		large.Revision++
		err = b.PublishEvent(t.Context(), large)
	}
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	var got log
	consume(t, b, got.handle)
	drained(t, b)
	require.Len(t, got.ids(), kept-1, "those that were accepted are all there")
}

func TestDrainedWaitsForAConsumer(t *testing.T) {
	b := startBus(t, t.TempDir())
	require.NoError(t, b.Drained(t.Context()), "nothing was published")
	require.NoError(t, b.PublishEvent(t.Context(), event(1)))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, b.Drained(ctx), context.DeadlineExceeded)
}

func withMQTT(c *Config) {
	c.MQTT = MQTT{Address: "127.0.0.1:0", Username: "sensor", Password: "se cr$t\""}
}

func dial(b *Bus, username, password string) (mqtt.Client, error) {
	c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + b.MQTTAddress()).
		SetUsername(username).SetPassword(password).SetClientID("device-" + username).SetAutoReconnect(false))
	token := c.Connect()
	token.Wait()
	return c, token.Error()
}

func TestADeviceCannotForgeAnEvent(t *testing.T) {
	b := startBus(t, t.TempDir(), withMQTT)
	_, err := dial(b, "sensor", "guess")
	require.Error(t, err)
	_, err = dial(b, b.broker.username, b.broker.password)
	require.Error(t, err, "the in-process user has no business on the network")
	device, err := dial(b, "sensor", "se cr$t\"")
	require.NoError(t, err)
	defer device.Disconnect(0)
	heard := make(chan string, 10)
	subscribed := device.Subscribe("#", 0, func(_ mqtt.Client, m mqtt.Message) { heard <- m.Topic() })
	require.True(t, subscribed.WaitTimeout(5*time.Second))
	require.NoError(t, b.PublishEvent(t.Context(), event(1)))
	require.True(t, device.Publish("events/west/intrusion", 1, false, `{}`).WaitTimeout(5*time.Second))
	require.Equal(t, "events/west/intrusion", <-heard, "only its own message, not the event")
	require.Empty(t, heard)
	stream, err := b.js.Stream(t.Context(), eventStream)
	require.NoError(t, err)
	require.Equal(t, uint64(1), stream.CachedInfo().State.LastSeq)
}

// What a device leaves behind that never comes back is forgotten, or its share of the messages would fill the disk.
func TestWhatADeviceSubscribedToIsForgotten(t *testing.T) {
	b := startBus(t, t.TempDir(), withMQTT)
	gone := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + b.MQTTAddress()).SetUsername("sensor").SetPassword("se cr$t\"").
		SetClientID("gone").SetCleanSession(false).SetAutoReconnect(false))
	require.True(t, gone.Connect().WaitTimeout(5*time.Second))
	require.True(t, gone.Subscribe("#", 1, nil).WaitTimeout(5*time.Second))
	gone.Disconnect(0)
	all, err := b.broker.server.Jsz(&server.JSzOptions{Account: "SENSORS", Consumer: true, Config: true})
	require.NoError(t, err)
	kept := 0
	for _, stream := range all.AccountDetails[0].Streams {
		for _, c := range stream.Consumer {
			kept++
			require.Positive(t, c.Config.InactiveThreshold, "%s of %s", c.Name, stream.Name)
			require.LessOrEqual(t, c.Config.InactiveThreshold, forgetAfter)
		}
	}
	require.NotZero(t, kept)
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	config := DefaultConfig()
	withMQTT(&config)
	config.MQTT.Address = l.Addr().String()
	_, err = Start(config, t.TempDir(), slog.New(slog.DiscardHandler))
	var fault *models.Error
	require.ErrorAs(t, err, &fault)
	require.Equal(t, "mqtt.address", fault.Field)

	config = DefaultConfig()
	config.URL, config.Password = "nats://user:secret@127.0.0.1:1", "secret"
	_, err = Start(config, t.TempDir(), slog.New(slog.DiscardHandler))
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	require.NotContains(t, err.Error(), "secret")

	file := t.TempDir() + "/file"
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = Start(DefaultConfig(), file, slog.New(slog.DiscardHandler))
	require.Error(t, err)
}

func TestConfigValidate(t *testing.T) {
	for field, spoil := range map[string]func(*Config){
		"replicas":      func(c *Config) { c.Replicas = 3 },
		"max_age":       func(c *Config) { c.MaxAge = 0 },
		"max_bytes":     func(c *Config) { c.MaxBytes = 5 },
		"url":           func(c *Config) { c.URL = "nats://u:secret@a:4222" },
		"mqtt.address":  func(c *Config) { withMQTT(c); c.URL = "nats://a" },
		"mqtt.username": func(c *Config) { withMQTT(c); c.MQTT.Password = "" },
	} {
		c := DefaultConfig()
		spoil(&c)
		var fault *models.Error
		require.ErrorAs(t, c.Validate(), &fault, field)
		require.Equal(t, field, fault.Field)
	}
	c := DefaultConfig()
	withMQTT(&c)
	c.MQTT.Address = "1883"
	require.Error(t, c.Validate())
}

func TestReach(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:1883": "127.0.0.1:9", ":1883": "localhost:9", "0.0.0.0:1883": "localhost:9", "[::]:0": "localhost:9", "hall:1": "hall:9",
	} {
		require.Equal(t, want, reach(address, 9))
	}
}

func TestSubject(t *testing.T) {
	require.Equal(t, "events.west_1.intrusion", subject(event(1)))
	require.Equal(t, "events._._", subject(models.Event{}))
	require.Equal(t, "events.a____.x_y", subject(models.Event{Area: "a.*> ", Kind: "x\ny"}))
	require.Len(t, token(strings.Repeat("长", 100)), maxToken/3+1)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"id":"a","kind":"intrusion","source":"gate","opened_at":"2026-05-01T12:14:36.250Z"}`))
	f.Add([]byte(`{"id":"a","kind":5}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if e, err := decode(body); err == nil {
			require.NotEmpty(t, e.ID)
		}
	})
}

// One event after another through publication, handling and acknowledgement, all synced.
func BenchmarkEvents(b *testing.B) {
	bus := startBus(b, b.TempDir())
	var got log
	consume(b, bus, got.handle)
	ids := 0
	b.ResetTimer()
	for b.Loop() {
		ids++
		e := event(ids)
		e.ID = "B" + strconv.Itoa(ids)
		require.NoError(b, bus.PublishEvent(b.Context(), e))
	}
	drained(b, bus)
	b.ReportMetric(float64(ids)/b.Elapsed().Seconds(), "events/s")
}

// What the consumer alone takes, with the events already there.
func BenchmarkConsume(b *testing.B) {
	bus := startBus(b, b.TempDir())
	const n = 2000
	for i := range n {
		_, err := bus.js.PublishAsync("events.a.b", []byte(fmt.Sprintf(`{"id":"E%d","kind":"x","source":"y"}`, i)))
		require.NoError(b, err)
	}
	<-bus.js.PublishAsyncComplete()
	for b.Loop() {
		require.NoError(b, ignoreMissing(bus.js.DeleteConsumer(b.Context(), eventStream, "alerting")))
		var got log
		start := time.Now()
		stop := consume(b, bus, got.handle)
		drained(b, bus)
		b.ReportMetric(n/time.Since(start).Seconds(), "events/s")
		require.Len(b, got.ids(), n)
		stop()
	}
}

func ignoreMissing(err error) error {
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil
	}
	return err
}

// persistModes says how each stream is written.
func persistModes(t *testing.T, b *Bus) map[string]server.PersistModeType {
	all, err := b.broker.server.Jsz(&server.JSzOptions{Streams: true, Config: true})
	require.NoError(t, err)
	modes := map[string]server.PersistModeType{}
	for _, account := range all.AccountDetails {
		for _, stream := range account.Streams {
			modes[stream.Name] = stream.Config.PersistMode
		}
	}
	return modes
}

// A device waits for its acknowledgement: one sync for each would let a site say a few hundred readings a second. Events are
// synced one by one.
func TestMessagesOfDevicesAreSyncedTogether(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // the second one finds the stream
		b := startBus(t, dir, withMQTT)
		device, err := dial(b, "sensor", "se cr$t\"")
		require.NoError(t, err)
		require.True(t, device.Publish("s/1", 1, false, "1").WaitTimeout(5*time.Second))
		device.Disconnect(0)
		modes := persistModes(t, b)
		require.Equal(t, server.AsyncPersistMode, modes[deviceStream])
		require.Equal(t, server.DefaultPersistMode, modes["$MQTT_rmsgs"], "what is retained is kept for long")
		require.Equal(t, server.DefaultPersistMode, modes[eventStream])
		b.Close()
	}
}

// What an older version has begun is begun anew, but not while somebody is subscribed who may come back.
func TestMessagesOfDevicesOfAnOlderVersion(t *testing.T) {
	dir := t.TempDir()
	for _, subscribed := range []bool{true, false} {
		b := startBus(t, dir, withMQTT)
		conn, err := nats.Connect("", nats.InProcessServer(b.broker), nats.UserInfo(b.broker.username+sensorsSuffix, b.broker.password))
		require.NoError(t, err)
		js, err := jetstream.New(conn)
		require.NoError(t, err)
		require.NoError(t, js.DeleteStream(t.Context(), deviceStream))
		old, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: deviceStream, Subjects: []string{"$MQTT.msgs.>"}, Retention: jetstream.InterestPolicy})
		require.NoError(t, err)
		if subscribed {
			_, err = old.CreateConsumer(t.Context(), jetstream.ConsumerConfig{Durable: "device", AckPolicy: jetstream.AckExplicitPolicy})
			require.NoError(t, err)
		}
		conn.Close()
		b.Close()
		b = startBus(t, dir, withMQTT)
		require.Equal(t, subscribed, persistModes(t, b)[deviceStream] == server.DefaultPersistMode)
		b.Close()
	}
}
