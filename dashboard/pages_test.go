package dashboard

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// site is a front end as `npm run build` leaves it.
func site() fstest.MapFS {
	return fstest.MapFS{
		"index.html":        {Data: []byte("<!doctype html><title>hall</title>")},
		"assets/app-1a2.js": {Data: []byte("export {}")},
		"favicon.svg":       {Data: []byte("<svg/>")},
		".gitkeep":          {},
	}
}

func get(p pages, method, path string) *httptest.ResponseRecorder {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.NoRoute(p.serve)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func TestPages(t *testing.T) {
	p := pages{files: site(), built: true, admit: func(*gin.Context) {}}
	for _, c := range []struct {
		path, kind, cache string
		code              int
	}{
		{"/", "text/html; charset=utf-8", "no-cache", 200},
		{"/wall", "text/html; charset=utf-8", "no-cache", 200},
		{"/console/orders/01O", "text/html; charset=utf-8", "no-cache", 200},
		{"/login", "text/html; charset=utf-8", "no-cache", 200},
		{"/assets/app-1a2.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", 200},
		{"/favicon.svg", "image/svg+xml", "no-cache", 200},
		{"/assets/old.js", "text/plain; charset=utf-8", "", 404},
		{"/.gitkeep", "text/plain; charset=utf-8", "", 404},
		{"/assets/../../../etc/passwd", "text/html; charset=utf-8", "no-cache", 200},
	} {
		w := get(p, "GET", c.path)
		require.Equal(t, c.code, w.Code, c.path)
		require.Equal(t, c.kind, w.Header().Get("Content-Type"), c.path)
		require.Equal(t, c.cache, w.Header().Get("Cache-Control"), c.path)
	}
	require.Equal(t, http.StatusMethodNotAllowed, get(p, "POST", "/wall").Code)
	unbuilt := get(pages{files: fstest.MapFS{}}, "GET", "/wall")
	require.Equal(t, http.StatusServiceUnavailable, unbuilt.Code)
	require.Contains(t, unbuilt.Body.String(), "make build")
}

func TestNoPageRunsForeignScript(t *testing.T) {
	h := openHall(t)
	for _, path := range []string{"/", "/wall", "/api/v1/site", "/nothing.js", "/healthz"} {
		csp := (&person{hall: h}).do("GET", path, "").header.Get("Content-Security-Policy")
		require.Contains(t, csp, "script-src 'self';", path)
		require.NotContains(t, csp, "unsafe-eval", path)
	}
}

// The wall's own machine looks without a login, and can do nothing else.
func TestTheWallsGuest(t *testing.T) {
	h := openHall(t, func(c *Config, _ *Deps) { c.WallGuest = true })
	s := h.server
	ask := func(edit func(*http.Request), path string) []*http.Cookie {
		w := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(w)
		c.Request = httptest.NewRequest("GET", path, nil)
		c.Request.Host = s.Addr()
		edit(c.Request)
		s.admitGuest(c)
		return w.Result().Cookies()
	}
	admit := func(path string) []*http.Cookie { return ask(func(*http.Request) {}, path) }
	require.Empty(t, admit("/console"))
	require.Empty(t, admit("/login"))
	for _, path := range []string{"/", "/wall"} {
		cookies := admit(path)
		require.Len(t, cookies, 1, path)
		guest := &person{hall: h, cookie: cookies[0]}
		var me struct {
			Username string
			Role     models.Role
		}
		guest.do("GET", "/api/v1/session", "").into(t, &me)
		require.Equal(t, "wall", me.Username)
		require.Equal(t, models.Wall, me.Role)
		require.Equal(t, http.StatusForbidden, guest.do("POST", "/api/v1/alerts/01A/acknowledge", "").code)
	}
	for host, let := range map[string]bool{"localhost": true, "localhost:8080": true, "[::1]:8080": true, "127.0.0.1": true,
		"evil.example:8080": false, "127.0.0.1.evil.example": false, "": false} {
		got := ask(func(r *http.Request) { r.Host = host }, "/wall")
		require.Equal(t, let, len(got) == 1, "a name of another site may lead here: %q", host)
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For"} {
		require.Empty(t, ask(func(r *http.Request) { r.Header.Set(name, "10.0.0.9") }, "/wall"), "a proxy here speaks for others")
	}
	s.cfg.WallGuest = false
	require.Empty(t, admit("/wall"))
}

func TestAUserIsNotTurnedIntoTheGuest(t *testing.T) {
	h := openHall(t, func(c *Config, _ *Deps) { c.WallGuest = true })
	p := h.as(models.Operator)
	require.Empty(t, p.do("GET", "/wall", "").cookies)
}
