package auth

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/dashboard/auth/oidctest"
	"zhihui/models"
)

// visit is a browser's way to the provider and back.
type visit struct {
	t     *testing.T
	s     *Sessions
	began *httptest.ResponseRecorder // with the cookie
	back  *url.URL                   // where the provider leads
}

// openWithProvider returns sessions that know anna at a provider, which vouches for her.
func openWithProvider(t *testing.T, edit ...func(*Config)) (*Sessions, *oidctest.Provider) {
	t.Helper()
	p := oidctest.Start(t)
	p.Say(map[string]any{"sub": "anna-at-the-provider"})
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(oidctest.ClientSecret+"\n"), 0o600))
	cfg := Config{OIDC: OIDCConfig{Issuer: p.URL, ClientID: oidctest.ClientID, ClientSecretFile: file, Name: "The Provider", Claim: "sub",
		RedirectURL: "http://127.0.0.1:8080" + OIDCCallback}}
	for _, f := range edit {
		f(&cfg)
	}
	require.NoError(t, cfg.OIDC.Validate())
	s, _ := open(t, cfg)
	return s, p
}

// visit goes to the provider and comes back.
func (s *Sessions) visit(t *testing.T, to string) visit {
	t.Helper()
	v := visit{t: t, s: s, began: httptest.NewRecorder()}
	location, err := s.BeginOIDC(v.began, request(nil), to)
	require.NoError(t, err)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	resp, err := client.Get(location)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusFound, resp.StatusCode)
	v.back, err = resp.Location()
	require.NoError(t, err)
	return v
}

// end shows the hall what the provider has sent.
func (v visit) end(edit ...func(*http.Request)) (*httptest.ResponseRecorder, string, error) {
	r := request(v.began)
	r.URL = v.back
	for _, f := range edit {
		f(r)
	}
	w := httptest.NewRecorder()
	to, err := v.s.EndOIDC(w, r, "10.0.0.1")
	return w, to, err
}

func TestLogInByTheProvider(t *testing.T) {
	s, _ := openWithProvider(t)
	v := s.visit(t, "/console?alert=01A")
	journey := v.began.Result().Cookies()[0]
	require.True(t, journey.HttpOnly)
	require.Equal(t, 600, journey.MaxAge)
	w, to, err := v.end()
	require.NoError(t, err)
	require.Equal(t, "/console?alert=01A", to)
	got, err := s.Who(request(w), "10.0.0.1")
	require.NoError(t, err)
	require.Equal(t, "anna", got.Username)
	require.Equal(t, models.SessionOIDC, got.Session.Kind)
	require.Equal(t, "oidc", w.Result().Cookies()[0].Name)
	require.Negative(t, w.Result().Cookies()[0].MaxAge, "the journey is over")
}

// Who comes by the provider has not used the password that somebody else knows.
func TestTheProviderAsksForNoOtherPassword(t *testing.T) {
	s, _ := openWithProvider(t)
	_, err := s.store.EditUser(t.Context(), "anna", "adam", func(u *models.User) error { u.MustChange = true; return nil })
	require.NoError(t, err)
	w, _, err := s.visit(t, "/").end()
	require.NoError(t, err)
	got, err := s.Who(request(w), "10.0.0.1")
	require.NoError(t, err)
	require.False(t, got.MustChange)
}

func TestWhomTheProviderVouchesForInVain(t *testing.T) {
	s, p := openWithProvider(t)
	for _, subject := range []string{"somebody", "olaf-at-the-provider", "anna"} {
		p.Say(map[string]any{"sub": subject})
		w, _, err := s.visit(t, "/").end()
		require.Equal(t, models.Forbidden, models.CodeOf(err), subject)
		require.ErrorContains(t, err, "ask an administrator")
		require.Len(t, w.Result().Cookies(), 1, "no session")
	}
}

// edited makes a lie of the right claims with one changed.
func edited(name string, value any) func(map[string]any, func(map[string]any) string) string {
	return func(c map[string]any, sign func(map[string]any) string) string {
		c[name] = value
		return sign(c)
	}
}

// unsigned is a token of another algorithm over the right claims.
func unsigned(header string, claims map[string]any, key []byte) string {
	b, _ := json.Marshal(claims)
	token := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(b)
	if key == nil {
		return token + "."
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(token))
	return token + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func TestTokensThatDoNotCount(t *testing.T) {
	log := &bytes.Buffer{}
	s, p := openWithProvider(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(log, nil)) })
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	for name, lie := range map[string]func(map[string]any, func(map[string]any) string) string{
		"wrong nonce":     edited("nonce", "x"),
		"no nonce":        edited("nonce", ""),
		"wrong audience":  edited("aud", "another hall"),
		"wrong issuer":    edited("iss", "https://evil.example"),
		"expired":         edited("exp", time.Now().Add(-time.Minute).Unix()),
		"for another":     edited("azp", "another hall"),
		"no subject":      edited("sub", ""),
		"numeric subject": edited("sub", 7),
		"foreign key":     func(c map[string]any, _ func(map[string]any) string) string { return oidctest.Sign(other, c) },
		"alg none": func(c map[string]any, _ func(map[string]any) string) string {
			return unsigned(`{"alg":"none"}`, c, nil)
		},
		"alg HS256": func(c map[string]any, _ func(map[string]any) string) string {
			return unsigned(`{"alg":"HS256"}`, c, []byte(oidctest.ClientSecret))
		},
		"no token": func(map[string]any, func(map[string]any) string) string { return "" },
		"rubbish":  func(map[string]any, func(map[string]any) string) string { return "a.b.c" },
	} {
		p.Lie(lie)
		w, _, err := s.visit(t, "/").end()
		require.Equal(t, models.Unauthenticated, models.CodeOf(err), "%s: %v", name, err)
		require.Equal(t, "the login by The Provider did not work out, begin it again", err.Error(), name)
		require.Len(t, w.Result().Cookies(), 1, name)
		s.addresses.forgive("10.0.0.1")
	}
	require.Contains(t, log.String(), "the nonce is another one", "the reason is in the log")
	require.NotContains(t, log.String(), oidctest.ClientSecret)
	require.NotContains(t, log.String(), "eyJ", "no token")
}

func TestJourneysThatDoNotCount(t *testing.T) {
	c := newClock()
	s, _ := openWithProvider(t, func(cfg *Config) { cfg.Now = c.now })
	another := s.visit(t, "/")
	query := func(name, value string) func(*http.Request) {
		return func(r *http.Request) {
			q := r.URL.Query()
			q.Set(name, value)
			r.URL = &url.URL{Path: OIDCCallback, RawQuery: q.Encode()}
		}
	}
	for name, e := range map[string]struct {
		edit func(*http.Request)
		code models.Code
	}{
		"wrong state":         {query("state", "x"), models.Unauthenticated},
		"no state":            {query("state", ""), models.Unauthenticated},
		"another's state":     {query("state", another.back.Query().Get("state")), models.Unauthenticated},
		"another's code":      {query("code", another.back.Query().Get("code")), models.Unauthenticated},
		"no code":             {query("code", ""), models.Forbidden},
		"refused there":       {query("error", "access_denied"), models.Forbidden},
		"another provider":    {query("iss", "https://evil.example"), models.Unauthenticated},
		"another browser":     {func(r *http.Request) { r.Header.Del("Cookie") }, models.Unauthenticated},
		"a cookie of its own": {func(r *http.Request) { r.Header.Set("Cookie", "oidc=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") }, models.Unauthenticated},
	} {
		w, _, err := s.visit(t, "/").end(e.edit)
		require.Equal(t, e.code, models.CodeOf(err), "%s: %v", name, err)
		require.Len(t, w.Result().Cookies(), 1, name)
	}
	v := s.visit(t, "/")
	_, _, err := v.end()
	require.NoError(t, err)
	_, _, err = v.end() // the cookie is back, by whatever trick
	require.Equal(t, models.Unauthenticated, models.CodeOf(err), "a code counts once")
	v = s.visit(t, "/")
	c.at = c.at.Add(journeyTime)
	_, _, err = v.end()
	require.ErrorContains(t, err, "took longer than 10 minutes")
}

// Any page can send a browser of the hall here with an invented state: that must not shut the hall's address out.
func TestInventedJourneysAreNoTries(t *testing.T) {
	s, _ := openWithProvider(t)
	for range 2 * freeOfAddress {
		r := request(nil)
		r.URL.RawQuery = "state=invented&code=invented"
		_, err := s.EndOIDC(httptest.NewRecorder(), r, "10.0.0.1")
		require.Equal(t, models.Unauthenticated, models.CodeOf(err))
	}
	_, _, err := s.visit(t, "/").end()
	require.NoError(t, err)
	for range freeOfAddress + 1 {
		_, _, err = s.visit(t, "/").end(func(r *http.Request) {
			q := r.URL.Query()
			q.Set("code", "guessed")
			r.URL.RawQuery = q.Encode()
		})
	}
	require.Equal(t, models.Unauthenticated, models.CodeOf(err))
	_, _, err = s.visit(t, "/").end()
	require.Equal(t, models.TooMany, models.CodeOf(err), "a code that does not count is one")
}

func TestAVerifiedMailAddressMayBeTheSubject(t *testing.T) {
	s, p := openWithProvider(t, func(c *Config) { c.OIDC.Claim = "email" })
	for verified, want := range map[any]models.Code{true: "", false: models.Unauthenticated, "true": models.Unauthenticated} {
		p.Say(map[string]any{"sub": "x", "email": "anna-at-the-provider", "email_verified": verified})
		_, _, err := s.visit(t, "/").end()
		require.Equal(t, want, models.CodeOf(err), "%v", verified)
	}
}

func TestAProviderThatIsAway(t *testing.T) {
	c := newClock()
	gone := httptest.NewServer(nil)
	gone.Close()
	s, _ := openWithProvider(t, func(cfg *Config) { cfg.Now, cfg.OIDC.Issuer = c.now, gone.URL })
	for range 3 {
		_, err := s.BeginOIDC(httptest.NewRecorder(), request(nil), "/")
		require.Equal(t, models.Unavailable, models.CodeOf(err))
		require.NotContains(t, err.Error(), gone.URL)
	}
	require.NoError(t, s.guess("10.0.0.1", "anna", password), "a password works all the same")

	s, _ = open(t, Config{})
	require.Empty(t, s.ProviderName())
	_, err := s.BeginOIDC(httptest.NewRecorder(), request(nil), "/")
	require.Equal(t, models.NotFound, models.CodeOf(err))
	_, err = s.EndOIDC(httptest.NewRecorder(), request(nil), "a")
	require.Equal(t, models.NotFound, models.CodeOf(err))
	_, err = New(Config{OIDC: OIDCConfig{Issuer: "https://x", ClientSecretFile: filepath.Join(t.TempDir(), "none")}}, s.store)
	require.Equal(t, models.Invalid, models.CodeOf(err))
}

func TestPagesToComeBackTo(t *testing.T) {
	for to, want := range map[string]string{"": "/", "/": "/", "/console": "/console", "/alerts?state=open#x": "/alerts?state=open#x",
		"//evil.example": "/", "/\\evil.example": "/", "https://evil.example/": "/", "javascript:alert(1)": "/", "/%5cevil.example": "/",
		"evil": "/", "/%2f/evil.example": "/", "/\tevil": "/", "/a\r\nSet-Cookie: x=y": "/", "/api/v1/session": "/", "/大屏": "/%E5%A4%A7%E5%B1%8F", "/%zz": "/"} {
		require.Equal(t, want, localPage(to), "%q", to)
	}
}

func FuzzLocalPage(f *testing.F) {
	for _, v := range []string{"/", "//x", "/\\x", "/%2f%2fx", "https:/x", "/x?y#z", "/..//x"} {
		f.Add(v)
	}
	here, err := url.Parse("https://hall.example/api/v1/session/oidc/callback")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, to string) {
		page := localPage(to)
		u, err := here.Parse(page)
		require.NoError(t, err)
		require.Equal(t, "hall.example", u.Host)
		require.True(t, strings.HasPrefix(page, "/") && !strings.HasPrefix(page, "//") && !strings.ContainsAny(page, "\\\r\n\t "), "%q", page)
	})
}

func FuzzJourneys(f *testing.F) {
	s, err := newSealer()
	require.NoError(f, err)
	sealed, err := s.seal(journey{State: "s", BegunAt: models.At(time.Now())})
	require.NoError(f, err)
	_, ok := s.open(sealed, time.Now())
	require.True(f, ok)
	f.Add(sealed[1:])
	f.Add("")
	f.Fuzz(func(t *testing.T, v string) {
		_, ok := s.open(v, time.Now())
		require.False(t, ok, "only we can make one")
	})
}

func TestOIDCConfig(t *testing.T) {
	good := OIDCConfig{Issuer: "https://id.example.org/realm", ClientID: "hall", RedirectURL: "https://hall.example.org" + OIDCCallback, Name: "ID", Claim: "sub"}
	require.NoError(t, good.Validate())
	require.NoError(t, DefaultOIDC().Validate())
	for field, edit := range map[string]func(*OIDCConfig){
		"oidc.issuer":       func(c *OIDCConfig) { c.Issuer = "http://id.example.org" },
		"oidc.client_id":    func(c *OIDCConfig) { c.ClientID = "" },
		"oidc.redirect_url": func(c *OIDCConfig) { c.RedirectURL = "https://hall.example.org/" },
		"oidc.name":         func(c *OIDCConfig) { c.Name = "" },
		"oidc.claim":        func(c *OIDCConfig) { c.Claim = "" },
	} {
		c := good
		edit(&c)
		require.ErrorContains(t, c.Validate(), field+": ")
	}
}
