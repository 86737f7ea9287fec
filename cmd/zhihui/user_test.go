package main

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/configs"
	"zhihui/models"
	"zhihui/models/store"
)

func TestUserAdd(t *testing.T) {
	s := newShell(t)
	for _, c := range []struct {
		name, password, username string
		flags                    []string
		code                     int
		want                     string
	}{
		{"fine", "a-good-password\n", "li", []string{"--role=operator", "--password-stdin"}, 0, "li can log in as operator"},
		{"permanent", "a-good-password\r\n", "wu", []string{"--role=admin", "--password-stdin", "--permanent"}, 0, "wu can log in as admin"},
		{"by the provider", "", "oi", []string{"--role=viewer", "--subject=id|7"}, 0, "oi can log in as viewer"},
		{"no such role", "a-good-password", "zu", []string{"--role=king", "--password-stdin"}, 1, `"king" is no role`},
		{"no username", "a-good-password", "z u", []string{"--role=viewer", "--password-stdin"}, 1, "a username has"},
		{"no such area", "a-good-password", "zu", []string{"--role=viewer", "--password-stdin", "--area=mars"}, 1, "there is no area"},
		{"short password", "x", "zu", []string{"--role=viewer", "--password-stdin"}, 1, "password: a password has 12 to 256 characters"},
		{"easy password", "a-good-password-not", "a-good-password", []string{"--role=viewer", "--password-stdin"}, 1, "easily guessed"},
		{"no password", "a-good-password", "zu", []string{"--role=viewer"}, 1, "--password-stdin"},
		{"subject of another", "", "zu", []string{"--role=viewer", "--subject=id|7"}, 1, "subject: somebody else"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, said := s.run(c.password, append([]string{"user", "add", s.config(), c.username}, c.flags...)...)
			require.Equal(t, c.code, code, said)
			require.Contains(t, said, c.want)
			if c.username != "a-good-password" {
				require.NotContains(t, said, "a-good-password")
			}
		})
	}
	li, wu := s.user("li"), s.user("wu")
	require.True(t, li.MustChange, "others know it")
	require.False(t, wu.MustChange)
	require.Equal(t, "id|7", s.user("oi").Subject)
}

// user reads a user as the hall would.
func (s shell) user(username string) models.User {
	s.t.Helper()
	cfg, err := configs.Load(s.dir + "/zhihui.yml")
	require.NoError(s.t, err)
	st, err := store.Open(cfg.Store, slog.New(slog.DiscardHandler))
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, st.Close()) }()
	u, err := st.User(s.t.Context(), username)
	require.NoError(s.t, err)
	return u
}

func TestUsersFromTheShell(t *testing.T) {
	s := newShell(t)
	run := func(in string, args ...string) (int, string) {
		return s.run(in, append([]string{"user", args[0], s.config()}, args[1:]...)...)
	}
	for _, who := range []string{"wu", "li"} {
		code, said := run("a-good-password", "add", who, "--role=admin", "--password-stdin", "--permanent")
		require.Zero(t, code, said)
	}
	before := s.user("li")
	code, said := run("another-good-one", "password", "li", "--password-stdin")
	require.Zero(t, code, said)
	after := s.user("li")
	require.NotEqual(t, before.PasswordHash, after.PasswordHash)
	require.True(t, after.MustChange)
	require.Equal(t, models.Admin, after.Role, "what is not named stays")
	for _, c := range [][]string{{"password", "nobody", "--password-stdin"}, {"password", "li"}, {"disable", "nobody"}} {
		code, said := run("another-good-one", c...)
		require.Equal(t, 1, code, said)
	}
	code, said = run("x", "password", "li", "--password-stdin")
	require.Equal(t, 1, code, said)

	code, said = run("", "disable", "li")
	require.Zero(t, code, said)
	code, said = run("", "disable", "wu")
	require.Equal(t, 1, code)
	require.Contains(t, said, "the last administrator")
	code, said = run("", "list")
	require.Zero(t, code)
	require.Equal(t, "USERNAME  ROLE   AREA  STATE     NAME\nli        admin  -     disabled  li\nwu        admin  -     ok        wu\n", said)
}
