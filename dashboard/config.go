package dashboard

import (
	"net"
	"net/netip"
	"strconv"
	"time"

	"zhihui/dashboard/auth"
	"zhihui/models"
	"zhihui/models/pki"
)

// Config says where people reach the hall.
type Config struct {
	Listen         string   `yaml:"listen"`          // host:port
	TLSCert        string   `yaml:"tls_cert"`        // PEM file, with TLSKey; a new one is taken up without a restart; "" = plain HTTP
	TLSKey         string   `yaml:"tls_key"`         // PEM file
	Insecure       bool     `yaml:"insecure"`        // plain HTTP is meant, whoever listens on the way
	WallGuest      bool     `yaml:"wall_guest"`      // this machine's own browser shows the wall without a login, and may only look
	TrustedProxies []string `yaml:"trusted_proxies"` // addresses or CIDRs whose X-Forwarded-For counts
	Metrics        []string `yaml:"metrics"`         // addresses or CIDRs that may read /metrics, beside this machine; proxies hide them

	// RateLimit is how many requests a second of one account at one address are answered, in the long run; four times as many at
	// once. All who are not logged in share half of it by address.
	RateLimit int `yaml:"rate_limit"`

	// SessionLifetime is how long a person's login lasts at most, SessionIdle how long without a request or an open stream: a
	// console that is in use is not cut off in the middle of a shift. A wall with a token has no end, and an account that is
	// disabled is out at once whatever this says.
	SessionLifetime models.Duration `yaml:"session_lifetime"`
	SessionIdle     models.Duration `yaml:"session_idle"`

	OIDC auth.OIDCConfig `yaml:"oidc"`
}

// DefaultConfig serves this machine alone; a login lasts 30 days, 12 hours of them unused.
func DefaultConfig() Config {
	return Config{Listen: "127.0.0.1:8080", RateLimit: 100, SessionLifetime: models.Duration(30 * 24 * time.Hour), SessionIdle: models.Duration(12 * time.Hour),
		OIDC: auth.DefaultOIDC()}
}

// Validate tells everything that is wrong with c, by field.
func (c Config) Validate() error {
	var f models.Faults
	host, port, err := net.SplitHostPort(c.Listen)
	_, portErr := strconv.ParseUint(port, 10, 16)
	f.Add(err == nil, "listen", "%.80q is no address, write host:port such as 127.0.0.1:8080", c.Listen)
	f.Add(err != nil || portErr == nil, "listen", "%.20q is no port, write a number from 0 to 65535", port)
	f.Add(err != nil || !c.WallGuest || pki.Loopback(host), "wall_guest",
		"a wall without a login is for this machine alone: listen on 127.0.0.1, not on %.80q, or take wall_guest away", host)
	f.Add(err != nil || pki.Loopback(host) || c.TLSCert != "" || c.Insecure, "listen", "passwords would cross the network unencrypted: "+
		"set tls_cert and tls_key (zhihui cert makes them), or listen on 127.0.0.1, not on %.80q; insecure: true if it is meant", host)
	f.Add(c.SessionLifetime.Std() >= time.Minute, "session_lifetime", "a login lasts a minute at least, such as 12h, not %s", c.SessionLifetime)
	f.Add(c.SessionIdle.Std() >= 2*time.Minute, "session_idle", "an unused login lasts 2 minutes at least, such as 12h, not %s", c.SessionIdle)
	if err := c.OIDC.Validate(); err != nil {
		f = append(f, err)
	}
	f.Add((c.TLSCert == "") == (c.TLSKey == ""), "tls_cert", "TLS needs tls_cert and tls_key, or neither")
	f.Add(c.RateLimit >= 10 && c.RateLimit <= 100_000, "rate_limit", "write a number of requests a second from 10 to 100000, not %d", c.RateLimit)
	areNetworks(&f, "trusted_proxies", c.TrustedProxies)
	areNetworks(&f, "metrics", c.Metrics)
	return f.Err()
}

func areNetworks(f *models.Faults, field string, all []string) {
	for _, n := range all {
		_, err := network(n)
		f.Add(err == nil, field, "%.80q is neither an address nor a network such as 10.0.0.0/8", n)
	}
}

// network reads an address, or a network such as 10.0.0.0/8.
func network(s string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(s); err == nil {
		return ip.Prefix(ip.BitLen())
	}
	return netip.ParsePrefix(s)
}

// secure tells whether browsers reach us over TLS: ours, or that of a proxy on this machine that we are told to trust.
func (c Config) secure() bool {
	return c.TLSCert != "" || len(c.TrustedProxies) > 0 && !c.Insecure
}
