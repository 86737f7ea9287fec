package dashboard

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// me is what GET /session says.
type me struct {
	Username    string
	Role        models.Role
	Area        string
	MustChange  bool `json:"must_change"`
	Permissions []string
}

func (p *person) me() (m me) {
	p.hall.t.Helper()
	p.do("GET", "/api/v1/session", "").into(p.hall.t, &m)
	return m
}

// logIn is somebody with a password of their own.
func (h *hall) logIn(username, password string) (*person, answer) {
	h.t.Helper()
	p := &person{hall: h}
	got := p.do("POST", "/api/v1/session", `{"username":"`+username+`","password":"`+password+`"}`)
	if len(got.cookies) > 0 {
		p.cookie = got.cookies[0]
	}
	return p, got
}

func TestGuessersAreSlowedDown(t *testing.T) {
	h := openHall(t)
	for range 6 {
		_, got := h.logIn("admin", "guess")
		require.Equal(t, http.StatusUnauthorized, got.code)
	}
	_, got := h.logIn("admin", password)
	require.Equal(t, http.StatusTooManyRequests, got.code)
	require.Equal(t, "1", got.header.Get("Retry-After"))
	require.Contains(t, got.body, `"code":"too_many"`)
}

func TestAPersonFromTheFirstDayToTheLast(t *testing.T) {
	h := openHall(t)
	admin := h.as(models.Admin)
	made := admin.do("POST", "/api/v1/users", `{"username":"mei","name":"梅","role":"operator","area":"a1","password":"given by the boss"}`)
	require.Equal(t, http.StatusCreated, made.code, made.body)
	var u models.User
	made.into(t, &u)
	require.Equal(t, models.User{Username: "mei", Name: "梅", Role: models.Operator, Area: "a1", MustChange: true}, u)

	mei, got := h.logIn("mei", "given by the boss")
	require.Equal(t, http.StatusOK, got.code)
	require.Equal(t, me{Username: "mei", Role: models.Operator, Area: "a1", MustChange: true, Permissions: []string{}}, mei.me())
	for _, path := range []string{"GET /alerts", "GET /roles", "GET /sessions", "POST /painted", "GET /changes/stream", "DELETE /sessions/x", "GET /cameras/gate/picture"} {
		method, path, _ := strings.Cut(path, " ")
		got := mei.do(method, "/api/v1"+path, "")
		require.Equal(t, http.StatusForbidden, got.code, path)
		require.Contains(t, got.body, `"code":"must_change"`, path)
	}
	for body, want := range map[string]int{
		`{"current":"wrong","new":"chosen by herself"}`:                 http.StatusBadRequest,
		`{"current":"given by the boss","new":"given by the boss"}`:     http.StatusBadRequest,
		`{"current":"given by the boss","new":"mei mei mei mei"}`:       http.StatusBadRequest,
		`{"current":"given by the boss","new":"chosen","admin":"true"}`: http.StatusBadRequest,
	} {
		require.Equal(t, want, mei.do("POST", "/api/v1/session/password", body).code, body)
	}
	changed := mei.do("POST", "/api/v1/session/password", `{"current":"given by the boss","new":"chosen by herself"}`)
	require.Equal(t, http.StatusNoContent, changed.code, changed.body)
	mei.cookie = changed.cookies[0]
	require.Contains(t, mei.me().Permissions, "alert.acknowledge")
	require.Equal(t, http.StatusOK, mei.do("GET", "/api/v1/alerts", "").code)

	require.Equal(t, http.StatusOK, admin.do("PATCH", "/api/v1/users/mei", `{"role":"viewer","name":"Mei"}`).code)
	require.Equal(t, models.Viewer, mei.me().Role, "what an administrator changes counts at once")
	require.Equal(t, http.StatusOK, admin.do("PATCH", "/api/v1/users/mei", `{"disabled":true}`).code)
	require.Equal(t, http.StatusUnauthorized, mei.do("GET", "/api/v1/session", "").code)
	_, got = h.logIn("mei", "chosen by herself")
	require.Equal(t, http.StatusUnauthorized, got.code)

	rows, err := h.store.LedgerOf(t.Context(), "mei")
	require.NoError(t, err)
	var did []string
	for _, r := range rows {
		did = append(did, r.By+" "+r.Action)
		for _, secret := range []string{"boss", "herself", "argon2"} {
			require.NotContains(t, string(r.Before)+string(r.After), secret)
		}
	}
	require.Equal(t, []string{"admin user.put", "mei user.password", "admin user.put", "admin user.put"}, did)
}

func TestUsersThatCannotBe(t *testing.T) {
	h := openHall(t)
	h.putUser(models.User{Username: "known", Role: models.Viewer, Subject: "id|1"})
	p := h.as(models.Admin)
	for _, c := range []struct {
		name, method, path, body, field string
		code                            models.Code
	}{
		{"no role", "POST", "", `{"username":"mei","password":"chosen by herself"}`, "role", models.Invalid},
		{"a wall", "POST", "", `{"username":"mei","role":"wall","password":"chosen by herself"}`, "role", models.Invalid},
		{"no password", "POST", "", `{"username":"mei","role":"viewer"}`, "password", models.Invalid},
		{"a weak one", "POST", "", `{"username":"mei","role":"viewer","password":"password1234"}`, "password", models.Invalid},
		{"the site's name", "POST", "", `{"username":"mei","role":"viewer","password":"test-test-test-mei"}`, "password", models.Invalid},
		{"no username", "POST", "", `{"role":"viewer","password":"chosen by herself"}`, "username", models.Invalid},
		{"a strange username", "POST", "", `{"username":"m e i","role":"viewer","password":"chosen by herself"}`, "username", models.Invalid},
		{"a strange area", "POST", "", `{"username":"mei","role":"viewer","area":"mars","password":"chosen by herself"}`, "area", models.Invalid},
		{"known", "POST", "", `{"username":"known","role":"viewer","password":"chosen by herself"}`, "username", models.Conflict},
		{"known elsewhere", "POST", "", `{"username":"mei","role":"viewer","subject":"id|1"}`, "subject", models.Conflict},
		{"other name", "PATCH", "/known", `{"username":"mei"}`, "username", models.Invalid},
		{"nobody", "PATCH", "/nobody", `{"name":"x"}`, "", models.NotFound},
		{"one's own password", "PATCH", "/admin", `{"password":"chosen by herself"}`, "password", models.Invalid},
		{"the last administrator", "PATCH", "/admin", `{"role":"viewer"}`, "", models.Conflict},
		{"the last administrator", "PATCH", "/admin", `{"disabled":true}`, "", models.Conflict},
	} {
		got := p.do(c.method, "/api/v1/users"+c.path, c.body)
		var e models.Error
		got.into(t, &e)
		require.Equal(t, c.code, e.Code, "%s: %s", c.name, got.body)
		require.Equal(t, c.field, e.Field, "%s: %s", c.name, got.body)
		require.NotContains(t, got.body, "herself")
	}
}

func TestWhoSeesWhichUsers(t *testing.T) {
	h := openHall(t)
	h.putUser(models.User{Username: "gone", Role: models.GridWorker, PasswordHash: h.hash, Disabled: true, Subject: "id|1"})
	h.putUser(models.User{Username: "near", Role: models.Dispatcher, PasswordHash: h.hash, Area: "a1", Subject: "id|2"})
	list := func(p *person, query string) (users []models.User, got answer) {
		var page struct{ Items []models.User }
		got = p.do("GET", "/api/v1/users"+query, "")
		if got.code == http.StatusOK {
			got.into(t, &page)
		}
		require.NotContains(t, got.body, "argon2")
		return page.Items, got
	}
	users, got := list(h.as(models.Dispatcher), "")
	require.Len(t, users, 7, "who can be given work")
	require.NotContains(t, got.body, "id|2")
	_, got = list(h.as(models.Dispatcher), "?all=true")
	require.Equal(t, http.StatusForbidden, got.code)
	users, got = list(h.as(models.Admin), "?all=true")
	require.Len(t, users, 8)
	require.Contains(t, got.body, "id|2")
	near, _ := h.logIn("near", password)
	users, _ = list(near, "")
	require.Len(t, users, 1, "those of the own area")
}

// One who looks after a part of the site gives nobody more than he has: he lets nobody in at all.
func TestAnAdministratorOfAPart(t *testing.T) {
	h := openHall(t)
	h.putUser(models.User{Username: "part", Role: models.Admin, PasswordHash: h.hash, Area: "a1"})
	p, _ := h.logIn("part", password)
	require.NotContains(t, p.me().Permissions, "user.edit")
	require.Contains(t, p.me().Permissions, "camera.edit")
	for _, path := range []string{"POST /users", "PATCH /users/viewer", "GET /users?all=true", "GET /wall-tokens", "POST /wall-tokens", "DELETE /wall-tokens/x", "GET /sessions?user=viewer"} {
		method, path, _ := strings.Cut(path, " ")
		require.Equal(t, http.StatusForbidden, p.do(method, "/api/v1"+path, "").code, path)
	}
}

type sessionPage struct{ Items []models.Session }

func TestSessionsOfOnesOwnAndOfOthers(t *testing.T) {
	h := openHall(t)
	first, second, admin := h.as(models.Viewer), h.as(models.Viewer), h.as(models.Admin)
	list := func(p *person, query string) []models.Session {
		var page sessionPage
		p.do("GET", "/api/v1/sessions"+query, "").into(t, &page)
		return page.Items
	}
	own := list(first, "")
	require.Len(t, own, 2)
	require.False(t, own[0].Current)
	require.True(t, own[1].Current)
	require.Equal(t, "127.0.0.1", own[0].Address)
	require.Equal(t, models.SessionPassword, own[0].Kind)
	require.Len(t, list(admin, ""), 3)
	require.Len(t, list(admin, "?user=viewer"), 2)
	require.Len(t, list(first, "?user=viewer"), 2)
	require.Equal(t, http.StatusForbidden, first.do("GET", "/api/v1/sessions?user=admin", "").code)

	of := list(admin, "?user=admin")[0].ID
	require.Equal(t, http.StatusNotFound, first.do("DELETE", "/api/v1/sessions/"+of, "").code, "that of another is not there")
	require.Equal(t, http.StatusNoContent, first.do("DELETE", "/api/v1/sessions/"+own[0].ID, "").code)
	require.Equal(t, http.StatusUnauthorized, second.do("GET", "/api/v1/session", "").code)
	require.Equal(t, http.StatusNoContent, admin.do("DELETE", "/api/v1/sessions/"+own[1].ID, "").code)
	require.Equal(t, http.StatusUnauthorized, first.do("GET", "/api/v1/session", "").code)
	rows, err := h.store.LedgerOf(t.Context(), own[1].ID)
	require.NoError(t, err)
	require.Equal(t, "admin session.end", rows[0].By+" "+rows[0].Action)
}

func TestScreensByToken(t *testing.T) {
	h := openHall(t)
	admin := h.as(models.Admin)
	require.Equal(t, http.StatusBadRequest, admin.do("POST", "/api/v1/wall-tokens", `{"name":"East","area":"mars"}`).code)
	made := admin.do("POST", "/api/v1/wall-tokens", `{"name":"East","area":"a1"}`)
	require.Equal(t, http.StatusCreated, made.code, made.body)
	var token struct {
		Token  models.WallToken
		Secret string
	}
	made.into(t, &token)
	listed := admin.do("GET", "/api/v1/wall-tokens", "")
	require.Contains(t, listed.body, token.Token.ID)
	require.NotContains(t, listed.body, token.Secret, "it is shown once")

	screen := &person{hall: h}
	wrong := screen.do("POST", "/api/v1/session/wall", `{"token":"`+strings.Repeat("A", 43)+`"}`)
	require.Equal(t, http.StatusUnauthorized, wrong.code)
	got := screen.do("POST", "/api/v1/session/wall", `{"token":"`+token.Secret+`"}`)
	require.Equal(t, http.StatusOK, got.code, got.body)
	screen.cookie = got.cookies[0]
	m := screen.me()
	require.Equal(t, models.Wall, m.Role)
	require.Equal(t, "a1", m.Area)
	for path, want := range map[string]int{"GET /alerts": 200, "GET /overview": 200, "POST /alerts/01A/acknowledge": 403, "GET /users": 403,
		"GET /sessions": 403, "GET /search?q=x": 403, "POST /session/password": 403, "GET /ledger": 403} {
		method, path, _ := strings.Cut(path, " ")
		require.Equal(t, want, screen.do(method, "/api/v1"+path, "").code, path)
	}
	require.Equal(t, http.StatusNoContent, admin.do("DELETE", "/api/v1/wall-tokens/"+token.Token.ID, "").code)
	require.Equal(t, http.StatusUnauthorized, screen.do("GET", "/api/v1/alerts", "").code)
	h.stop()
	require.NotContains(t, h.log.String(), token.Secret)
}

// A page of another site cannot log a person into an account of its own choice.
// An administrator who is about to be shut out begins something, and sends the rest of it when that has happened.
func TestWhoIsShutOutMeanwhileDoesNothing(t *testing.T) {
	h := openHall(t)
	h.putUser(models.User{Username: "second", Role: models.Admin, PasswordHash: h.hash})
	p := h.as(models.Admin)
	conn, err := net.Dial("tcp", h.server.Addr())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	const body = `{"name":"a door for later"}`
	_, err = fmt.Fprintf(conn, "POST /api/v1/wall-tokens HTTP/1.1\r\nHost: h\r\nCookie: %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", p.cookie.Name+"="+p.cookie.Value, len(body))
	require.NoError(t, err)
	in := bufio.NewReader(conn)
	line, err := in.ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "100 Continue", "it waits for the body")
	_, err = h.store.EditUser(t.Context(), "admin", "second", func(u *models.User) error { u.Disabled = true; return nil })
	require.NoError(t, err)
	_, err = io.WriteString(conn, body)
	require.NoError(t, err)
	_, err = in.ReadString('\n') // the empty line
	require.NoError(t, err)
	resp, err := http.ReadResponse(in, nil)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusUnauthorized, resp.StatusCode)
	tokens, _, err := h.store.WallTokens(t.Context(), "", 0)
	require.NoError(t, err)
	require.Empty(t, tokens)
}

func TestOtherSitesPagesCannotLogPeopleIn(t *testing.T) {
	h := openHall(t)
	stranger := &person{hall: h}
	for path, body := range map[string]string{"/session": `{"username":"viewer","password":"` + password + `"}`, "/session/wall": `{"token":"` + strings.Repeat("A", 43) + `"}`} {
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
			got := stranger.do("POST", "/api/v1"+path, body, header...)
			require.Equal(t, http.StatusForbidden, got.code, path)
			require.Empty(t, got.cookies)
		}
	}
}

// What people type or are given goes into no answer, no ledger row and no line of the log.
func TestNoSecretOfPeopleIsShown(t *testing.T) {
	h := openHall(t)
	admin := h.as(models.Admin)
	made := admin.do("POST", "/api/v1/users", `{"username":"mei","role":"admin","password":"given by the boss"}`)
	require.Equal(t, http.StatusCreated, made.code)
	mei, _ := h.logIn("mei", "given by the boss")
	changed := mei.do("POST", "/api/v1/session/password", `{"current":"given by the boss","new":"chosen by herself"}`)
	h.logIn("typed-as-a-name", "typed as a password")
	var token struct{ Secret string }
	admin.do("POST", "/api/v1/wall-tokens", `{"name":"East"}`).into(t, &token)
	screen := (&person{hall: h}).do("POST", "/api/v1/session/wall", `{"token":"`+token.Secret+`"}`)

	secrets := []string{"given by the boss", "chosen by herself", "typed as a password", "typed-as-a-name", "argon2", password, token.Secret,
		admin.cookie.Value, mei.cookie.Value, changed.cookies[0].Value, screen.cookies[0].Value}
	shown := []string{made.body, changed.body, screen.body}
	for _, path := range []string{"/session", "/sessions", "/users?all=true", "/wall-tokens", "/ledger", "/changes?since=0", "/health"} {
		got := admin.do("GET", "/api/v1"+path, "")
		require.Equal(t, http.StatusOK, got.code, path)
		shown = append(shown, got.body)
	}
	shown = append(shown, admin.do("GET", "/metrics", "").body)
	h.stop()
	for _, text := range append(shown, h.log.String()) {
		for _, secret := range secrets {
			require.NotContains(t, text, secret)
		}
	}
	require.Contains(t, h.log.String(), "a login was refused")
}
