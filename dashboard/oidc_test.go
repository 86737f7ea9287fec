package dashboard

import (
	"context"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/dashboard/auth"
	"zhihui/dashboard/auth/oidctest"
	"zhihui/models"
)

// The way of a browser: the login page's link, the provider, and back to the page that was asked for.
func TestABrowserLogsInByTheProvider(t *testing.T) {
	p := oidctest.Start(t)
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(oidctest.ClientSecret), 0o600))
	h := openHall(t, func(c *Config, _ *Deps) {
		c.OIDC = auth.OIDCConfig{Issuer: p.URL, ClientID: oidctest.ClientID, ClientSecretFile: file, Name: "区统一认证", Claim: "sub",
			RedirectURL: "http://localhost:8080" + auth.OIDCCallback}
	})
	network := &http.Transport{DialContext: func(ctx context.Context, kind, address string) (net.Conn, error) {
		if address == "localhost:8080" { // what browsers call the hall
			address = h.server.Addr()
		}
		return (&net.Dialer{}).DialContext(ctx, kind, address)
	}}
	t.Cleanup(network.CloseIdleConnections)
	h.putUser(models.User{Username: "mei", Role: models.Operator, Subject: "mei@district"})
	require.JSONEq(t, `{"password":true,"oidc":"区统一认证"}`, (&person{hall: h}).do("GET", "/api/v1/session/ways", "").body)

	browse := func() (*http.Response, http.CookieJar) {
		jar, err := cookiejar.New(nil)
		require.NoError(t, err)
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://localhost:8080/api/v1/session/oidc?to=/api/v1/session", nil)
		require.NoError(t, err)
		req.Header.Set("Accept", "text/html")
		req.Header.Set("Sec-Fetch-Site", "cross-site") // as it says when another site leads it back
		resp, err := (&http.Client{Jar: jar, Transport: network}).Do(req)
		require.NoError(t, err)
		resp.Body.Close()
		return resp, jar
	}
	p.Say(map[string]any{"sub": "mei@district"})
	resp, jar := browse()
	require.Equal(t, "/", resp.Request.URL.Path, "the API is no page to come back to")
	mei := &person{hall: h}
	for _, c := range jar.Cookies(resp.Request.URL) {
		if c.Name == "session" {
			mei.cookie = c
		}
	}
	require.Equal(t, "mei", mei.me().Username)
	require.Equal(t, http.StatusConflict, mei.do("POST", "/api/v1/session/password", `{"current":"x","new":"chosen by herself"}`).code, "there is none to change")

	p.Say(map[string]any{"sub": "stranger"})
	resp, jar = browse()
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
	require.Equal(t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
	require.Empty(t, jar.Cookies(resp.Request.URL))

	got := (&person{hall: h}).do("GET", "/api/v1/session/oidc/callback?code=x&state=<script>&authuser=0", "", "Accept", "text/html,*/*")
	require.Equal(t, http.StatusUnauthorized, got.code)
	require.Contains(t, got.body, "请重新开始")
	require.NotContains(t, got.body, "<script")
	h.stop()
	require.NotContains(t, h.log.String(), oidctest.ClientSecret)
	require.NotContains(t, strings.ToLower(h.log.String()), "code=")
}
