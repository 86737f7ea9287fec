package rtsp

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
)

// digest signs requests for cameras that ask for quality of protection (RFC 7616), which gortsplib leaves out: it answers
// as RFC 2069 did, and they refuse it. What they do not ask for stays gortsplib's.
type digest struct {
	username, password string
	challenge          map[string]string // nil = none that wants this
	count              int               // of requests signed under it
}

// hear keeps the challenge of an answer: SHA-256 before MD5, as gortsplib chooses.
func (d *digest) hear(answer *base.Response) {
	if answer.StatusCode != base.StatusUnauthorized {
		return
	}
	d.challenge, d.count = nil, 0
	for _, line := range answer.Header["WWW-Authenticate"] {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !strings.EqualFold(scheme, "digest") {
			continue
		}
		c := challengeOf(rest)
		if d.challenge == nil || c["algorithm"] == "SHA-256" {
			d.challenge = c
		}
	}
	offered := strings.Split(strings.ReplaceAll(d.challenge["qop"], " ", ""), ",")
	if !slices.Contains(offered, "auth") || hashOf(d.challenge["algorithm"]) == nil {
		d.challenge = nil
	}
}

func hashOf(algorithm string) func() hash.Hash {
	switch algorithm {
	case "", "MD5":
		return md5.New
	case "SHA-256":
		return sha256.New
	}
	return nil
}

// sign puts an answer to the challenge into a request in the place of gortsplib's.
func (d *digest) sign(request *base.Request) {
	if d.challenge == nil || d.username == "" && d.password == "" || request.URL == nil {
		return
	}
	d.count++
	kd := func(parts ...string) string {
		h := hashOf(d.challenge["algorithm"])()
		_, _ = h.Write([]byte(strings.Join(parts, ":"))) // a hash never fails
		return hex.EncodeToString(h.Sum(nil))
	}
	c, uri := d.challenge, request.URL.CloneWithoutCredentials().String()
	nonce, count := rand.Text(), fmt.Sprintf("%08x", d.count)
	response := kd(kd(d.username, c["realm"], d.password), c["nonce"], count, nonce, "auth", kd(string(request.Method), uri))
	header := fmt.Sprintf(`Digest username="%s", realm="%s", nonce="%s", uri="%s", qop=auth, nc=%s, cnonce="%s", response="%s"`,
		d.username, c["realm"], c["nonce"], uri, count, nonce, response)
	for _, name := range []string{"algorithm", "opaque"} {
		if value, named := c[name]; named {
			header += fmt.Sprintf(`, %s="%s"`, name, value)
		}
	}
	request.Header["Authorization"] = base.HeaderValue{header}
}

// challengeOf reads name=value and name="value", parted by commas, by names in small letters.
func challengeOf(text string) map[string]string {
	c := map[string]string{}
	for {
		name, rest, found := strings.Cut(text, "=")
		if !found {
			return c
		}
		var value string
		if quoted, is := strings.CutPrefix(rest, `"`); is {
			value, rest, _ = strings.Cut(quoted, `"`)
			_, text, _ = strings.Cut(rest, ",")
		} else {
			value, text, _ = strings.Cut(rest, ",")
		}
		c[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
}
