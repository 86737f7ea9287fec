package auth

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/models"
	"zhihui/models/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "correct horse"

// clock is a time that stands still until a test moves it.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{at: time.Now().Truncate(time.Millisecond)} }

// hashed is the hash of everybody's password, made once: it is made to take long.
var hashed = sync.OnceValues(func() (string, error) { return HashPassword(password) })

// open returns sessions over a real store that knows anna (operator), adam (administrator) and the disabled olaf.
func open(t testing.TB, cfg Config) (*Sessions, *store.Store) {
	t.Helper()
	sc := store.DefaultConfig()
	sc.Dir, sc.Now = t.TempDir(), cfg.Now
	st, err := store.Open(sc, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	hash, err := hashed()
	require.NoError(t, err)
	for _, u := range []models.User{
		{Username: "anna", Name: "Anna", Role: models.Operator, PasswordHash: hash, Subject: "anna-at-the-provider"},
		{Username: "adam", Name: "Adam", Role: models.Admin, PasswordHash: hash},
		{Username: "olaf", Name: "Olaf", Role: models.Admin, PasswordHash: hash, Disabled: true, Subject: "olaf-at-the-provider"},
	} {
		require.NoError(t, st.PutUser(context.Background(), u, "test"))
	}
	if cfg.Lifetime == 0 {
		cfg.Lifetime = time.Hour
	}
	if cfg.Idle == 0 {
		cfg.Idle = cfg.Lifetime
	}
	s, err := New(cfg, st)
	require.NoError(t, err)
	return s, st
}

// request is one that carries the cookies which w has set.
func request(w *httptest.ResponseRecorder) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Host = "127.0.0.1:8080"
	r.Header.Set("User-Agent", "Browser/1")
	if w != nil {
		for _, c := range w.Result().Cookies() {
			r.AddCookie(c)
		}
	}
	return r
}

// logIn logs anna in.
func (s *Sessions) logIn(t *testing.T) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	_, err := s.LogIn(w, request(nil), "10.0.0.1", "anna", password)
	require.NoError(t, err)
	return w
}

// who is the code of the error that a request with these cookies gets.
func (s *Sessions) who(w *httptest.ResponseRecorder) models.Code {
	_, err := s.Who(request(w), "10.0.0.1")
	return models.CodeOf(err)
}

func TestLogInAndOut(t *testing.T) {
	s, st := open(t, Config{})
	w := httptest.NewRecorder()
	v, err := s.LogIn(w, request(nil), "10.0.0.1", "anna", password)
	require.NoError(t, err)
	require.Equal(t, models.Operator, v.Role)

	c := w.Result().Cookies()[0]
	require.Equal(t, "session", c.Name)
	require.True(t, c.HttpOnly)
	require.False(t, c.Secure)
	require.Equal(t, http.SameSiteLaxMode, c.SameSite)
	require.Equal(t, 3600, c.MaxAge)

	got, err := s.Who(request(w), "10.0.0.1")
	require.NoError(t, err)
	require.Equal(t, "anna", got.Username)
	require.Equal(t, v.Session.ID, got.Session.ID)
	require.Equal(t, models.SessionPassword, got.Session.Kind)
	require.Equal(t, "10.0.0.1 Browser/1", got.Session.Address+" "+got.Session.Agent)
	require.NotContains(t, got.Session.ID, c.Value)

	u := got.User
	u.Disabled = true
	require.NoError(t, st.PutUser(t.Context(), u, "test"))
	require.Equal(t, models.Unauthenticated, s.who(w), "a closed account is out at once")
	u.Disabled = false
	require.NoError(t, st.PutUser(t.Context(), u, "test"))
	require.Equal(t, models.Unauthenticated, s.who(w), "and stays out")

	w = s.logIn(t)
	out := httptest.NewRecorder()
	require.NoError(t, s.LogOut(out, request(w)))
	require.Negative(t, out.Result().Cookies()[0].MaxAge, "the browser forgets the cookie")
	require.Equal(t, models.Unauthenticated, s.who(w), "and so does the store")
}

func TestLogInRenewsTheToken(t *testing.T) {
	s, _ := open(t, Config{Secure: true})
	first, second := httptest.NewRecorder(), httptest.NewRecorder()
	_, err := s.LogIn(first, request(nil), "a", "anna", password)
	require.NoError(t, err)
	c := first.Result().Cookies()[0]
	require.True(t, c.Secure)
	require.Equal(t, "__Host-session", c.Name)
	require.Equal(t, "/", c.Path)
	require.Empty(t, c.Domain)
	_, err = s.LogIn(second, request(first), "a", "anna", password)
	require.NoError(t, err)
	require.NotEqual(t, c.Value, second.Result().Cookies()[0].Value)
	require.Equal(t, models.Unauthenticated, s.who(first), "the old token is worth nothing")
	planted := request(nil)
	planted.AddCookie(&http.Cookie{Name: "session", Value: second.Result().Cookies()[0].Value})
	_, err = s.Who(planted, "a")
	require.Equal(t, models.Unauthenticated, models.CodeOf(err), "under TLS a cookie that came without it does not count")
}

func TestRefusalsTellNothing(t *testing.T) {
	s, _ := open(t, Config{})
	var said []string
	for _, try := range [][2]string{{"anna", "wrong"}, {"nobody", password}, {"olaf", password}, {"anna", ""}, {"", ""}, {"anna", strings.Repeat("x", 2000)}} {
		w := httptest.NewRecorder()
		_, err := s.LogIn(w, request(nil), "a", try[0], try[1])
		require.Equal(t, models.Unauthenticated, models.CodeOf(err), "%v", try)
		require.Empty(t, w.Result().Cookies())
		said = append(said, err.Error())
	}
	for _, sentence := range said {
		require.Equal(t, said[0], sentence)
	}
}

func TestALoginEnds(t *testing.T) {
	c := newClock()
	s, _ := open(t, Config{Now: c.now, Lifetime: 48 * time.Hour, Idle: 12 * time.Hour})
	w := s.logIn(t)
	for range 4 {
		c.at = c.at.Add(11 * time.Hour)
		require.Empty(t, s.who(w), "in use it goes on")
	}
	c.at = c.at.Add(5 * time.Hour)
	require.Equal(t, models.Unauthenticated, s.who(w), "its lifetime is over")

	w = s.logIn(t)
	c.at = c.at.Add(12 * time.Hour)
	require.Equal(t, models.Unauthenticated, s.who(w), "idle for too long")
	list, _, err := s.List(t.Context(), "", "", 0)
	require.NoError(t, err)
	require.Empty(t, list)
}

// That a session is used is written once a minute, whatever the number of requests.
func TestUseIsNotedOnceAMinute(t *testing.T) {
	c := newClock()
	s, _ := open(t, Config{Now: c.now})
	w := s.logIn(t)
	began := c.at
	seen := func() time.Time {
		list, _, err := s.List(t.Context(), "anna", "", 0)
		require.NoError(t, err)
		return list[0].SeenAt.Std()
	}
	for _, step := range []struct{ after, seen time.Duration }{{59 * time.Second, 0}, {60 * time.Second, 60 * time.Second}, {100 * time.Second, 60 * time.Second},
		{3 * time.Minute, 3 * time.Minute}} {
		c.at = began.Add(step.after)
		require.Empty(t, s.who(w))
		require.Equal(t, began.Add(step.seen).UTC(), seen(), "%s", step.after)
	}
	for i := range 3 * maxSeen {
		s.see(request(w), store.Login{Session: models.Session{ID: time.Duration(i).String(), SeenAt: models.At(c.at)}}, "")
	}
	require.LessOrEqual(t, len(s.seen), maxSeen)
}

// A store that takes no writes shuts nobody out.
func TestUseThatCannotBeNoted(t *testing.T) {
	c := newClock()
	log := &bytes.Buffer{}
	s, _ := open(t, Config{Now: c.now, Log: slog.New(slog.NewTextHandler(log, nil))})
	w := s.logIn(t)
	l, ok, err := s.store.Session(t.Context(), s.token(request(w)))
	require.NoError(t, err)
	require.True(t, ok)
	sc := store.DefaultConfig()
	sc.Dir = t.TempDir()
	s.store, err = store.Open(sc, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, s.store.Close(), "from here on every write fails")
	for range 3 {
		c.at = c.at.Add(30 * time.Second)
		require.True(t, s.see(request(w), l, "a"))
	}
	require.Equal(t, 1, strings.Count(log.String(), "cannot be noted"), "nor is it tried with each request")
}

func TestStrangeCookies(t *testing.T) {
	s, _ := open(t, Config{})
	for _, v := range []string{"", "x", string(make([]byte, 4096)), "../../etc", strings.Repeat("A", 43), guestCookie} {
		r := request(nil)
		r.Header.Set("Cookie", "session="+v)
		_, err := s.Who(r, "a")
		require.Equal(t, models.Unauthenticated, models.CodeOf(err))
		require.NoError(t, s.LogOut(httptest.NewRecorder(), r))
	}
}

func FuzzCookies(f *testing.F) {
	s, _ := open(f, Config{Guest: true})
	for _, v := range []string{"session=", "session=guest", "session=" + strings.Repeat("A", 43), "session=\"a\"; session=b", "oidc=AAAA", "__Host-session=x"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil) // from elsewhere: not even the guest
		r.Header.Set("Cookie", v)
		_, err := s.Who(r, "a")
		require.Equal(t, models.Unauthenticated, models.CodeOf(err))
		for _, c := range r.Cookies() {
			_, ok := s.sealer.open(c.Value, time.Now())
			require.False(t, ok)
		}
	})
}

func TestHashesWaitTheirTurn(t *testing.T) {
	s, _ := open(t, Config{})
	var wg sync.WaitGroup
	for range freeOfAccount {
		wg.Go(func() {
			_, err := s.LogIn(httptest.NewRecorder(), request(nil), "a", "anna", password)
			require.NoError(t, err)
		})
	}
	wg.Wait()
	require.Empty(t, s.hashes.slots)
}
