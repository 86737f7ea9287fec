package mqtt

import (
	"net/url"
	"strings"

	"zhihui/models"
)

// Config says where the sensors' messages come from. The zero Config is not valid: begin with DefaultConfig.
type Config struct {
	URL      string `yaml:"url"` // tcp://host:1883 or ssl://host:8883, without credentials; "" = the embedded broker's listener where there is one, else none
	Username string `yaml:"username"`
	Password string `yaml:"password"`
	TLSCert  string `yaml:"tls_cert"`  // PEM file, with TLSKey, by which we show who we are over ssl://; "" = nothing
	TLSKey   string `yaml:"tls_key"`   // PEM file
	TLSCA    string `yaml:"tls_ca"`    // PEM file of who signs the broker's certificate; "" = whom this machine trusts
	ClientID string `yaml:"client_id"` // must be unique at the broker
	Wildcard string `yaml:"wildcard"`  // one subscription for every sensor, such as "#"; "" = exactly the sensors' topics
	QoS      int    `yaml:"qos"`       // of the subscriptions, 0 or 1
}

// DefaultConfig returns the embedded broker, where one subscription for everything costs least.
func DefaultConfig() Config { return Config{ClientID: "zhihui", Wildcard: "#", QoS: 1} }

// Validate returns every field at fault as a models.Error, joined, or nil.
func (c Config) Validate() error {
	var f models.Faults
	u, err := url.Parse(c.URL)
	f.Add(err == nil && (c.URL == "" || u.Host != "" && (u.Scheme == "tcp" || u.Scheme == "ssl")), "url", "must be tcp://host:port or ssl://host:port")
	f.Add(err != nil || u.User == nil, "url", "must hold no credentials; set username and password")
	f.Add((c.TLSCert == "") == (c.TLSKey == ""), "tls_cert", "a certificate needs tls_cert and tls_key, or neither")
	f.Add(c.TLSCert == "" && c.TLSCA == "" || strings.HasPrefix(c.URL, "ssl://"), "url", "certificates are for ssl://host:port alone")
	f.Add(c.ClientID != "" && len(c.ClientID) <= maxClientID, "client_id", "must be 1 to %d characters", maxClientID)
	f.Add(c.QoS == 0 || c.QoS == 1, "qos", "must be 0 or 1, it is %d", c.QoS)
	f.Add(len(c.Wildcard) <= maxTopic && !strings.Contains(c.Wildcard, "\x00"), "wildcard", "must be an MQTT topic filter of at most %d bytes", maxTopic)
	return f.Err()
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
