package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestUsers(t *testing.T) {
	s := open(t)
	chen := models.User{Username: "chen", Name: "陈", Role: models.Operator, PasswordHash: "$argon2id$v=19$the-hash", MustChange: true, Subject: "oidc|1"}
	require.NoError(t, s.PutUser(t.Context(), chen, "admin"))
	chen.Disabled = true
	require.NoError(t, s.PutUser(t.Context(), chen, "admin"))
	require.NoError(t, s.PutUser(t.Context(), models.User{Username: "an", Role: models.Admin}, "admin"))
	got, err := s.User(t.Context(), "chen")
	require.NoError(t, err)
	require.Equal(t, chen, got)
	got, err = s.UserBySubject(t.Context(), "oidc|1")
	require.NoError(t, err)
	require.Equal(t, chen, got)
	all, err := s.Users(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"an", "chen"}, []string{all[0].Username, all[1].Username})
	for _, nobody := range []string{"none", ""} {
		_, err = s.User(t.Context(), nobody)
		require.Equal(t, models.NotFound, models.CodeOf(err))
		_, err = s.UserBySubject(t.Context(), nobody)
		require.Equal(t, models.NotFound, models.CodeOf(err), "an empty subject is nobody's")
	}

	for field, u := range map[string]models.User{
		"username": {Username: "a b", Role: models.Admin},
		"role":     {Username: "ab", Role: "king"},
		"name":     {Username: "ab", Role: models.Admin, Name: string(make([]byte, maxName+1))},
		"subject":  {Username: "ab", Role: models.Admin, Subject: string(make([]byte, maxSubject+1))},
		"area":     {Username: "ab", Role: models.Viewer, Area: "mars"},
	} {
		require.ErrorContains(t, s.PutUser(t.Context(), u, "admin"), field+": ")
	}
	for _, ours := range []string{models.SystemName, models.GuestName} {
		require.ErrorContains(t, s.PutUser(t.Context(), models.User{Username: ours, Role: models.Admin}, "admin"), "username: ", "who acts under it has done nothing")
	}
	require.ErrorContains(t, s.PutUser(t.Context(), models.User{Username: "screen", Role: models.Wall}, "admin"), "role: ", "a wall is no person")
}

func TestEachUserIsOne(t *testing.T) {
	s := open(t)
	require.NoError(t, s.CreateUser(t.Context(), models.User{Username: "a", Role: models.Viewer, Subject: "x"}, "admin"))
	for field, u := range map[string]models.User{
		"username": {Username: "a", Role: models.Admin},
		"subject":  {Username: "b", Role: models.Admin, Subject: "x"},
	} {
		err := s.CreateUser(t.Context(), u, "admin")
		require.Equal(t, models.Conflict, models.CodeOf(err))
		require.ErrorContains(t, err, field+": ")
	}
	require.NoError(t, s.CreateUser(t.Context(), models.User{Username: "c", Role: models.Viewer}, "admin"), "many have no subject")
	_, err := s.EditUser(t.Context(), "nobody", "admin", func(*models.User) error { return nil })
	require.Equal(t, models.NotFound, models.CodeOf(err))
}

// The ledger says what was done to people, and never a hash.
func TestTheLedgerOfUsers(t *testing.T) {
	s := open(t)
	require.NoError(t, s.CreateUser(t.Context(), models.User{Username: "chen", Role: models.Operator, PasswordHash: "$the-hash-1"}, "admin"))
	edit := func(f func(*models.User)) {
		_, err := s.EditUser(t.Context(), "chen", "boss", func(u *models.User) error { f(u); return nil })
		require.NoError(t, err)
	}
	edit(func(u *models.User) { u.Role = models.Dispatcher })
	edit(func(*models.User) {})
	edit(func(u *models.User) { u.PasswordHash, u.MustChange = "$the-hash-2", true })
	rows, err := s.LedgerOf(t.Context(), "chen")
	require.NoError(t, err)
	require.Len(t, rows, 3, "what changes nothing leaves no trace")
	require.Equal(t, "null", string(rows[0].Before))
	require.Equal(t, "boss", rows[1].By)
	require.Contains(t, string(rows[1].Before), `"role":"operator"`)
	require.Contains(t, string(rows[1].After), `"role":"dispatcher"`)
	require.Equal(t, []string{"user.put", "user.put", "user.password"}, []string{rows[0].Action, rows[1].Action, rows[2].Action})
	require.NotContains(t, mustDocument(t, rows), "the-hash")
}

func TestTheLastAdministratorStays(t *testing.T) {
	s := open(t)
	_, err := s.ApplySite(t.Context(), models.Site{Name: "s", Areas: []models.Area{{ID: "a", Name: "a", Kind: models.Street}}}, "test")
	require.NoError(t, err)
	for _, u := range []models.User{{Username: "one", Role: models.Admin, Subject: "s"}, {Username: "part", Role: models.Admin, Area: "a", PasswordHash: "h"},
		{Username: "off", Role: models.Admin, Disabled: true, PasswordHash: "h"}, {Username: "keyless", Role: models.Admin}} {
		require.NoError(t, s.CreateUser(t.Context(), u, "test"))
	}
	loses := map[string]func(*models.User) error{
		"disabled": func(u *models.User) error { u.Disabled = true; return nil },
		"demoted":  func(u *models.User) error { u.Role = models.Viewer; return nil },
		"confined": func(u *models.User) error { u.Area = "a"; return nil },
		"locked":   func(u *models.User) error { u.Subject = ""; return nil },
	}
	for how, edit := range loses {
		_, err := s.EditUser(t.Context(), "one", "one", edit)
		require.Equal(t, models.Conflict, models.CodeOf(err), how)
	}
	_, err = s.EditUser(t.Context(), "one", "one", func(u *models.User) error { u.Name = "One"; return nil })
	require.NoError(t, err)
	require.NoError(t, s.CreateUser(t.Context(), models.User{Username: "two", Role: models.Admin, PasswordHash: "h"}, "one"))
	for how, edit := range loses {
		_, err := s.EditUser(t.Context(), "one", "two", edit)
		require.NoError(t, err, how)
		require.NoError(t, s.PutUser(t.Context(), models.User{Username: "one", Role: models.Admin, Subject: "s"}, "two"))
	}
}

func TestUsersOfAnArea(t *testing.T) {
	s := open(t)
	_, err := s.ApplySite(t.Context(), models.Site{Name: "s", Areas: []models.Area{{ID: "a", Name: "a", Kind: models.Street},
		{ID: "a1", Name: "a1", Kind: models.Grid, Parent: "a"}, {ID: "b", Name: "b", Kind: models.Street}}}, "test")
	require.NoError(t, err)
	for name, area := range map[string]string{"all": "", "in": "a", "below": "a1", "beside": "b"} {
		require.NoError(t, s.CreateUser(t.Context(), models.User{Username: name, Role: models.GridWorker, Area: area}, "test"))
	}
	got, err := s.In("a").Users(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"below", "in"}, []string{got[0].Username, got[1].Username})
	require.Len(t, got, 2)
}

func mustDocument(t *testing.T, v any) string {
	doc, err := document(v)
	require.NoError(t, err)
	return doc
}
