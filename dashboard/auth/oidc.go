package auth

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"zhihui/models"
)

const (
	journeyCookie = "oidc"
	journeyTime   = 10 * time.Minute
	maxJourney    = 4 << 10 // bytes of the cookie
)

// journey is the way of one browser to the provider and back. It travels in a cookie of that browser, sealed with a key that
// lives as long as the process: nothing is kept here that strangers could fill up.
type journey struct {
	State, Nonce, Verifier string
	To                     string // the page to come back to
	BegunAt                models.Time
}

// sealer seals journeys.
type sealer struct{ aead cipher.AEAD }

func newSealer() (sealer, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails: see crypto/rand
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return sealer{aead}, err
}

func (s sealer) seal(j journey) (string, error) {
	b, err := json.Marshal(j)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, b, nil)), nil
}

// open returns the journey of a cookie; ok is false unless it is ours and not too old.
func (s sealer) open(v string, now time.Time) (j journey, ok bool) {
	if len(v) > maxJourney {
		return j, false
	}
	b, err := base64.RawURLEncoding.DecodeString(v)
	if err != nil {
		return j, false
	}
	if b, err = s.aead.Open(nil, nil, b, nil); err != nil || json.Unmarshal(b, &j) != nil {
		return journey{}, false
	}
	age := models.At(now).Sub(j.BegunAt)
	return j, age >= 0 && age < journeyTime
}

// ProviderName is the name of the OIDC provider, "" when there is none.
func (s *Sessions) ProviderName() string {
	if s.provider == nil {
		return ""
	}
	return s.provider.cfg.Name
}

func (s *Sessions) mustHaveProvider() error {
	if s.provider == nil {
		return models.Errorf(models.NotFound, "nobody logs in by another provider here, log in by password")
	}
	return nil
}

// BeginOIDC returns where to lead the browser: to the provider, and from there back to the page to.
func (s *Sessions) BeginOIDC(w http.ResponseWriter, r *http.Request, to string) (location string, err error) {
	if err := s.mustHaveProvider(); err != nil {
		return "", err
	}
	found, err := s.provider.discover(r.Context())
	if err != nil {
		return "", s.whole(err)
	}
	j := journey{State: newSecret(), Nonce: newSecret(), Verifier: oauth2.GenerateVerifier(), To: localPage(to), BegunAt: models.At(s.cfg.Now())}
	sealed, err := s.sealer.seal(j)
	if err != nil {
		return "", err
	}
	s.putCookie(w, journeyCookie, sealed, journeyTime)
	return s.provider.oauth(found).AuthCodeURL(j.State, oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)), nil
}

// EndOIDC lets the person in for whom the provider vouches, if there is such a user, and returns the page to go to. The
// journey ends here however it went.
func (s *Sessions) EndOIDC(w http.ResponseWriter, r *http.Request, address string) (location string, err error) {
	if err := s.mustHaveProvider(); err != nil {
		return "", err
	}
	s.putCookie(w, journeyCookie, "", -1)
	// What was not begun in this browser is no try: any page could send the browsers of a whole hall here and shut its address out.
	j, err := s.journeyOf(r, r.URL.Query())
	if err != nil {
		return "", s.whole(err)
	}
	end, err := s.try(r.Context(), address, "")
	if err != nil {
		return "", err
	}
	u, err := s.arrive(r, j)
	end(err)
	if err != nil {
		return "", s.whole(err)
	}
	_, err = s.begin(w, r, u, models.SessionOIDC, address)
	return j.To, err
}

// arrive finds out who comes back from the provider.
func (s *Sessions) arrive(r *http.Request, j journey) (u models.User, err error) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*providerPatience)
	defer cancel()
	subject, err := s.provider.subject(ctx, j, r.URL.Query().Get("code"))
	if err != nil {
		return u, err
	}
	u, err = s.store.UserBySubject(ctx, subject)
	if models.CodeOf(err) == models.NotFound || err == nil && u.Disabled {
		s.cfg.Log.Warn("auth: the provider vouches for somebody who is no user here", "user", u.Username, "subject", subject[:min(len(subject), 255)])
		err = models.Errorf(models.Forbidden, "%s knows you, this hall does not: ask an administrator to write who you are there into your account", s.ProviderName())
	}
	return u, err
}

// journeyOf returns the journey that ends with this request: begun in this browser, and with this very state.
func (s *Sessions) journeyOf(r *http.Request, q url.Values) (j journey, err error) {
	ok := false
	if c, err := r.Cookie(s.cookieName(journeyCookie)); err == nil {
		j, ok = s.sealer.open(c.Value, s.cfg.Now())
	}
	if !ok || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(j.State)) != 1 {
		return j, models.Errorf(models.Unauthenticated, "this login was not begun in this browser, or took longer than 10 minutes: begin it again")
	}
	if iss := q.Get("iss"); iss != "" && iss != s.provider.cfg.Issuer {
		return j, s.provider.refused(errors.New("another provider answers"))
	}
	if q.Get("error") != "" || q.Get("code") == "" {
		return j, models.Errorf(models.Forbidden, "%s did not let you in", s.ProviderName())
	}
	return j, nil
}

// whole writes what is behind an error of the provider to the log and returns what is for the person.
func (s *Sessions) whole(err error) error {
	var said *models.Error
	if !errors.As(err, &said) || err == error(said) {
		return err
	}
	var answer *oauth2.RetrieveError // its text repeats the whole answer
	cause := err.Error()
	if errors.As(err, &answer) {
		cause = answer.ErrorCode
	}
	s.cfg.Log.Warn("auth: a login by the provider failed", "error", cause[:min(len(cause), 300)])
	return said
}

// localPage returns to when it is a page of this hall, else the first page: nobody is led elsewhere from here.
func localPage(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || !strings.HasPrefix(to, "/") ||
		strings.HasPrefix(to, "//") || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, "/api/") || strings.ContainsAny(u.Path, `\`) ||
		strings.ContainsFunc(to, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return "/"
	}
	return u.String()
}
