package bus

import (
	"net"
	"strings"
	"time"

	"zhihui/models"
	"zhihui/models/pki"
)

// Config says which broker carries the events. The zero Config is not valid: begin with DefaultConfig.
type Config struct {
	URL      string          `yaml:"url"`       // of a NATS cluster with JetStream, such as nats://a:4222,nats://b:4222; "" = embedded
	Username string          `yaml:"username"`  // at the cluster
	Password string          `yaml:"password"`  // at the cluster
	Replicas int             `yaml:"replicas"`  // copies of each stream: 1, or 3 in a cluster of three and more
	MaxAge   models.Duration `yaml:"max_age"`   // how long events are kept, handled or not
	MaxBytes int64           `yaml:"max_bytes"` // of kept events; when full, publishing fails until the oldest age out
	MQTT     MQTT            `yaml:"mqtt"`
}

// MQTT is the embedded broker's listener for sensors, MQTT 3.1.1. With a cluster it is not used.
type MQTT struct {
	Address  string `yaml:"address"` // host:port, port 0 = any free one; "" = no listener
	Username string `yaml:"username"`
	Password string `yaml:"password"` // at most 72 bytes
	TLSCert  string `yaml:"tls_cert"` // PEM file, with TLSKey; a new one is taken up without a restart; "" = plain MQTT
	TLSKey   string `yaml:"tls_key"`  // PEM file
	TLSCA    string `yaml:"tls_ca"`   // PEM file of who signs the sensors' certificates; "" = they need none
	Insecure bool   `yaml:"insecure"` // plain MQTT is meant, whoever listens on the way
}

// maxPassword is what bcrypt takes, in bytes.
const maxPassword = 72

// DefaultConfig returns the embedded broker without an MQTT listener, keeping events for 7 days and up to 1 GiB.
func DefaultConfig() Config {
	return Config{Replicas: 1, MaxAge: models.Duration(7 * 24 * time.Hour), MaxBytes: 1 << 30}
}

// Validate returns every field at fault as a models.Error, joined, or nil.
func (c Config) Validate() error {
	var f models.Faults
	f.Add(c.Replicas >= 1 && c.Replicas <= 5, "replicas", "must be between 1 and 5, it is %d", c.Replicas)
	f.Add(c.URL != "" || c.Replicas <= 1, "replicas", "the embedded broker keeps one copy; set url to use a cluster")
	f.Add(!strings.Contains(c.URL, "@"), "url", "must hold no credentials; set username and password")
	f.Add(c.MaxAge.Std() >= time.Hour, "max_age", "must be 1h or more, it is %v", c.MaxAge)
	f.Add(c.MaxBytes >= 1<<20, "max_bytes", "must be 1048576 (1 MiB) or more, it is %d", c.MaxBytes)
	m := c.MQTT
	f.Add((m.TLSCert == "") == (m.TLSKey == ""), "mqtt.tls_cert", "TLS needs tls_cert and tls_key, or neither")
	f.Add(m.TLSCA == "" || m.TLSCert != "", "mqtt.tls_ca", "sensors show certificates only over TLS: set tls_cert and tls_key too")
	if m.Address != "" {
		_, _, err := net.SplitHostPort(m.Address)
		f.Add(c.URL == "", "mqtt.address", "the MQTT listener belongs to the embedded broker; with url set, leave it out")
		f.Add(m.Username != "" && m.Password != "", "mqtt.username", "the MQTT listener needs username and password")
		f.Add(err == nil, "mqtt.address", "must be host:port such as 0.0.0.0:1883, it is %q", m.Address)
		f.Add(len(m.Password) <= maxPassword, "mqtt.password", "must be at most %d bytes", maxPassword)
		f.Add(err != nil || !m.exposed() || m.Insecure, "mqtt.address", "the sensors' password would cross the network unencrypted: "+
			"set tls_cert and tls_key (zhihui cert makes them), or listen on 127.0.0.1, not on %.80q; insecure: true if it is meant", m.Address)
	}
	return f.Err()
}

// exposed tells whether others on the network could read what sensors send.
func (m MQTT) exposed() bool {
	host, _, _ := net.SplitHostPort(m.Address)
	return m.Address != "" && m.TLSCert == "" && !pki.Loopback(host)
}
