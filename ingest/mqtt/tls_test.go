package mqtt

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/bus"
	"zhihui/models/pki"
)

// certificates makes ca.pem, server.pem and client.pem with their keys, and returns their folder.
func certificates(t *testing.T) string {
	made, err := pki.NewCA("test", nil, time.Now())
	require.NoError(t, err)
	ca, err := pki.ReadCA(made.Cert, made.Key)
	require.NoError(t, err)
	dir := t.TempDir()
	put := func(name string, m pki.Made, err error) {
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".pem"), m.Cert, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".key"), m.Key, 0o600))
	}
	put("ca", made, nil)
	server, err := ca.Server([]string{"127.0.0.1"}, time.Now())
	put("server", server, err)
	client, err := ca.Client("hall", time.Now())
	put("client", client, err)
	return dir
}

// encrypted starts the product's own broker, which demands certificates.
func encrypted(t *testing.T, dir string) *bus.Bus {
	config := bus.DefaultConfig()
	config.MQTT = bus.MQTT{Address: "127.0.0.1:0", Username: username, Password: password, TLSCert: filepath.Join(dir, "server.pem"),
		TLSKey: filepath.Join(dir, "server.key"), TLSCA: filepath.Join(dir, "ca.pem")}
	b, err := bus.Start(config, t.TempDir(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return b
}

func TestReadsOverTLS(t *testing.T) {
	dir := certificates(t)
	b := encrypted(t, dir)
	c := config(b.MQTTAddress())
	c.URL = "ssl://" + b.MQTTAddress()
	c.TLSCert, c.TLSKey, c.TLSCA = filepath.Join(dir, "client.pem"), filepath.Join(dir, "client.key"), filepath.Join(dir, "ca.pem")
	h := start(t, c, sensor("water", "w", ""))
	require.Equal(t, models.GradeOK, h.Certificate().Check().Grade)
	self, err := b.MQTTDial()()
	require.NoError(t, err)
	d := paho.NewClient(paho.NewClientOptions().AddBroker(c.URL).SetTLSConfig(self).SetClientID("device").
		SetUsername(username).SetPassword(password).SetAutoReconnect(false))
	require.NoError(t, wait(t.Context(), d.Connect()))
	t.Cleanup(func() { d.Disconnect(100) })
	h.ready(t, d, "w", "water")
}

// In one process with the broker no files are needed.
func TestReadsFromOurOwnBrokerOverTLS(t *testing.T) {
	b := encrypted(t, certificates(t))
	c := config(b.MQTTAddress())
	c.URL = "ssl://" + b.MQTTAddress()
	client := NewClient(c, slog.New(slog.DiscardHandler), prometheus.NewRegistry(), nil, nil)
	require.Nil(t, client.Certificate())
	options, err := client.options(nil, newAnswers())
	require.NoError(t, err)
	require.Error(t, wait(t.Context(), paho.NewClient(options).Connect()), "this machine does not trust the site's authority")
	client.Encrypt(nil)
	client.Encrypt(b.MQTTDial())
	options, err = client.options(nil, newAnswers())
	require.NoError(t, err)
	own := paho.NewClient(options.SetClientID("own"))
	require.NoError(t, wait(t.Context(), own.Connect()))
	own.Disconnect(100)
}

func TestConfigOfTLS(t *testing.T) {
	for field, edit := range map[string]func(*Config){
		"tls_cert": func(c *Config) { c.URL, c.TLSCert = "ssl://a:1", "c" },
		"url":      func(c *Config) { c.URL, c.TLSCA = "tcp://a:1", "ca" },
	} {
		c := DefaultConfig()
		edit(&c)
		var fault *models.Error
		require.ErrorAs(t, c.Validate(), &fault)
		require.Equal(t, field, fault.Field)
	}
	c := DefaultConfig()
	c.URL, c.TLSCert = "ssl://a:1", filepath.Join(t.TempDir(), "none.pem")
	_, err := NewClient(c, slog.New(slog.DiscardHandler), prometheus.NewRegistry(), nil, nil).options(nil, newAnswers())
	require.ErrorContains(t, err, "none.pem cannot be used")
}
