package bus

import (
	"crypto/tls"
	"log/slog"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/crypto/bcrypt"

	"zhihui/models"
	"zhihui/models/pki"
)

// handshakeWithin is what a sensor gets for its TLS handshake, in seconds: a small one calculates for long.
const handshakeWithin = 10

// encrypt sets the listener's TLS where the settings name a certificate.
func (b *broker) encrypt(o *server.Options) (err error) {
	if b.identity == nil {
		return nil
	}
	if o.MQTT.TLSConfig, err = b.identity.Server(); err != nil {
		return models.FieldError("mqtt.tls_cert", "%v", err)
	}
	o.MQTT.TLSTimeout = handshakeWithin
	return nil
}

// identity is what the listener shows; nil without TLS.
func (c MQTT) identity(log *slog.Logger) *pki.Identity {
	if c.Address == "" || c.TLSCert == "" {
		return nil
	}
	return pki.New("mqtt", pki.Files{Cert: c.TLSCert, Key: c.TLSKey, CA: c.TLSCA}, log)
}

// hash is how the broker keeps a password. It lives in memory alone, beside the settings, so a high cost would only hold up
// the sensors that come back together after a power cut.
func hash(password string) (string, error) {
	h, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	return string(h), err
}

// Certificate is what the MQTT listener shows; nil when there is none, or no TLS.
func (b *Bus) Certificate() *pki.Identity {
	if b.broker == nil {
		return nil
	}
	return b.broker.identity
}

// MQTTDial returns the TLS settings with which this process reaches its own MQTT listener; nil where that has none.
func (b *Bus) MQTTDial() func() (*tls.Config, error) {
	if b.Certificate() == nil {
		return nil
	}
	return b.Certificate().Self
}
