package mqtt

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// mosquitto is the broker that sites run most, with TLS and a password, as a process of its own.
type mosquitto struct {
	t        *testing.T
	dir      string
	address  string
	program  string
	password string
	running  *exec.Cmd
}

// startMosquitto starts the broker; the test is skipped where it is not installed.
func startMosquitto(t *testing.T) *mosquitto {
	t.Helper()
	program, err := exec.LookPath("mosquitto")
	if err != nil {
		program = "/usr/sbin/mosquitto" // not on the path of everybody
	}
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("mosquitto is not installed")
	}
	m := &mosquitto{t: t, dir: certificates(t), program: program, password: password}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.address = l.Addr().String()
	require.NoError(t, l.Close())
	_, port, err := net.SplitHostPort(m.address)
	require.NoError(t, err)
	said, err := exec.Command("mosquitto_passwd", "-b", "-c", m.path("passwords"), username, password).CombinedOutput()
	require.NoError(t, err, "%s", said)
	settings := fmt.Sprintf("listener %s 127.0.0.1\ncertfile %s\nkeyfile %s\nallow_anonymous false\npassword_file %s\n"+
		"persistence true\npersistence_location %s/\nlog_dest none\n", port, m.path("server.pem"), m.path("server.key"), m.path("passwords"), m.dir)
	if os.Geteuid() == 0 {
		settings += "user root\n" // else it gives up the rights by which it reads the files above
	}
	require.NoError(t, os.WriteFile(m.path("mosquitto.conf"), []byte(settings), 0o600))
	m.start()
	t.Cleanup(m.stop)
	return m
}

func (m *mosquitto) path(name string) string { return filepath.Join(m.dir, name) }

func (m *mosquitto) start() {
	m.t.Helper()
	m.running = exec.Command(m.program, "-c", m.path("mosquitto.conf"))
	require.NoError(m.t, m.running.Start())
	eventually(m.t, "mosquitto listens", func() bool {
		c, err := net.Dial("tcp", m.address)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// stop ends the broker as a reboot does: what is retained is written first.
func (m *mosquitto) stop() {
	if m.running == nil {
		return
	}
	require.NoError(m.t, m.running.Process.Signal(syscall.SIGTERM))
	_ = m.running.Wait() // it is gone, whatever it says
	m.running = nil
}

func (m *mosquitto) config() Config {
	c := config(m.address)
	c.URL, c.TLSCA = "ssl://"+m.address, m.path("ca.pem")
	return c
}

// publish is what a device does that speaks MQTT 5.
func (m *mosquitto) publish(topic, payload string, more ...string) {
	m.t.Helper()
	host, port, err := net.SplitHostPort(m.address)
	require.NoError(m.t, err)
	args := []string{"-V", "5", "-h", host, "-p", port, "--cafile", m.path("ca.pem"), "-u", username, "-P", password, "-q", "1", "-t", topic, "-m", payload}
	said, err := exec.Command("mosquitto_pub", append(args, more...)...).CombinedOutput()
	require.NoError(m.t, err, "%s", said)
}

// kept are the values that came marked as kept by the broker.
func (h *hall) kept(id string) (values []float64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.readings {
		if r.Sensor == id && r.Kept {
			values = append(values, r.Value)
		}
	}
	return values
}

func TestMQTT5DevicesComeThroughMosquitto(t *testing.T) {
	m := startMosquitto(t)
	h := start(t, m.config(), sensor("water", "site/water", "data.level"))
	eventually(t, "connected", h.Connected)
	eventually(t, "a reading with the properties of MQTT 5", func() bool {
		m.publish("site/water", `{"data":{"level":1.5}}`, "-D", "PUBLISH", "content-type", "application/json", "-D", "PUBLISH", "user-property", "site", "hean")
		return slices.Contains(h.values("water"), 1.5)
	})
	require.Equal(t, models.SensorOK, h.status("water").State)
	require.Empty(t, h.kept("water"))
}

func TestAWrongPasswordAtMosquitto(t *testing.T) {
	m := startMosquitto(t)
	c := m.config()
	c.Password = "s3cret-but-wrong"
	h := start(t, c)
	eventually(t, "it says so", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return strings.Contains(h.log.String(), "no connection to the MQTT broker")
	})
	require.False(t, h.Connected())
}

// What mosquitto keeps is told to who comes, again and again, and is never a sign that the sensor lives.
func TestWhatMosquittoKeepsIsNoSignOfLife(t *testing.T) {
	m := startMosquitto(t)
	m.publish("site/water", "5", "-r")
	h := start(t, m.config(), sensor("water", "site/water", ""), sensor("wind", "site/wind", ""))
	eventually(t, "the kept value", func() bool { return slices.Equal(h.kept("water"), []float64{5}) })
	require.Equal(t, models.SensorWaiting, h.status("water").State, "it may be years old")

	m.stop()
	eventually(t, "lost", func() bool { return testutil.ToFloat64(h.count.connected) == 0 })
	m.start()
	eventually(t, "connected", h.Connected)
	eventually(t, "live again", func() bool { m.publish("site/wind", "1"); return len(h.values("wind")) > 0 })
	require.Equal(t, []float64{5}, h.values("water"), "repeated to a new connection")
	require.Equal(t, models.SensorWaiting, h.status("water").State)

	m.publish("site/water", "6", "-r")
	eventually(t, "a sensor that lives", func() bool { return slices.Equal(h.values("water"), []float64{5, 6}) })
	require.Equal(t, []float64{5}, h.kept("water"), "who is connected hears it as it is said")
	require.Equal(t, models.SensorOK, h.status("water").State)
}

// While nobody listens a sensor goes on: what it said last and had kept is judged; what nobody kept does not come late.
func TestWhatWasSaidWhileTheConnectionWasAway(t *testing.T) {
	m := startMosquitto(t)
	sensors := []models.Sensor{sensor("water", "site/water", ""), sensor("wind", "site/wind", "")}
	m.publish("site/water", "1", "-r")
	for i := 2; i < 9; i++ {
		m.publish("site/water", fmt.Sprint(i), "-r")
		m.publish("site/wind", fmt.Sprint(i))
	}
	h := start(t, m.config(), sensors...)
	eventually(t, "the newest", func() bool { return slices.Equal(h.kept("water"), []float64{8}) })
	eventually(t, "live", func() bool { m.publish("site/wind", "1"); return len(h.values("wind")) > 0 })
	require.NotContains(t, h.values("wind"), 8.0)
}

// A device that thinks it is 1970, or next year: our clock times everything.
func TestTheClockOfADeviceIsNotAsked(t *testing.T) {
	address := embedded(t)
	d := device(t, address)
	h := start(t, config(address), sensor("water", "w", "v"), sensor("ready", "r", ""))
	h.ready(t, d, "r", "ready")
	before := models.At(time.Now())
	for _, ts := range []string{"0", "-1", "1893456000000", `"1970-01-01T00:00:00Z"`} {
		require.NoError(t, wait(t.Context(), d.Publish("w", 1, false, fmt.Sprintf(`{"ts":%s,"v":3}`, ts))))
	}
	eventually(t, "all", func() bool { return len(h.values("water")) == 4 })
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.readings {
		require.GreaterOrEqual(t, r.At, before-60_000)
		require.LessOrEqual(t, r.At, models.At(time.Now()))
	}
}

// A device that has not seen the answer sends the same again. A broker may hand both on: they are two readings of the same
// value, of which neither a threshold nor a rate makes more than of one.
func TestAMessageThatIsSentAgain(t *testing.T) {
	m := startMosquitto(t)
	own := embedded(t)
	secure, err := m.config().identity("device", slog.New(slog.DiscardHandler)).Client()
	require.NoError(t, err)
	for name, at := range map[string]struct {
		config Config
		dial   func() (net.Conn, error)
	}{
		"mosquitto": {m.config(), func() (net.Conn, error) { return tls.Dial("tcp", m.address, secure) }},
		"embedded":  {config(own), func() (net.Conn, error) { return net.Dial("tcp", own) }},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, at.config, sensor("water", "w", ""), sensor("ready", "r", ""))
			c := at.config
			c.ClientID = "ready"
			d := publisher(t, c)
			eventually(t, "subscription", func() bool { return say(t, d, "r", []byte("1")) == nil && len(h.values("ready")) > 0 })
			conn, err := at.dial()
			require.NoError(t, err)
			defer conn.Close()
			sendTwice(t, conn, "w", "7")
			require.NoError(t, say(t, d, "r", []byte("2")))
			eventually(t, "what came after", func() bool { return slices.Contains(h.values("ready"), 2) })
			eventually(t, "it came", func() bool { return len(h.values("water")) > 0 })
			require.Subset(t, []float64{7}, h.values("water"))
			require.LessOrEqual(t, len(h.values("water")), 2)
			require.Zero(t, h.status("water").BadPayloads)
		})
	}
}

func publisher(t *testing.T, c Config) *Publisher {
	p := NewPublisher(c.Broker, nil, slog.New(slog.DiscardHandler))
	t.Cleanup(p.Close)
	return p
}

// say publishes one message.
func say(t *testing.T, p *Publisher, topic string, payload []byte) error {
	_, err := p.Publish(t.Context(), func(yield func(string, []byte) bool) { yield(topic, payload) })
	return err
}

// A publisher goes on when its broker comes back, and says so until then.
func TestAPublisherOutlivesItsBroker(t *testing.T) {
	m := startMosquitto(t)
	h := start(t, m.config(), sensor("water", "w", ""))
	eventually(t, "connected", h.Connected)
	c := m.config()
	c.ClientID = "out"
	p := publisher(t, c)
	eventually(t, "heard", func() bool {
		return say(t, p, "w", []byte("1")) == nil && slices.Contains(h.values("water"), 1)
	})
	m.stop()
	require.Error(t, say(t, p, "w", []byte("2")))
	require.Error(t, say(t, p, "w", []byte("2")))
	m.start()
	eventually(t, "back", h.Connected)
	eventually(t, "heard again", func() bool {
		return say(t, p, "w", []byte("3")) == nil && slices.Contains(h.values("water"), 3)
	})
	p.Close()
	require.NoError(t, say(t, p, "w", []byte("4")), "it connects when it is needed")
	c.TLSCA = m.path("none.pem")
	require.ErrorContains(t, say(t, publisher(t, c), "w", nil), "none.pem cannot be used")
}

// sendTwice speaks MQTT 3.1.1 by hand: a PUBLISH at QoS 1, and the same again, marked as such, before any answer.
func sendTwice(t *testing.T, conn net.Conn, topic, payload string) {
	t.Helper()
	require.NoError(t, conn.SetDeadline(time.Now().Add(5*time.Second)))
	hello := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	hello.ProtocolName, hello.ProtocolVersion, hello.ClientIdentifier, hello.CleanSession = "MQTT", 4, "again", true
	hello.UsernameFlag, hello.PasswordFlag, hello.Username, hello.Password, hello.Keepalive = true, true, username, []byte(password), 10
	require.NoError(t, hello.Write(conn))
	answer, err := packets.ReadPacket(conn)
	require.NoError(t, err)
	require.IsType(t, &packets.ConnackPacket{}, answer)
	for _, again := range []bool{false, true} {
		p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
		p.Qos, p.Dup, p.MessageID, p.TopicName, p.Payload = 1, again, 1, topic, []byte(payload)
		require.NoError(t, p.Write(conn))
	}
	for range 2 {
		answer, err = packets.ReadPacket(conn)
		require.NoError(t, err)
		require.IsType(t, &packets.PubackPacket{}, answer)
	}
}
