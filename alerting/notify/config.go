package notify

import (
	"fmt"
	"time"

	"zhihui/models"
)

// The bounds of a webhook's settings.
const (
	leastSecret    = 16
	leastTimeout   = 100 * time.Millisecond
	mostTimeout    = time.Minute
	defaultTimeout = 10 * time.Second
	mostWebhooks   = 32
)

// Config says who outside is told of alerts and orders. Without targets nothing is written, and nothing is sent but the
// dead-man's ping. Only the settings name targets: no URL ever comes from a request or an event.
type Config struct {
	Webhooks []Webhook     `yaml:"webhooks,omitempty"` // at most 32
	Deadman  DeadmanConfig `yaml:"deadman"`
	Broker   bool          `yaml:"-"` // events, alerts and orders are published as MQTT messages, where the settings of mqtt.out say
}

// DefaultConfig tells nobody.
func DefaultConfig() Config { return Config{Deadman: DefaultDeadman()} }

// Webhook is a server that gets each message as a signed POST.
type Webhook struct {
	Name    string          `yaml:"name"`              // unique; rows that wait keep it, so renaming leaves them behind
	URL     string          `yaml:"url"`               // http or https, without a user
	Secret  string          `yaml:"secret"`            // key of the HMAC-SHA256 signature, at least 16 bytes
	Timeout models.Duration `yaml:"timeout,omitempty"` // of one try, 100ms to 1m; 0 = 10s
}

// Validate returns an Invalid error about each setting that cannot be, joined. It repeats no secret.
func (c Config) Validate() error {
	var f models.Faults
	f.Add(len(c.Webhooks) <= mostWebhooks, "notify.webhooks", "at most %d targets, not %d", mostWebhooks, len(c.Webhooks))
	names := map[string]bool{}
	for i, w := range c.Webhooks {
		at := fmt.Sprintf("notify.webhooks[%d]", i)
		f.Add(!names[w.Name], at+".name", "%.64q names another target already", w.Name)
		names[w.Name] = true
		w.validate(at, &f)
	}
	c.Deadman.validate(&f)
	return f.Err()
}

func (w Webhook) validate(at string, f *models.Faults) {
	f.Add(models.ValidID(w.Name), at+".name", "must be an identifier of 1 to 64 letters, digits, dots, dashes")
	f.Add(isTarget(w.URL), at+".url", "must be an address such as https://host/path, without a user and without #")
	f.Add(len(w.Secret) >= leastSecret, at+".secret", "must have at least %d bytes", leastSecret)
	f.Add(w.Timeout == 0 || w.Timeout.Std() >= leastTimeout && w.Timeout.Std() <= mostTimeout,
		at+".timeout", "must be from %s to %s", leastTimeout, mostTimeout)
}

func (w Webhook) timeout() time.Duration {
	if w.Timeout == 0 {
		return defaultTimeout
	}
	return w.Timeout.Std()
}

// channel is what the rows of this target are marked with.
func (w Webhook) channel() string { return "webhook:" + w.Name }
