package store

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// openAt returns a store with anna and bert whose clock a test moves.
func openAt(t *testing.T, now *time.Time) *Store {
	cfg := configIn(t.TempDir())
	cfg.Now = func() time.Time { return *now }
	s, err := Open(cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	for _, name := range []string{"anna", "bert"} {
		require.NoError(t, s.CreateUser(t.Context(), models.User{Username: name, Role: models.Admin, PasswordHash: "h"}, "test"))
	}
	return s
}

func (s *Store) begin(t *testing.T, username, token string, expires time.Time) models.Session {
	t.Helper()
	return s.beginAs(t, models.User{Username: username, PasswordHash: "h"}, token, expires)
}

func (s *Store) beginAs(t *testing.T, as models.User, token string, expires time.Time) models.Session {
	t.Helper()
	x := models.Session{ID: models.NewID(s.now()), Username: as.Username, Kind: models.SessionPassword, Address: "10.0.0.1", Agent: "Browser"}
	require.NoError(t, s.BeginSession(t.Context(), x, as, token, x.Address, models.At(expires)))
	return x
}

func (s *Store) has(t *testing.T, token string) bool {
	t.Helper()
	_, ok, err := s.Session(t.Context(), token)
	require.NoError(t, err)
	return ok
}

func TestSessionsExpire(t *testing.T) {
	now := noon
	s := openAt(t, &now)
	x := s.begin(t, "anna", "a", noon.Add(time.Hour))
	s.begin(t, "anna", "b", noon.Add(2*time.Hour))
	l, ok, err := s.Session(t.Context(), "a")
	require.NoError(t, err)
	require.True(t, ok)
	x.CreatedAt, x.SeenAt = models.At(noon), models.At(noon)
	require.Equal(t, Login{Session: x, ExpiresAt: models.At(noon.Add(time.Hour))}, l)
	require.False(t, s.has(t, x.ID), "an id opens nothing")

	now = noon.Add(time.Hour)
	require.False(t, s.has(t, "a"), "expired")
	require.NoError(t, s.PruneSessions(t.Context(), models.At(now)))
	require.Equal(t, 1, s.countRows(t, "sessions"))
	require.NoError(t, s.LeaveSession(t.Context(), "b"))
	require.NoError(t, s.LeaveSession(t.Context(), "b"))
	require.False(t, s.has(t, "b"))
}

func (s *Store) countRows(t *testing.T, table string) int {
	t.Helper()
	n, err := s.read.NewSelect().Table(table).Count(t.Context())
	require.NoError(t, err)
	return int(n)
}

func TestSessionsAreListedSeenAndEnded(t *testing.T) {
	now := noon
	s := openAt(t, &now)
	first := s.begin(t, "anna", "a", noon.Add(time.Hour))
	now = now.Add(time.Minute)
	second := s.begin(t, "bert", "b", noon.Add(time.Hour))
	require.NoError(t, s.SeeSession(t.Context(), first.ID, "10.0.0.9", "Phone"))

	all, next, err := s.Sessions(t.Context(), SessionFilter{})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Equal(t, []string{second.ID, first.ID}, []string{all[0].ID, all[1].ID})
	require.Equal(t, "10.0.0.9 Phone", all[1].Address+" "+all[1].Agent)
	require.Equal(t, models.At(now), all[1].SeenAt)
	page, next, err := s.Sessions(t.Context(), SessionFilter{Limit: 1})
	require.NoError(t, err)
	require.Len(t, page, 1)
	page, next, err = s.Sessions(t.Context(), SessionFilter{Limit: 1, After: next})
	require.NoError(t, err)
	require.Equal(t, first.ID, page[0].ID)
	require.Empty(t, next)
	for want, f := range map[int]SessionFilter{1: {Username: "anna"}, 0: {SeenAfter: models.At(now)}} {
		page, _, err = s.Sessions(t.Context(), f)
		require.NoError(t, err)
		require.Len(t, page, want)
	}

	require.Equal(t, models.NotFound, models.CodeOf(s.EndSession(t.Context(), first.ID, "bert", "bert")), "that of somebody else")
	require.NoError(t, s.EndSession(t.Context(), first.ID, "", "bert"))
	require.False(t, s.has(t, "a"))
	require.Equal(t, models.NotFound, models.CodeOf(s.EndSession(t.Context(), first.ID, "", "bert")))
	rows, err := s.LedgerOf(t.Context(), first.ID)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.NotContains(t, mustDocument(t, rows), hashToken("a"))
}

// What happens to a person ends the sessions in the same change set.
func TestSessionsEndWithTheirPerson(t *testing.T) {
	now := noon
	s := openAt(t, &now)
	for name, end := range map[string]func(*models.User) error{
		"disabled":         func(u *models.User) error { u.Disabled = true; return nil },
		"another password": func(u *models.User) error { u.PasswordHash = "other"; return nil },
		"another subject":  func(u *models.User) error { u.Subject = "other"; return nil },
		"no subject":       func(u *models.User) error { u.Subject = ""; return nil },
	} {
		require.NoError(t, s.PutUser(t.Context(), models.User{Username: "anna", Role: models.Viewer, PasswordHash: "h", Subject: "s"}, "test"))
		s.beginAs(t, models.User{Username: "anna", PasswordHash: "h", Subject: "s"}, "a", noon.Add(time.Hour))
		_, err := s.EditUser(t.Context(), "anna", "bert", end)
		require.NoError(t, err)
		require.False(t, s.has(t, "a"), name)
	}
}

// Whoever logs in without a pause has a login under way when the password is changed.
func TestALoginUnderWayDoesNotOutliveAChange(t *testing.T) {
	now := noon
	s := openAt(t, &now)
	for name, change := range map[string]func(*models.User){
		"disabled":         func(u *models.User) { u.Disabled = true },
		"another password": func(u *models.User) { u.PasswordHash = "other" },
		"another subject":  func(u *models.User) { u.Subject = "other" },
	} {
		read := models.User{Username: "anna", Role: models.Viewer, PasswordHash: "h", Subject: "s"}
		require.NoError(t, s.PutUser(t.Context(), read, "test"))
		_, err := s.EditUser(t.Context(), "anna", "bert", func(u *models.User) error { change(u); return nil })
		require.NoError(t, err)
		err = s.BeginSession(t.Context(), models.Session{ID: "x"}, read, "late", "", models.At(noon.Add(time.Hour)))
		require.Equal(t, models.Unauthenticated, models.CodeOf(err), name)
		require.False(t, s.has(t, "late"), name)
	}
}

func TestSessionsOfOnePersonAreBounded(t *testing.T) {
	now := noon
	s := openAt(t, &now)
	for i := range maxSessions + 3 {
		now = now.Add(time.Second)
		s.begin(t, "anna", fmt.Sprint(i), noon.Add(time.Hour))
	}
	s.begin(t, "bert", "b", noon.Add(time.Hour))
	require.Equal(t, maxSessions+1, s.countRows(t, "sessions"))
	require.False(t, s.has(t, "2"))
	require.True(t, s.has(t, "3"))
}

func TestPlaces(t *testing.T) {
	now := noon
	s := openAt(t, &now)
	known := func(username, address string) bool {
		ok, err := s.KnownPlace(t.Context(), username, address)
		require.NoError(t, err)
		return ok
	}
	s.begin(t, "anna", "a", noon.Add(time.Hour))
	require.True(t, known("anna", "10.0.0.1"))
	require.False(t, known("anna", "10.0.0.2"))
	require.False(t, known("bert", "10.0.0.1"))
	now = now.Add(placeMemory)
	require.False(t, known("anna", "10.0.0.1"), "too long ago")
	for i := range maxPlaces + 5 {
		now = now.Add(time.Second)
		x := models.Session{ID: models.NewID(now)}
		require.NoError(t, s.BeginSession(t.Context(), x, models.User{Username: "anna", PasswordHash: "h"}, fmt.Sprint(i), fmt.Sprint("p", i), models.At(now.Add(time.Hour))))
	}
	require.Equal(t, maxPlaces, s.countRows(t, "places"))
	require.False(t, known("anna", "p4"))
	require.True(t, known("anna", "p5"))
}

func TestWallTokens(t *testing.T) {
	now := noon
	s := openAt(t, &now)
	ctx := context.Background()
	for field, c := range map[string][2]string{"name": {"", ""}, "area": {"East", "mars"}} {
		_, err := s.CreateWallToken(ctx, c[0], c[1], "secret", "anna")
		require.ErrorContains(t, err, field+": ")
	}
	w, err := s.CreateWallToken(ctx, "East", "", "secret-east", "anna")
	require.NoError(t, err)
	_, err = s.EnterWall(ctx, "secret-west", models.Session{ID: "x"}, "cookie")
	require.Equal(t, models.Unauthenticated, models.CodeOf(err))

	now = now.Add(time.Hour)
	l, err := s.EnterWall(ctx, "secret-east", models.Session{ID: "x", Address: "10.0.0.5"}, "cookie")
	require.NoError(t, err)
	require.Equal(t, models.SessionWall, l.Kind)
	require.Equal(t, "wall:East", l.Username, "no person can be called so")
	now = now.Add(399 * 24 * time.Hour)
	require.NoError(t, s.PruneSessions(ctx, models.At(now)))
	got, ok, err := s.Session(ctx, "cookie")
	require.NoError(t, err)
	require.True(t, ok, "a wall does not expire by itself")
	require.Equal(t, "East", got.Screen)
	require.NoError(t, s.SeeSession(ctx, "x", "10.0.0.6", ""))
	list, next, err := s.WallTokens(ctx, "", 0)
	require.NoError(t, err)
	require.Empty(t, next)
	require.Equal(t, models.WallToken{ID: w.ID, Name: "East", CreatedBy: "anna", CreatedAt: models.At(noon), SeenAt: models.At(now)}, list[0])
	all, _, err := s.Sessions(ctx, SessionFilter{SeenAfter: models.At(now.Add(time.Hour))})
	require.NoError(t, err)
	require.Len(t, all, 1, "a wall is never idle")

	require.NoError(t, s.RevokeWallToken(ctx, w.ID, "bert"))
	require.False(t, s.has(t, "cookie"))
	require.Equal(t, models.NotFound, models.CodeOf(s.RevokeWallToken(ctx, w.ID, "bert")))
	rows, err := s.LedgerOf(ctx, w.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"anna wall_token.create", "bert wall_token.revoke"}, []string{rows[0].By + " " + rows[0].Action, rows[1].By + " " + rows[1].Action})
	require.NotContains(t, mustDocument(t, rows), "secret")
}
