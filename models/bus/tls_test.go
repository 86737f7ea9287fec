package bus

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/pki"
)

// site is a folder with ca.pem, server.pem and client.pem, and their keys.
type site struct {
	t   *testing.T
	dir string
	ca  *pki.Authority
}

func newSite(t *testing.T) *site {
	made, err := pki.NewCA("test", nil, time.Now())
	require.NoError(t, err)
	s := &site{t: t, dir: t.TempDir()}
	s.ca, err = pki.ReadCA(made.Cert, made.Key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(s.path("ca.pem"), made.Cert, 0o600))
	s.renew()
	client, err := s.ca.Client("pump-7", time.Now())
	s.put("client", client, err)
	return s
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) put(name string, m pki.Made, err error) {
	require.NoError(s.t, err)
	require.NoError(s.t, os.WriteFile(s.path(name+".key"), m.Key, 0o600))
	require.NoError(s.t, os.WriteFile(s.path(name+".pem"), m.Cert, 0o600))
}

func (s *site) renew() {
	m, err := s.ca.Server([]string{"127.0.0.1"}, time.Now())
	s.put("server", m, err)
}

func (s *site) listen(c *Config) {
	withMQTT(c)
	c.MQTT.TLSCert, c.MQTT.TLSKey = s.path("server.pem"), s.path("server.key")
}

// client is the TLS side of a sensor, with the certificate of that name; "" = none.
func (s *site) client(name string) *tls.Config {
	files := pki.Files{CA: s.path("ca.pem")}
	if name != "" {
		files.Cert, files.Key = s.path(name+".pem"), s.path(name+".key")
	}
	config, err := pki.New("sensor", files, slog.New(slog.DiscardHandler)).Client()
	require.NoError(s.t, err)
	return config
}

func dialTLS(b *Bus, config *tls.Config) (mqtt.Client, error) {
	c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("ssl://" + b.MQTTAddress()).SetTLSConfig(config).
		SetUsername("sensor").SetPassword("se cr$t\"").SetClientID(rand.Text()).SetAutoReconnect(false))
	token := c.Connect()
	token.Wait()
	return c, token.Error()
}

func TestSensorsOverTLS(t *testing.T) {
	s := newSite(t)
	b := startBus(t, t.TempDir(), s.listen)
	heard := make(chan string, 10)
	device, err := dialTLS(b, s.client(""))
	require.NoError(t, err)
	defer device.Disconnect(0)
	require.True(t, device.Subscribe("water", 1, func(_ mqtt.Client, m mqtt.Message) { heard <- string(m.Payload()) }).WaitTimeout(5*time.Second))
	require.True(t, device.Publish("water", 1, false, "1.5").WaitTimeout(5*time.Second))
	require.Equal(t, "1.5", hear(t, heard))
	self, err := b.MQTTDial()()
	require.NoError(t, err)
	own, err := dialTLS(b, self)
	require.NoError(t, err)
	own.Disconnect(0)
	stranger := self.Clone()
	stranger.InsecureSkipVerify, stranger.VerifyConnection = false, nil
	_, err = dialTLS(b, stranger)
	require.Error(t, err, "who trusts nobody of this site")
	_, err = dial(b, "sensor", "se cr$t\"")
	require.Error(t, err, "plain MQTT finds no ear")

	first := s.shown(b)
	s.renew()
	require.Eventually(t, func() bool { return !bytes.Equal(first, s.shown(b)) }, 10*time.Second, 20*time.Millisecond)
	require.True(t, device.Publish("water", 1, false, "1.6").WaitTimeout(5*time.Second))
	require.Equal(t, "1.6", hear(t, heard), "who is connected stays so")
	require.Equal(t, models.GradeOK, b.Certificate().Check().Grade)
}

// shown is the certificate of the listener.
func (s *site) shown(b *Bus) []byte {
	c, err := tls.Dial("tcp", b.MQTTAddress(), s.client(""))
	require.NoError(s.t, err)
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].Raw
}

func TestSensorsWithCertificates(t *testing.T) {
	s := newSite(t)
	b := startBus(t, t.TempDir(), s.listen, func(c *Config) { c.MQTT.TLSCA = s.path("ca.pem") })
	_, err := dialTLS(b, s.client(""))
	require.Error(t, err)
	device, err := dialTLS(b, s.client("client"))
	require.NoError(t, err)
	device.Disconnect(0)
	self, err := b.MQTTDial()()
	require.NoError(t, err)
	own, err := dialTLS(b, self)
	require.NoError(t, err, "we need no certificate from ourselves")
	own.Disconnect(0)
}

// Another maker's client, over OpenSSL.
func TestMosquittoOverTLS(t *testing.T) {
	pub, err := exec.LookPath("mosquitto_pub")
	if err != nil {
		t.Skip("mosquitto_pub is not installed (mosquitto-clients)")
	}
	s := newSite(t)
	b := startBus(t, t.TempDir(), s.listen, func(c *Config) { c.MQTT.TLSCA = s.path("ca.pem") })
	heard := make(chan string, 1)
	device, err := dialTLS(b, s.client("client"))
	require.NoError(t, err)
	defer device.Disconnect(0)
	require.True(t, device.Subscribe("wind", 1, func(_ mqtt.Client, m mqtt.Message) { heard <- string(m.Payload()) }).WaitTimeout(5*time.Second))
	host, port, err := net.SplitHostPort(b.MQTTAddress())
	require.NoError(t, err)
	args := []string{"-h", host, "-p", port, "-u", "sensor", "-P", "se cr$t\"", "-t", "wind", "-m", "12", "-q", "1", "--cafile", s.path("ca.pem")}
	said, err := exec.Command(pub, args...).CombinedOutput()
	require.Error(t, err, "without a certificate: %s", said)
	said, err = exec.Command(pub, append(args, "--cert", s.path("client.pem"), "--key", s.path("client.key"))...).CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.Equal(t, "12", hear(t, heard))
}

func TestTheStartSaysWhoCanListen(t *testing.T) {
	for want, edit := range map[string]func(*Config){
		"":                          withMQTT,
		"because bus.mqtt.insecure": func(c *Config) { withMQTT(c); c.MQTT.Address, c.MQTT.Insecure = "0.0.0.0:0", true },
	} {
		config := DefaultConfig()
		edit(&config)
		require.NoError(t, config.Validate())
		var said bytes.Buffer
		b, err := Start(config, t.TempDir(), slog.New(slog.NewTextHandler(io.Writer(&said), &slog.HandlerOptions{Level: slog.LevelWarn})))
		require.NoError(t, err)
		b.Close()
		require.Contains(t, said.String(), want)
		require.LessOrEqual(t, strings.Count(said.String(), "\n"), 1, "nothing else is worth a warning")
		require.Equal(t, want == "", said.Len() == 0, said.String())
		require.Nil(t, b.MQTTDial())
	}
	s := newSite(t)
	config := DefaultConfig()
	s.listen(&config)
	require.NoError(t, os.Remove(s.path("server.key")))
	_, err := Start(config, t.TempDir(), slog.New(slog.DiscardHandler))
	var fault *models.Error
	require.ErrorAs(t, err, &fault)
	require.Equal(t, "mqtt.tls_cert", fault.Field)
}

func TestConfigOfTLS(t *testing.T) {
	for field, spoil := range map[string]func(*MQTT){
		"mqtt.address":  func(m *MQTT) { m.Address = "0.0.0.0:1883" },
		"mqtt.tls_cert": func(m *MQTT) { m.TLSCert = "c" },
		"mqtt.tls_ca":   func(m *MQTT) { m.TLSCA = "ca" },
		"mqtt.password": func(m *MQTT) { m.Password = strings.Repeat("x", 73) },
	} {
		c := DefaultConfig()
		withMQTT(&c)
		spoil(&c.MQTT)
		var fault *models.Error
		require.ErrorAs(t, c.Validate(), &fault, field)
		require.Equal(t, field, fault.Field)
	}
	c := DefaultConfig()
	withMQTT(&c)
	c.MQTT.Address, c.MQTT.TLSCert, c.MQTT.TLSKey, c.MQTT.TLSCA = ":8883", "c", "k", "ca"
	require.NoError(t, c.Validate())
}

func hear(t *testing.T, heard <-chan string) string {
	t.Helper()
	select {
	case s := <-heard:
		return s
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was heard")
		return ""
	}
}
