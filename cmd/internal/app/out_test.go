package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/alerting/notify"
	"zhihui/ingest/mqtt"
	"zhihui/models"
	"zhihui/models/bus"
	"zhihui/models/store"
)

// The steps of some orders as messages for others; each order is told of in as many steps.
const (
	outEvents = 200
	outSteps  = 25
)

// outside is a broker to which the hall tells what happens, and one who listens there.
type outside struct {
	url      string
	username string
	password string

	mu    sync.Mutex
	heard map[string][]int64 // revisions by topic
	n     int
}

func embeddedOutside(t *testing.T) *outside {
	settings := bus.DefaultConfig()
	settings.MQTT = bus.MQTT{Address: "127.0.0.1:0", Username: "site", Password: "a long password"}
	b, err := bus.Start(settings, t.TempDir(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return &outside{url: "tcp://" + b.MQTTAddress(), username: "site", password: "a long password"}
}

// mosquittoOutside can be stopped and started.
func mosquittoOutside(t *testing.T) (o *outside, stop, start func()) {
	program, err := exec.LookPath("mosquitto")
	if err != nil {
		program = "/usr/sbin/mosquitto" // not on the path of everybody
	}
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("mosquitto is not installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	dir := t.TempDir()
	conf := filepath.Join(dir, "mosquitto.conf")
	settings := fmt.Sprintf("listener %s 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nlog_dest none\npersistence true\npersistence_location %s/\n", port, dir)
	if os.Geteuid() == 0 {
		settings += "user root\n" // else it gives up the right to write there
	}
	require.NoError(t, os.WriteFile(conf, []byte(settings), 0o600))
	var running *exec.Cmd
	start = func() {
		running = exec.Command(program, "-c", conf)
		require.NoError(t, running.Start())
	}
	stop = func() {
		if running != nil {
			require.NoError(t, running.Process.Signal(syscall.SIGTERM))
			_ = running.Wait() // it is gone, whatever it says
			running = nil
		}
	}
	t.Cleanup(stop)
	return &outside{url: "tcp://" + address}, stop, start
}

// listen hears everything from now on, also what is said while its connection is away.
func (o *outside) listen(t *testing.T) {
	o.heard = map[string][]int64{}
	c := paho.NewClient(paho.NewClientOptions().AddBroker(o.url).SetClientID("listener").SetUsername(o.username).SetPassword(o.password).
		SetCleanSession(false).SetMaxReconnectInterval(100 * time.Millisecond).SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) {
		var is notify.Message
		err := json.Unmarshal(m.Payload(), &is)
		if err != nil {
			return // it is missed below
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		o.heard[m.Topic()] = append(o.heard[m.Topic()], is.Event.Revision)
		o.n++
	}))
	require.Eventually(t, func() bool { return c.Connect().WaitTimeout(time.Second) && c.IsConnected() }, 10*time.Second, 20*time.Millisecond)
	t.Cleanup(func() { c.Disconnect(0) })
	require.True(t, c.Subscribe("zhihui/#", 1, nil).WaitTimeout(5*time.Second))
}

// complete tells whether every step of every order was heard, the newest last.
func (o *outside) complete() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, revisions := range o.heard {
		if last := revisions[len(revisions)-1]; last != outSteps {
			return false
		}
	}
	return len(o.heard) == outEvents
}

// tell writes the messages as the order engine does, and gives them to the broker until the test ends.
func (o *outside) tell(t *testing.T) (begun time.Time) {
	cfg := settings(t)
	s := openStore(t, cfg)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	to := notify.Config{Broker: true}
	for step := range outSteps {
		require.NoError(t, s.Write(t.Context(), func(tx *store.Tx) error {
			for n := range outEvents {
				e := models.Event{ID: fmt.Sprintf("event-%d", n), Area: "a", Revision: int64(step + 1)}
				if err := to.Outbox().Put(tx, notify.Message{What: "event.update", Event: &e}); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	p := mqtt.NewPublisher(mqtt.Broker{URL: o.url, Username: o.username, Password: o.password, ClientID: "out"}, nil, slog.New(slog.DiscardHandler))
	t.Cleanup(p.Close)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	begun = time.Now()
	go func() {
		ended <- notify.New(to, s, p.Publish, time.Now, slog.New(slog.DiscardHandler), prometheus.NewRegistry()).Run(ctx)
	}()
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
	return begun
}

// TestOthersHearEveryStep prints how many messages a second go from the outbox to who listens.
func TestOthersHearEveryStep(t *testing.T) {
	mosquitto, _, start := mosquittoOutside(t)
	start()
	for name, o := range map[string]*outside{"embedded": embeddedOutside(t), "mosquitto": mosquitto} {
		t.Run(name, func(t *testing.T) {
			o.listen(t)
			begun := o.tell(t)
			require.Eventually(t, o.complete, time.Minute, 10*time.Millisecond)
			t.Logf("%s: %.0f messages a second at QoS 1, from the outbox to who listens", name, float64(o.n)/time.Since(begun).Seconds())
			for topic, revisions := range o.heard {
				require.True(t, slices.IsSorted(revisions), "%s %v", topic, revisions)
			}
		})
	}
}

// A broker that goes away in the midst of it hears everything when it is back, the newest word on each thing last.
func TestOthersHearEveryStepWhenTheBrokerIsBack(t *testing.T) {
	o, stop, start := mosquittoOutside(t)
	start()
	o.listen(t)
	o.tell(t)
	require.Eventually(t, func() bool { o.mu.Lock(); defer o.mu.Unlock(); return o.n > 0 }, 10*time.Second, time.Millisecond)
	stop()
	start()
	require.Eventually(t, o.complete, time.Minute, 10*time.Millisecond)
	for topic, revisions := range o.heard {
		newest := int64(0)
		for _, r := range revisions {
			require.LessOrEqual(t, r, newest+1, "%s %v", topic, revisions)
			newest = max(newest, r)
		}
	}
}
