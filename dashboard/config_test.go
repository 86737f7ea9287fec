package dashboard

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

func TestConfig(t *testing.T) {
	require.NoError(t, DefaultConfig().Validate())
	for _, c := range []struct {
		field string
		cfg   Config
	}{
		{"listen", Config{}},
		{"listen", Config{Listen: "8080"}},
		{"listen", Config{Listen: "127.0.0.1:http"}},
		{"listen", Config{Listen: "127.0.0.1:99999"}},
		{"wall_guest", Config{Listen: "0.0.0.0:8080", WallGuest: true}},
		{"wall_guest", Config{Listen: ":8080", WallGuest: true}},
		{"wall_guest", Config{Listen: "192.168.1.5:8080", WallGuest: true}},
		{"tls_cert", Config{Listen: ":8443", TLSCert: "cert.pem"}},
		{"listen", Config{Listen: ":8080"}},
		{"listen", Config{Listen: "hall.lan:8080"}},
		{"listen", Config{Listen: "10.0.0.1:8080", TrustedProxies: []string{"10.0.0.2"}}},
		{"session_lifetime", Config{Listen: ":80", Insecure: true, SessionLifetime: -1}},
		{"session_idle", Config{Listen: ":80", Insecure: true, SessionIdle: 1}},
		{"oidc.issuer", Config{Listen: ":80", Insecure: true, OIDC: auth.OIDCConfig{Issuer: "id.example.org"}}},
		{"trusted_proxies", Config{Listen: ":80", Insecure: true, TrustedProxies: []string{"10.0.0.0/8", "proxy"}}},
		{"metrics", Config{Listen: ":80", Insecure: true, Metrics: []string{"prometheus"}}},
		{"rate_limit", Config{Listen: ":80", Insecure: true, RateLimit: -1}},
	} {
		c.cfg.SessionLifetime = cmp.Or(c.cfg.SessionLifetime, DefaultConfig().SessionLifetime)
		c.cfg.RateLimit = cmp.Or(c.cfg.RateLimit, DefaultConfig().RateLimit)
		c.cfg.SessionIdle = cmp.Or(c.cfg.SessionIdle, DefaultConfig().SessionIdle)
		var e *models.Error
		require.ErrorAs(t, c.cfg.Validate(), &e, "%+v", c.cfg)
		require.Equal(t, c.field, e.Field, "%+v", c.cfg)
	}
	for _, cfg := range []Config{
		{Listen: ":80", Insecure: true},
		{Listen: "localhost:80", WallGuest: true},
		{Listen: "[::1]:80", WallGuest: true, TrustedProxies: []string{"::1", "10.0.0.0/8"}},
		{Listen: ":443", TLSCert: "c", TLSKey: "k", Metrics: []string{"10.0.0.7", "fd00::/8"}},
	} {
		cfg.SessionLifetime, cfg.SessionIdle, cfg.RateLimit = DefaultConfig().SessionLifetime, DefaultConfig().SessionIdle, DefaultConfig().RateLimit
		require.NoError(t, cfg.Validate(), "%+v", cfg)
	}
}

func TestCookiesAreForHTTPSWhereThereIsSome(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want bool
	}{
		{Config{Listen: "127.0.0.1:80"}, false},
		{Config{Listen: ":443", TLSCert: "c", TLSKey: "k"}, true},
		{Config{Listen: "127.0.0.1:80", TrustedProxies: []string{"127.0.0.1"}}, true},
		{Config{Listen: "127.0.0.1:80", TrustedProxies: []string{"127.0.0.1"}, Insecure: true}, false},
		{Config{Listen: "10.0.0.1:80", TrustedProxies: []string{"10.0.0.2"}, Insecure: true}, false},
	} {
		require.Equal(t, c.want, c.cfg.secure(), "%+v", c.cfg)
	}
}
