package ingest

import (
	"errors"
	"time"

	"zhihui/models"
)

// Config is how cameras are read. The zero Config is not valid: begin with DefaultConfig.
type Config struct {
	DialTimeout models.Duration `yaml:"dial_timeout"` // until a TCP connection stands
	Silence     models.Duration `yaml:"silence"`      // without an access unit for so long, a camera is offline; the first one may take twice as long
	RetryFirst  models.Duration `yaml:"retry_first"`  // from one try to the next after the first failure; doubles with each further one …
	RetryMost   models.Duration `yaml:"retry_most"`   // … up to this
	AuthRetry   models.Duration `yaml:"auth_retry"`   // pause after refused credentials: cameras lock out who tries too often
	Handshakes  int             `yaml:"handshakes"`   // cameras that are greeted at the same time
	GOPUnits    int             `yaml:"gop_units"`    // most access units of a camera kept for new readers
	GOPBytes    int             `yaml:"gop_bytes"`    // most bytes of a camera kept for new readers, and waiting for a slow one
	Networks    models.Reach    `yaml:"networks"`     // where cameras may be; none = everywhere but this machine, link-local and multicast
}

// DefaultConfig returns the settings for a hall: a dead camera is noticed well within 5 s of its last unit,
// one that returns plays within 2 s and its next key unit.
func DefaultConfig() Config {
	return Config{
		DialTimeout: models.Duration(1500 * time.Millisecond),
		Silence:     models.Duration(4 * time.Second),
		RetryFirst:  models.Duration(250 * time.Millisecond),
		RetryMost:   models.Duration(1200 * time.Millisecond),
		AuthRetry:   models.Duration(5 * time.Minute),
		Handshakes:  64,
		GOPUnits:    600,
		GOPBytes:    4 << 20,
	}
}

// Validate returns every field at fault as a models.Error, joined, or nil.
func (c Config) Validate() error {
	var f models.Faults
	durations := []struct {
		field    string
		value    models.Duration
		from, to time.Duration
	}{
		{"dial_timeout", c.DialTimeout, 100 * time.Millisecond, time.Minute},
		{"silence", c.Silence, time.Second, 5 * time.Minute},
		{"retry_first", c.RetryFirst, 10 * time.Millisecond, time.Minute},
		{"retry_most", c.RetryMost, c.RetryFirst.Std(), 10 * time.Minute},
		{"auth_retry", c.AuthRetry, time.Second, 24 * time.Hour},
	}
	for _, d := range durations {
		f.Add(d.value.Std() >= d.from && d.value.Std() <= d.to, d.field, "must be between %v and %v, it is %v", d.from, d.to, d.value)
	}
	numbers := []struct {
		field           string
		value, from, to int
	}{
		{"handshakes", c.Handshakes, 1, 10_000},
		{"gop_units", c.GOPUnits, 1, 10_000},
		{"gop_bytes", c.GOPBytes, 64 << 10, 256 << 20},
	}
	for _, n := range numbers {
		f.Add(n.value >= n.from && n.value <= n.to, n.field, "must be between %d and %d, it is %d", n.from, n.to, n.value)
	}
	return errors.Join(f.Err(), c.Networks.Validate("networks"))
}
