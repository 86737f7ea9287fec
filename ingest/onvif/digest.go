package onvif

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"slices"
	"strings"
)

// challenge is what a device asks of who wants to log in by HTTP digest (RFC 7616).
type challenge struct {
	realm, nonce, opaque string
	algorithm            string // as the device wrote it, "" = MD5
	sum                  func() hash.Hash
	auth                 bool // with qop=auth; without any qop it is the older digest of RFC 2069
	count                int  // requests with this nonce
}

// challengeOf returns the first digest challenge of an answer that can be met, nil = none. Basic is never met: it would show
// the password.
func challengeOf(h http.Header) *challenge {
	for _, line := range h.Values("WWW-Authenticate") {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !strings.EqualFold(scheme, "Digest") {
			continue
		}
		if c := newChallenge(parameters(rest)); c != nil {
			return c
		}
	}
	return nil
}

func newChallenge(p map[string]string) *challenge {
	c := &challenge{realm: p["realm"], nonce: p["nonce"], opaque: p["opaque"], algorithm: p["algorithm"]}
	switch strings.ToUpper(c.algorithm) {
	case "", "MD5":
		c.sum = md5.New
	case "SHA-256":
		c.sum = sha256.New
	default:
		return nil
	}
	qop, given := p["qop"]
	c.auth = slices.ContainsFunc(strings.Split(qop, ","), func(s string) bool { return strings.TrimSpace(s) == "auth" })
	if c.nonce == "" || given && !c.auth || strings.ContainsAny(c.realm+c.nonce+c.opaque, "\"\\\r\n") {
		return nil
	}
	return c
}

// parameters are key=value pairs with commas between, the values bare or in quotes.
func parameters(s string) map[string]string {
	p := map[string]string{}
	for s != "" {
		key, rest, found := strings.Cut(s, "=")
		if !found {
			break
		}
		var value string
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			value, rest, _ = strings.Cut(quoted, `"`)
			_, s, _ = strings.Cut(rest, ",")
		} else {
			value, s, _ = strings.Cut(rest, ",")
		}
		p[strings.ToLower(strings.Trim(key, " \t,"))] = strings.TrimSpace(value)
	}
	return p
}

// authorize is the Authorization header of the next request.
func (c *challenge) authorize(method, uri, username, password string) string {
	c.count++
	ha1, ha2 := c.hash(username, c.realm, password), c.hash(method, uri)
	said := fmt.Sprintf(`Digest username="%s", realm="%s", nonce="%s", uri="%s"`,
		strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(username), c.realm, c.nonce, uri)
	if c.auth {
		nc, cnonce := fmt.Sprintf("%08x", c.count), rand.Text()
		said += fmt.Sprintf(`, qop=auth, nc=%s, cnonce="%s", response="%s"`, nc, cnonce, c.hash(ha1, c.nonce, nc, cnonce, "auth", ha2))
	} else {
		said += fmt.Sprintf(`, response="%s"`, c.hash(ha1, c.nonce, ha2))
	}
	if c.algorithm != "" {
		said += ", algorithm=" + c.algorithm
	}
	if c.opaque != "" {
		said += fmt.Sprintf(`, opaque="%s"`, c.opaque)
	}
	return said
}

func (c *challenge) hash(parts ...string) string {
	h := c.sum()
	h.Write([]byte(strings.Join(parts, ":")))
	return hex.EncodeToString(h.Sum(nil))
}
