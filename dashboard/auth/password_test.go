package auth

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestPasswords(t *testing.T) {
	names := []string{"zhang.wei", "张伟", "和安街道指挥中心"}
	for _, good := range []string{"command-hall-demo", "correct horse", "a-good-password", "mK8#vQ2!xT5p", "三只猫在屋顶上看月亮出来",
		"ßßßß grüßt ÄÖÜ", "zhang.wei likes tofu", strings.Repeat("ab", 3) + " swims in rivers", "        x  y  z  q", strings.Repeat("kx9#", 2) + "wq7%zz!pLm"} {
		require.NoError(t, CheckPassword("password", good, names...), good)
	}
	for _, bad := range []string{
		"", "short", "elevenchars", strings.Repeat("wortschatz ", 24), // 264 characters
		"password1234", "P@ssw0rd2024", "Password!2024", "passwordpassword", "adminadminadmin", "admin@123456", "Admin_Admin_2026",
		"qwertyuiop12", "1qaz2wsx3edc", "asdfghjkl;123", "123456789012", "987654321098", "abcdefghijkl", "aaaaaaaaaaaa", "ababababababab",
		"abcabcabcabc", "xkqzxkqzxkqz", "zhangwei1234", "zhang.wei.zhang.wei", "zhihui-zhihui", "Zhihui2026!!", "张伟张伟张伟张伟张伟张伟",
		"和安街道指挥中心和安街道指挥中心", "iloveyou1314520", "correcthorsebatterystaple", "line one\nline two", "null\x00null\x00null", "\xff\xfe not any text",
	} {
		err := CheckPassword("new", bad, names...)
		var e *models.Error
		require.ErrorAs(t, err, &e, "%q", bad)
		require.Equal(t, "new", e.Field)
		require.NotContains(t, e.Message, "zhang")
	}
}

func TestTheLongestPasswordIsCheckedQuickly(t *testing.T) {
	begun := time.Now()
	require.Error(t, CheckPassword("password", strings.Repeat("a", MaxPassword)))
	require.Less(t, time.Since(begun), 5*time.Second, "it takes some milliseconds")
}

func FuzzCheckPassword(f *testing.F) {
	for _, v := range []string{"command-hall-demo", "\xff", strings.Repeat("张", 40), "aaaaaaaaaaaaa"} {
		f.Add(v, "anna")
	}
	f.Fuzz(func(t *testing.T, v, name string) {
		err := CheckPassword("password", v, name)
		require.Contains(t, []models.Code{"", models.Invalid}, models.CodeOf(err))
		if err == nil && name != "" {
			require.NotEqual(t, name, v)
		}
	})
}

func TestHashPassword(t *testing.T) {
	hash, err := HashPassword("command-hall-demo")
	require.NoError(t, err)
	require.Contains(t, hash, "$argon2id$v=19$m=65536,t=1,p=1$")
}

const second = "battery staple"

func TestTheOwnPasswordIsChanged(t *testing.T) {
	c := newClock()
	s, st := open(t, Config{Now: c.now})
	_, err := st.EditUser(t.Context(), "anna", "adam", func(u *models.User) error { u.MustChange = true; return nil })
	require.NoError(t, err)
	here, elsewhere := s.logIn(t), s.logIn(t)
	v, err := s.Who(request(here), "10.0.0.1")
	require.NoError(t, err)
	require.True(t, v.MustChange)
	require.Empty(t, PermissionsOf(v.User))

	change := func(w *httptest.ResponseRecorder, current, next string) error {
		return s.ChangePassword(w, request(here), v, "10.0.0.1", current, next)
	}
	for _, refused := range []struct{ current, next, field string }{
		{"wrong", second, "current"}, {password, password, "new"}, {password, "short", "new"}, {password, "annaannaanna", "new"},
	} {
		var e *models.Error
		require.ErrorAs(t, change(httptest.NewRecorder(), refused.current, refused.next), &e)
		require.Equal(t, models.Invalid, e.Code)
		require.Equal(t, refused.field, e.Field)
	}
	w := httptest.NewRecorder()
	require.NoError(t, change(w, password, second))
	require.Equal(t, models.Unauthenticated, s.who(elsewhere), "all other sessions end")
	require.Equal(t, models.Unauthenticated, s.who(here), "this one goes on under a new token")
	v, err = s.Who(request(w), "10.0.0.1")
	require.NoError(t, err)
	require.False(t, v.MustChange)
	require.Error(t, s.guess("10.0.0.1", "anna", password))
	require.NoError(t, s.guess("10.0.0.1", "anna", second))
	rows, err := st.LedgerOf(t.Context(), "anna")
	require.NoError(t, err)
	require.Equal(t, "anna user.password", rows[len(rows)-1].By+" "+rows[len(rows)-1].Action)
}

func TestTheCurrentPasswordCannotBeGuessed(t *testing.T) {
	c := newClock()
	s, _ := open(t, Config{Now: c.now})
	w := s.logIn(t)
	v, err := s.Who(request(w), "10.0.0.1")
	require.NoError(t, err)
	for range freeOfAccount + 1 {
		require.Equal(t, models.Invalid, models.CodeOf(s.ChangePassword(httptest.NewRecorder(), request(w), v, "10.0.0.1", "wrong", second)))
	}
	require.Equal(t, models.TooMany, models.CodeOf(s.ChangePassword(httptest.NewRecorder(), request(w), v, "10.0.0.1", password, second)))
}

// Nothing that people type or show reaches the log.
func TestNoSecretReachesTheLog(t *testing.T) {
	log := &bytes.Buffer{}
	s, st := open(t, Config{Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	w := s.logIn(t)
	for _, try := range [][2]string{{"anna", "typed-secret-1"}, {"typed-secret-2", "x"}, {"olaf", "typed-secret-3"}} {
		require.Error(t, s.guess("10.0.0.1", try[0], try[1]))
	}
	_, secret, err := s.MakeWallToken(context.Background(), "East", "", "adam")
	require.NoError(t, err)
	wall := httptest.NewRecorder()
	_, err = s.EnterWall(wall, request(nil), "10.0.0.1", secret)
	require.NoError(t, err)
	_, err = s.EnterWall(wall, request(nil), "10.0.0.1", "typed-secret-4")
	require.Error(t, err)
	u, err := st.User(t.Context(), "anna")
	require.NoError(t, err)
	require.Contains(t, log.String(), "auth: logged in")
	require.Contains(t, log.String(), "auth: a login was refused")
	for _, word := range []string{"typed-secret", password, secret, u.PasswordHash, w.Result().Cookies()[0].Value, wall.Result().Cookies()[0].Value} {
		require.NotContains(t, log.String(), word)
	}
}
