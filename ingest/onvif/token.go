package onvif

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"time"
)

const (
	wsse     = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	wsu      = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	wssToken = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
	wssPlain = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
)

// usernameToken is the WS-Security header that says who asks. at is the time by the device's own clock: devices refuse a
// token that looks old, or that they have seen before.
func usernameToken(username, password string, at time.Time) string {
	nonce := make([]byte, 16)
	rand.Read(nonce) // never fails: see crypto/rand
	created := at.UTC().Format("2006-01-02T15:04:05.000Z")
	return fmt.Sprintf(`<Security s:mustUnderstand="1" xmlns=%q><UsernameToken><Username>%s</Username>`+
		`<Password Type=%q>%s</Password><Nonce EncodingType=%q>%s</Nonce><Created xmlns=%q>%s</Created></UsernameToken></Security>`,
		wsse, text(username), wssToken, passwordDigest(nonce, created, password),
		wssPlain, base64.StdEncoding.EncodeToString(nonce), wsu, created)
}

// passwordDigest is Base64(SHA-1(nonce + created + password)), of the UsernameToken profile 1.0.
func passwordDigest(nonce []byte, created, password string) string {
	h := sha1.New()
	h.Write(nonce)
	h.Write([]byte(created + password))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
