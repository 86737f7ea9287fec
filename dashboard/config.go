package dashboard

import (
	"net"
	"net/netip"
	"strconv"
	"time"

	"zhihui/models"
)

// Config says where people reach the hall.
type Config struct {
	Listen         string   `yaml:"listen"`          // host:port
	TLSCert        string   `yaml:"tls_cert"`        // PEM file, with TLSKey; "" = plain HTTP
	TLSKey         string   `yaml:"tls_key"`         // PEM file
	WallGuest      bool     `yaml:"wall_guest"`      // this machine's own browser shows the wall without a login, and may only look
	TrustedProxies []string `yaml:"trusted_proxies"` // addresses or CIDRs whose X-Forwarded-For counts

	// SessionLifetime is how long a login lasts. A wall hangs for weeks and must not turn into a login page overnight; an
	// account that is disabled is out at once whatever this says.
	SessionLifetime models.Duration `yaml:"session_lifetime"`
}

// DefaultConfig serves this machine alone; a login lasts 30 days.
func DefaultConfig() Config {
	return Config{Listen: "127.0.0.1:8080", SessionLifetime: models.Duration(30 * 24 * time.Hour)}
}

// Validate tells what is wrong with c, by field.
func (c Config) Validate() error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return models.FieldError("listen", "%.80q is no address, write host:port such as 127.0.0.1:8080", c.Listen)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return models.FieldError("listen", "%.20q is no port, write a number from 0 to 65535", port)
	}
	if c.WallGuest && !loopback(host) {
		return models.FieldError("wall_guest", "a wall without a login is for this machine alone: listen on 127.0.0.1, not on %.80q, or take wall_guest away", host)
	}
	if c.SessionLifetime.Std() < time.Minute {
		return models.FieldError("session_lifetime", "a login lasts a minute at least, such as 12h, not %s", c.SessionLifetime)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return models.FieldError("tls_cert", "TLS needs tls_cert and tls_key, or neither")
	}
	for _, p := range c.TrustedProxies {
		_, addrErr := netip.ParseAddr(p)
		if _, err := netip.ParsePrefix(p); err != nil && addrErr != nil {
			return models.FieldError("trusted_proxies", "%.80q is neither an address nor a network such as 10.0.0.0/8", p)
		}
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
