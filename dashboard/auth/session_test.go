package auth

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
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

// open returns sessions over a real store that knows anna (operator) and the disabled olaf.
func open(t *testing.T, cfg Config) (*Sessions, *store.Store) {
	t.Helper()
	sc := store.DefaultConfig()
	sc.Dir = t.TempDir()
	st, err := store.Open(sc, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	hash, err := HashPassword(password)
	require.NoError(t, err)
	for _, u := range []models.User{
		{Username: "anna", Name: "Anna", Role: models.Operator, PasswordHash: hash},
		{Username: "olaf", Name: "Olaf", Role: models.Admin, PasswordHash: hash, Disabled: true},
	} {
		require.NoError(t, st.PutUser(t.Context(), u, "test"))
	}
	cfg.Lifetime = time.Hour
	s, err := New(cfg, st.Sessions(), st)
	require.NoError(t, err)
	return s, st
}

// request is one that carries the cookies which w has set.
func request(w *httptest.ResponseRecorder) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if w != nil {
		for _, c := range w.Result().Cookies() {
			r.AddCookie(c)
		}
	}
	return r
}

func TestLogInAndOut(t *testing.T) {
	s, st := open(t, Config{})
	w := httptest.NewRecorder()
	u, err := s.LogIn(w, request(nil), "10.0.0.1", "anna", password)
	require.NoError(t, err)
	require.Equal(t, models.Operator, u.Role)

	c := w.Result().Cookies()[0]
	require.Equal(t, "session", c.Name)
	require.True(t, c.HttpOnly)
	require.False(t, c.Secure)
	require.Equal(t, http.SameSiteLaxMode, c.SameSite)

	got, err := s.User(request(w))
	require.NoError(t, err)
	require.Equal(t, "anna", got.Username)

	u.Disabled = true
	require.NoError(t, st.PutUser(t.Context(), u, "test"))
	_, err = s.User(request(w))
	require.Equal(t, models.Unauthenticated, models.CodeOf(err), "a closed account is out at once")
	u.Disabled = false
	require.NoError(t, st.PutUser(t.Context(), u, "test"))

	out := httptest.NewRecorder()
	require.NoError(t, s.LogOut(out, request(w)))
	require.Negative(t, out.Result().Cookies()[0].MaxAge, "the browser forgets the cookie")
	_, err = s.User(request(w))
	require.Equal(t, models.Unauthenticated, models.CodeOf(err), "and so does the store")
}

func TestLogInRenewsTheToken(t *testing.T) {
	s, _ := open(t, Config{Secure: true})
	first, second := httptest.NewRecorder(), httptest.NewRecorder()
	_, err := s.LogIn(first, request(nil), "a", "anna", password)
	require.NoError(t, err)
	require.True(t, first.Result().Cookies()[0].Secure)
	_, err = s.LogIn(second, request(first), "a", "anna", password)
	require.NoError(t, err)
	require.NotEqual(t, first.Result().Cookies()[0].Value, second.Result().Cookies()[0].Value)
	_, err = s.User(request(first))
	require.Equal(t, models.Unauthenticated, models.CodeOf(err), "the old token is worth nothing")
}

func TestRefusalsTellNothing(t *testing.T) {
	s, _ := open(t, Config{})
	var said []string
	for _, try := range [][2]string{{"anna", "wrong"}, {"nobody", password}, {"olaf", password}, {"anna", ""}, {"", ""}} {
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

func TestGuessingIsSlowedDown(t *testing.T) {
	c := &clock{at: time.Unix(1e9, 0)}
	s, _ := open(t, Config{Now: c.now})
	try := func(address, pass string) models.Code {
		_, err := s.LogIn(httptest.NewRecorder(), request(nil), address, "anna", pass)
		return models.CodeOf(err)
	}
	for range 12 {
		require.Empty(t, try("a", password), "logging in rightly costs nothing")
	}
	for range 10 {
		require.Equal(t, models.Unauthenticated, try("a", "wrong"))
	}
	require.Equal(t, models.TooMany, try("a", "wrong"))
	require.Equal(t, models.TooMany, try("a", password), "the right one waits as well")
	require.Empty(t, try("b", password), "others at other places do not")
	c.at = c.at.Add(11 * time.Second)
	require.Empty(t, try("a", password))
}

func TestGuest(t *testing.T) {
	s, _ := open(t, Config{Guest: true})
	w := httptest.NewRecorder()
	require.NoError(t, s.Guest(w, request(nil)))
	u, err := s.User(request(w))
	require.NoError(t, err)
	require.Equal(t, models.User{Username: "wall", Name: "大屏", Role: models.Wall}, u)

	s.guest = false
	_, err = s.User(request(w))
	require.Equal(t, models.Unauthenticated, models.CodeOf(err), "switched off, old guests are out")
}

func TestStrangeCookies(t *testing.T) {
	s, _ := open(t, Config{})
	for _, v := range []string{"", "x", string(make([]byte, 4096)), "../../etc"} {
		r := request(nil)
		r.Header.Set("Cookie", "session="+v)
		_, err := s.User(r)
		require.Equal(t, models.Unauthenticated, models.CodeOf(err))
		require.NoError(t, s.LogOut(httptest.NewRecorder(), r))
	}
}

func TestLimitsForgetTheOldest(t *testing.T) {
	l := newLimits(time.Second, 1)
	now := time.Unix(1e9, 0)
	for i := range 5 * generation {
		l.take(time.Duration(i).String(), now)
	}
	require.LessOrEqual(t, len(l.young)+len(l.old), 2*generation)
}

func TestHashesWaitTheirTurn(t *testing.T) {
	s, _ := open(t, Config{})
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			_, err := s.LogIn(httptest.NewRecorder(), request(nil), "a", "anna", password)
			require.NoError(t, err)
		})
	}
	wg.Wait()
	require.Empty(t, s.hashes.slots)
}

func TestHashPassword(t *testing.T) {
	for _, bad := range []string{"", "short", string(make([]byte, MaxPassword+1))} {
		_, err := HashPassword(bad)
		require.Equal(t, models.Invalid, models.CodeOf(err))
	}
	hash, err := HashPassword("zhihui-demo")
	require.NoError(t, err)
	require.Contains(t, hash, "$argon2id$v=19$m=65536,t=1,p=1$")
}
