// Package digest tells who we are to cameras and devices that ask for it by Digest, over RTSP or HTTP: RFC 7616, or the older
// RFC 2069 where no quality of protection is asked for. Basic is never met: it would show the password.
package digest

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
)

// Challenge is what is asked of who wants to log in. It counts the requests that are signed under it, for one goroutine.
type Challenge struct {
	realm, nonce, opaque string
	algorithm            string // as the device wrote it, "" = MD5
	sum                  func() hash.Hash
	auth                 bool // with qop=auth; without any qop it is the older digest of RFC 2069
	count                int  // requests with this nonce
}

// Of returns the first challenge that can be met among the values of WWW-Authenticate, SHA-256 before MD5; nil = there is none.
func Of(lines []string) (first *Challenge) {
	for _, line := range lines {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !strings.EqualFold(scheme, "Digest") {
			continue
		}
		c := newChallenge(parameters(rest))
		if c != nil && (first == nil || strings.EqualFold(c.algorithm, sha) && !strings.EqualFold(first.algorithm, sha)) {
			first = c
		}
	}
	return first
}

const sha = "SHA-256"

func newChallenge(p map[string]string) *Challenge {
	c := &Challenge{realm: p["realm"], nonce: p["nonce"], opaque: p["opaque"], algorithm: p["algorithm"]}
	switch strings.ToUpper(c.algorithm) {
	case "", "MD5":
		c.sum = md5.New
	case sha:
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

// Protected tells whether quality of protection is asked for, as RFC 7616 has it and RFC 2069 has not.
func (c *Challenge) Protected() bool { return c.auth }

// Authorize is the Authorization header of the next request.
func (c *Challenge) Authorize(method, uri, username, password string) string {
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

func (c *Challenge) hash(parts ...string) string {
	h := c.sum()
	h.Write([]byte(strings.Join(parts, ":")))
	return hex.EncodeToString(h.Sum(nil))
}
