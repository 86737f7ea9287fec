package onvif

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strings"

	"zhihui/models"
)

const (
	devicePath = "/onvif/device_service" // where the device service is unless the device says another path
	urlMost    = 1024                    // bytes of an address
)

// baseOf is the device service at HOST or HOST:PORT. Nothing else may be in it: what people copy from a browser or another
// program may hold a password.
func baseOf(address string) (*url.URL, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = strings.Trim(address, "[]"), "80"
	}
	base := &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: devicePath}
	if again, err := url.Parse(base.String()); err != nil || host == "" || port == "" || again.Host != base.Host || again.User != nil ||
		len(address) > 255 || strings.ContainsAny(address, " /?#@\\") {
		return nil, models.FieldError("address", "write the address of a device, such as 192.0.2.10 or 192.0.2.10:8080")
	}
	return base, nil
}

// place is where the service is asked that the device says is at named: always on the host that we asked. A port of its own
// counts where the device names that host; one that names another does not know which ports lead to it.
func place(base *url.URL, named string) *url.URL {
	at := *base
	n, err := url.Parse(strings.TrimSpace(named))
	if err != nil || n.Hostname() == "" || len(named) > urlMost {
		return &at
	}
	at.Path, at.RawPath, at.RawQuery = cmp.Or(n.Path, devicePath), n.RawPath, n.RawQuery
	if n.Scheme == base.Scheme && n.Hostname() == base.Hostname() {
		at.Host = n.Host
	}
	return &at
}

// clean is an address that a device has named, on the host that we asked and without credentials; "" when it is none of the
// schemes. The host that the device has named comes with it.
func clean(base *url.URL, named string, schemes ...string) (address, host string) {
	u, err := url.Parse(named)
	if err != nil || u.Host == "" || len(named) > urlMost || !slices.Contains(schemes, strings.ToLower(u.Scheme)) {
		return "", ""
	}
	host = u.Hostname()
	u.Scheme, u.User, u.Fragment = strings.ToLower(u.Scheme), nil, ""
	path, err := url.Parse(withoutSecrets(u.EscapedPath()))
	if err != nil {
		return "", ""
	}
	u.Path, u.RawPath, u.RawQuery = path.Path, path.RawPath, withoutSecrets(u.RawQuery)
	own := base.Hostname()
	if strings.Contains(own, ":") {
		own = "[" + own + "]"
	}
	if port := u.Port(); port != "" {
		own += ":" + port
	}
	u.Host = own
	return u.String(), host
}

// withoutSecrets cuts out of a path or query what some makers write there instead of asking for a login, such as
// user=admin_password=x_channel=1. A password may itself hold an underscore: what follows it without a name is part of it.
func withoutSecrets(s string) string {
	var b strings.Builder
	for secret := false; s != ""; {
		part := s
		if i := strings.IndexAny(s, "&;/_"); i >= 0 {
			part = s[:i+1]
		}
		s = s[len(part):]
		name, _, named := strings.Cut(part, "=")
		if secret = named && isSecret(name) || !named && secret; !secret {
			b.WriteString(part)
		}
		secret = secret && strings.HasSuffix(part, "_")
	}
	return strings.TrimRight(b.String(), "&;_")
}

func isSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"user", "usr", "pass", "pwd", "psw", "auth", "login", "token", "account"}, func(s string) bool { return strings.HasPrefix(name, s) })
}
