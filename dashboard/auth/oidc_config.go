package auth

import (
	"net"
	"net/url"
	"strings"

	"zhihui/models"
)

// OIDCCallback is the path to which a provider leads browsers back.
const OIDCCallback = "/api/v1/session/oidc/callback"

// OIDCConfig says by which OpenID Connect provider people log in. Nobody is let in who is not a user here already: what the
// provider says in Claim must be the subject of a user.
type OIDCConfig struct {
	Issuer           string `yaml:"issuer"`             // "" = no such login
	ClientID         string `yaml:"client_id"`          // as registered at the provider
	ClientSecretFile string `yaml:"client_secret_file"` // one line; "" = a public client
	RedirectURL      string `yaml:"redirect_url"`       // this hall as browsers see it, ending in /api/v1/session/oidc/callback
	Name             string `yaml:"name"`               // of the provider, as the login page shows it
	Claim            string `yaml:"claim"`              // which claim is the subject of a user: sub, or one that no person can change
}

// DefaultOIDC is no provider.
func DefaultOIDC() OIDCConfig { return OIDCConfig{Name: "OpenID Connect", Claim: "sub"} }

// Validate tells everything that is wrong with c, by field.
func (c OIDCConfig) Validate() error {
	if c.Issuer == "" {
		return nil
	}
	var f models.Faults
	f.Add(guarded(c.Issuer), "oidc.issuer", "%.80q is no provider, write its address such as https://id.example.org", c.Issuer)
	f.Add(c.ClientID != "", "oidc.client_id", "write the name under which the provider knows this hall")
	f.Add(guarded(c.RedirectURL) && strings.HasSuffix(c.RedirectURL, OIDCCallback), "oidc.redirect_url",
		"write where browsers reach this hall, such as https://hall.example.org%s", OIDCCallback)
	f.Add(c.Name != "" && len(c.Name) <= models.MaxID, "oidc.name", "write 1 to %d bytes", models.MaxID)
	f.Add(c.Claim != "" && len(c.Claim) <= models.MaxID, "oidc.claim", "write the name of a claim, such as sub")
	return f.Err()
}

// guarded tells whether nobody on the way can listen: https, or this machine itself.
func guarded(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}
