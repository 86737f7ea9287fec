package mqtt

import (
	"log/slog"
	"net/url"
	"strings"

	"zhihui/models"
	"zhihui/models/pki"
)

// Config says where the sensors' messages come from, and where the hall's go. The zero Config is not valid: begin with
// DefaultConfig.
type Config struct {
	Broker   `yaml:",inline"`
	Wildcard string `yaml:"wildcard"`  // one subscription for every sensor, such as "#"; "" = exactly the sensors' topics
	QoS      int    `yaml:"qos"`       // of the subscriptions, 0 or 1
	Session  bool   `yaml:"session"`   // the broker keeps messages at QoS 1 for us while we are away
	InFlight int    `yaml:"in_flight"` // messages at QoS 1 that the broker hands over before it waits for an answer, 1 to 65535
	Out      Broker `yaml:"out"`       // hears every event, alert and order; a URL of Embedded is the embedded broker's listener, "" nobody
}

// Embedded stands for the URL of the embedded broker.
const Embedded = "embedded"

// Broker says how to connect to a broker.
type Broker struct {
	URL      string `yaml:"url"` // tcp://host:1883 or ssl://host:8883, without credentials; "" = the embedded broker's listener where there is one, else none
	Username string `yaml:"username"`
	Password string `yaml:"password"`
	TLSCert  string `yaml:"tls_cert"`  // PEM file, with TLSKey, by which we show who we are over ssl://; "" = nothing
	TLSKey   string `yaml:"tls_key"`   // PEM file
	TLSCA    string `yaml:"tls_ca"`    // PEM file of who signs the broker's certificate; "" = whom this machine trusts
	ClientID string `yaml:"client_id"` // must be unique at the broker
}

// DefaultConfig returns the embedded broker, where one subscription for everything costs least, and publishes nothing. Another
// one hands over 20 messages at a time, as mosquitto does.
func DefaultConfig() Config {
	return Config{Broker: Broker{ClientID: "zhihui"}, Wildcard: "#", QoS: 1, Session: true, InFlight: 20, Out: Broker{ClientID: "zhihui-out"}}
}

// Validate returns every field at fault as a models.Error, joined, or nil.
func (c Config) Validate() error {
	var f models.Faults
	c.Broker.validate("", &f)
	if c.Out.URL != Embedded {
		c.Out.validate("out.", &f)
	}
	f.Add(c.QoS == 0 || c.QoS == 1, "qos", "must be 0 or 1, it is %d", c.QoS)
	f.Add(c.InFlight >= 1 && c.InFlight <= 1<<16-1, "in_flight", "must be from 1 to 65535, it is %d", c.InFlight)
	f.Add(len(c.Wildcard) <= maxTopic && !strings.Contains(c.Wildcard, "\x00"), "wildcard", "must be an MQTT topic filter of at most %d bytes", maxTopic)
	return f.Err()
}

func (b Broker) validate(at string, f *models.Faults) {
	u, err := url.Parse(b.URL)
	f.Add(err == nil && (b.URL == "" || u.Host != "" && (u.Scheme == "tcp" || u.Scheme == "ssl")), at+"url", "must be tcp://host:port or ssl://host:port")
	f.Add(err != nil || u.User == nil, at+"url", "must hold no credentials; set username and password")
	f.Add((b.TLSCert == "") == (b.TLSKey == ""), at+"tls_cert", "a certificate needs tls_cert and tls_key, or neither")
	f.Add(b.TLSCert == "" && b.TLSCA == "" || strings.HasPrefix(b.URL, "ssl://"), at+"url", "certificates are for ssl://host:port alone")
	f.Add(b.ClientID != "" && len(b.ClientID) <= maxClientID, at+"client_id", "must be 1 to %d characters", maxClientID)
}

func (b Broker) identity(of string, log *slog.Logger) *pki.Identity {
	return pki.New(of, pki.Files{Cert: b.TLSCert, Key: b.TLSKey, CA: b.TLSCA}, log)
}

const (
	maxClientID = 64
	maxTopic    = 256 // bytes
)

// topicFault names what is wrong with a sensor's topic, "" when nothing.
func topicFault(topic string) string {
	switch {
	case topic == "":
		return "no_topic"
	case len(topic) > maxTopic:
		return "long_topic"
	case strings.ContainsAny(topic, "+#\x00"):
		return "wildcard_topic"
	case strings.HasPrefix(topic, "$"):
		return "dollar_topic"
	}
	return ""
}
