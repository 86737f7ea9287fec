package auth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestGuest(t *testing.T) {
	s, _ := open(t, Config{Guest: true})
	w := httptest.NewRecorder()
	s.Guest(w)
	v, err := s.Who(request(w), "127.0.0.1")
	require.NoError(t, err)
	require.Equal(t, models.User{Username: "wall", Name: "大屏", Role: models.Wall}, v.User)
	require.Empty(t, v.Session.ID)
	rows, _, err := s.List(t.Context(), "", "", 0)
	require.NoError(t, err)
	require.Empty(t, rows, "a guest leaves nothing in the store")
	for name, strange := range map[string]func(*http.Request){
		"another name": func(r *http.Request) { r.Host = "hall.example" },
		"a proxy":      func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.9") },
	} {
		r := request(w)
		strange(r)
		_, err := s.Who(r, "127.0.0.1")
		require.Equal(t, models.Unauthenticated, models.CodeOf(err), name)
	}
	_, err = s.LogIn(httptest.NewRecorder(), request(w), "127.0.0.1", "anna", password)
	require.NoError(t, err)
	s.cfg.Guest = false
	require.Equal(t, models.Unauthenticated, s.who(w), "switched off, old guests are out")
}

func TestAWallByToken(t *testing.T) {
	c := newClock()
	s, st := open(t, Config{Now: c.now, Idle: time.Minute})
	token, secret, err := s.MakeWallToken(t.Context(), "East", "", "adam")
	require.NoError(t, err)
	require.Len(t, secret, 43)

	w := httptest.NewRecorder()
	v, err := s.EnterWall(w, request(nil), "10.0.0.5", secret)
	require.NoError(t, err)
	require.Equal(t, models.Wall, v.Role)
	require.Equal(t, "East", v.Name)
	c.at = c.at.Add(300 * 24 * time.Hour)
	v, err = s.Who(request(w), "10.0.0.5")
	require.NoError(t, err, "a wall has no end by itself")
	require.Equal(t, models.SessionWall, v.Session.Kind)
	for p, may := range map[Permission]bool{SiteRead: true, LiveView: true, AlertAcknowledge: false, Account: false, UserEdit: false} {
		require.Equal(t, may, May(v.User, p), "%s", p)
	}

	again := httptest.NewRecorder()
	_, err = s.EnterWall(again, request(w), "10.0.0.5", secret)
	require.NoError(t, err)
	list, _, err := s.List(t.Context(), "", "", 0)
	require.NoError(t, err)
	require.Len(t, list, 1, "a screen that loads its page again leaves its old session")

	require.NoError(t, st.RevokeWallToken(t.Context(), token.ID, "adam"))
	require.Equal(t, models.Unauthenticated, s.who(again))
	_, err = s.EnterWall(httptest.NewRecorder(), request(nil), "10.0.0.5", secret)
	require.Equal(t, models.Unauthenticated, models.CodeOf(err))
}

func TestGuessingWallTokensIsSlowedDown(t *testing.T) {
	c := newClock()
	s, _ := open(t, Config{Now: c.now})
	try := func(address string) models.Code {
		_, err := s.EnterWall(httptest.NewRecorder(), request(nil), address, strings.Repeat("A", 43))
		return models.CodeOf(err)
	}
	for range freeOfAddress + 1 {
		require.Equal(t, models.Unauthenticated, try("10.0.0.5"))
	}
	require.Equal(t, models.TooMany, try("10.0.0.5"))
	require.Equal(t, models.Unauthenticated, try("10.0.0.6"))
}
