package main

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	tokenAge  = 10 * time.Second // by which a token may be off the recorder's clock
	tokenMany = 10_000           // nonces that are remembered
)

// onvifLogin tells who may ask: by the UsernameToken of WS-Security 1.0 or by HTTP digest (RFC 7616, MD5, qop auth), as ONVIF
// Core has it.
type onvifLogin struct {
	username, password, nonce string

	mu   sync.Mutex
	seen map[string]bool // nonces of tokens; a token counts once
}

// wsToken is a UsernameToken.
type wsToken struct {
	Username, Password, Nonce, Created string
}

// token tells whether the token is right, fresh by the recorder's clock, and new.
func (l *onvifLogin) token(t wsToken, now time.Time) bool {
	nonce, err := base64.StdEncoding.DecodeString(strings.TrimSpace(t.Nonce))
	if err != nil {
		return false
	}
	created, err := time.Parse(time.RFC3339Nano, t.Created)
	if err != nil || created.Sub(now).Abs() > tokenAge {
		return false
	}
	sum := sha1.Sum([]byte(string(nonce) + t.Created + l.password))
	want := base64.StdEncoding.EncodeToString(sum[:])
	if t.Username != l.username || subtle.ConstantTimeCompare([]byte(want), []byte(t.Password)) != 1 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen[t.Nonce] {
		return false
	}
	if l.seen == nil || len(l.seen) >= tokenMany {
		l.seen = map[string]bool{}
	}
	l.seen[t.Nonce] = true
	return true
}

// ask asks for a login by HTTP digest.
func (l *onvifLogin) ask(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Digest realm=%q, nonce=%q, qop="auth", algorithm=MD5`, realm, l.nonce))
	reply(w, http.StatusUnauthorized, faultOf("ter:NotAuthorized", "log in first"))
}

// digest tells whether a request is logged in by HTTP digest.
func (l *onvifLogin) digest(r *http.Request) bool {
	said, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Digest ")
	if !ok {
		return false
	}
	p := map[string]string{}
	for _, m := range regexp.MustCompile(`(\w+)=(?:"([^"]*)"|([^\s,]+))`).FindAllStringSubmatch(said, -1) {
		p[m[1]] = m[2] + m[3]
	}
	hash := func(parts ...string) string {
		sum := md5.Sum([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(sum[:])
	}
	want := hash(hash(l.username, realm, l.password), l.nonce, p["nc"], p["cnonce"], "auth", hash(r.Method, r.RequestURI))
	return p["username"] == l.username && p["nonce"] == l.nonce && p["uri"] == r.RequestURI && p["qop"] == "auth" &&
		subtle.ConstantTimeCompare([]byte(want), []byte(p["response"])) == 1
}

func newUUID() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails: see crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
