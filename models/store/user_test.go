package store

import (
	"log/slog"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestUsers(t *testing.T) {
	s := open(t)
	chen := models.User{Username: "chen", Name: "陈", Role: models.Operator, PasswordHash: "$argon2id$v=19$the-hash"}
	require.NoError(t, s.PutUser(t.Context(), chen, "admin"))
	chen.Disabled = true
	require.NoError(t, s.PutUser(t.Context(), chen, "admin"))
	require.NoError(t, s.PutUser(t.Context(), models.User{Username: "an", Role: models.Admin}, "admin"))
	got, err := s.User(t.Context(), "chen")
	require.NoError(t, err)
	require.Equal(t, chen, got)
	all, err := s.Users(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"an", "chen"}, []string{all[0].Username, all[1].Username})
	_, err = s.User(t.Context(), "none")
	require.Equal(t, models.NotFound, models.CodeOf(err))
	rows, err := s.LedgerOf(t.Context(), "chen")
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.NotContains(t, string(mustDocument(t, rows)), "the-hash")

	for field, u := range map[string]models.User{
		"username": {Username: "a b", Role: models.Admin},
		"role":     {Username: "ab", Role: "king"},
		"name":     {Username: "ab", Role: models.Admin, Name: string(make([]byte, maxName+1))},
	} {
		require.ErrorContains(t, s.PutUser(t.Context(), u, "admin"), field+": ")
	}
}

func mustDocument(t *testing.T, v any) string {
	doc, err := document(v)
	require.NoError(t, err)
	return doc
}

var _ scs.CtxStore = (*Sessions)(nil)

func TestSessions(t *testing.T) {
	now := noon
	cfg := configIn(t.TempDir())
	cfg.Now = func() time.Time { return now }
	s, err := Open(cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer s.Close()
	x := s.Sessions()
	_, ok, err := x.Find("a")
	require.NoError(t, err)
	require.False(t, ok)
	content := []byte{0, 1, 255, '\''}
	require.NoError(t, x.Commit("a", []byte("first"), noon.Add(time.Hour)))
	require.NoError(t, x.Commit("a", content, noon.Add(time.Hour)))
	require.NoError(t, x.Commit("b", content, noon.Add(2*time.Hour)))
	got, ok, err := x.Find("a")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, content, got)

	now = noon.Add(time.Hour)
	_, ok, err = x.Find("a")
	require.NoError(t, err)
	require.False(t, ok, "expired")
	require.NoError(t, s.PruneSessions(t.Context(), models.At(now)))
	n, err := s.read.NewSelect().Table("sessions").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	require.NoError(t, x.Delete("b"))
	require.NoError(t, x.Delete("b"))
	_, ok, err = x.Find("b")
	require.NoError(t, err)
	require.False(t, ok)
}
