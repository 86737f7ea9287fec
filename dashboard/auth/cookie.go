package auth

import (
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// cookieName is __Host- under TLS: such a cookie cannot be set from a neighbouring name or without TLS.
func (s *Sessions) cookieName(name string) string {
	if s.cfg.Secure {
		return "__Host-" + name
	}
	return name
}

// setCookie sets the session's cookie for age; a negative age takes it away.
func (s *Sessions) setCookie(w http.ResponseWriter, value string, age time.Duration) {
	s.putCookie(w, "session", value, age)
}

func (s *Sessions) putCookie(w http.ResponseWriter, name, value string, age time.Duration) {
	c := &http.Cookie{Name: s.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: s.cfg.Secure, SameSite: http.SameSiteLaxMode,
		MaxAge: int(age.Seconds())}
	if age < 0 {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// token returns the token in a request's cookie, "" when there is none that could be ours.
func (s *Sessions) token(r *http.Request) string {
	c, err := r.Cookie(s.cookieName("session"))
	if err != nil || c.Value != guestCookie && !isSecret(c.Value) {
		return ""
	}
	return c.Value
}

// isSecret tells whether newSecret could have made it.
func isSecret(v string) bool {
	if len(v) != base64.RawURLEncoding.EncodedLen(secretSize) {
		return false
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(v)
	return err == nil && !strings.ContainsAny(v, "\r\n")
}

// agent is what the browser calls itself, cut, and without what could not be shown.
func agent(r *http.Request) string {
	ua := r.UserAgent()
	return strings.ToValidUTF8(ua[:min(len(ua), maxAgent)], "")
}

// network is the address as guesses from it are counted: whoever has one IPv6 address has all of its /64.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address[:min(len(address), 64)]
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}

// AtHome tells whether this machine's own browser asks for this machine. That it comes from here is not enough: any site can
// point its name to 127.0.0.1 and read with its own script what it gets, and a proxy here speaks for people elsewhere.
func AtHome(r *http.Request) bool {
	host := (&url.URL{Host: r.Host}).Hostname()
	ip := net.ParseIP(host)
	return (host == "localhost" || ip != nil && ip.IsLoopback()) && r.Header.Get("Forwarded") == "" && r.Header.Get("X-Forwarded-For") == ""
}
