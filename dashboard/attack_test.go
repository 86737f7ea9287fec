package dashboard

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// raw sends bytes as they are and returns the answer.
func (h *hall) raw(text string) *http.Response {
	h.t.Helper()
	conn, err := net.Dial("tcp", h.server.Addr())
	require.NoError(h.t, err)
	h.t.Cleanup(func() { conn.Close() })
	require.NoError(h.t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	go io.WriteString(conn, text) //nolint:errcheck // the server may hang up before it has read all
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(h.t, err)
	return resp
}

// However an address is written, a stranger gets nothing that is not public.
func TestNoWayAroundTheGuard(t *testing.T) {
	h := openHall(t)
	for _, path := range []string{
		"/api/v1/users", "//api/v1/users", "/api//v1/users", "/api/v1/users/", "/api/v1/%75sers", "/api%2Fv1%2Fusers", "/API/v1/users", "/api/v1/../v1/users",
		"/./api/v1/users", "/x/../api/v1/users", "/x/%2e%2e/api/v1/users", "/api/v1/users%00", "/api/v1/users;x=1", "/api/v1/users?a=/session/ways",
		"/api/v1/session/ways/../../users", "/api/v1/session/ways/%2e%2e/%2e%2e/users", "/api/v1/cameras/gate", "/api/v1/cameras/%67ate", "/api/v1/cameras/..%2fusers",
		"/api/v1/snapshots/..%2f..%2fkey", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%5c..%5ckey", "http://127.0.0.1/api/v1/users",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS", "TRACE", "get"} {
			resp := h.raw(method + " " + path + " HTTP/1.1\r\nHost: hall\r\nConnection: close\r\nX-HTTP-Method-Override: GET\r\nX-Original-URL: /healthz\r\n\r\n")
			b, _ := io.ReadAll(resp.Body)
			require.Less(t, resp.StatusCode, 500, "%s %s", method, path)
			require.NotContains(t, string(b), "operator", "%s %s: people are not public", method, path)
			require.NotContains(t, string(b), "Gate", "%s %s: cameras are not public", method, path)
			require.NotContains(t, string(b), "root:", "%s %s", method, path)
			if resp.StatusCode == http.StatusOK {
				require.NotContains(t, resp.Header.Get("Content-Type"), "json", "%s %s", method, path)
			}
		}
	}
}

// What is too big, too deep, packed or ambiguous is refused, and the hall goes on.
func TestHostileRequests(t *testing.T) {
	h := openHall(t)
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, err := z.Write(make([]byte, 32<<20))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	post := func(headers, body string) string {
		return fmt.Sprintf("POST /api/v1/session HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s", headers, len(body), body)
	}
	for name, c := range map[string]struct {
		text string
		want []int
	}{
		"huge header":       {"GET /api/v1/session HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", []int{431}},
		"many headers":      {"GET /api/v1/session HTTP/1.1\r\nHost: h\r\n" + strings.Repeat("X: y\r\n", 12<<10) + "\r\n", []int{431}},
		"huge address":      {"GET /" + strings.Repeat("x", 64<<10) + " HTTP/1.1\r\nHost: h\r\n\r\n", []int{431, 414}},
		"many parameters":   {"GET /api/v1/alerts?" + strings.Repeat("a&", 12<<10) + " HTTP/1.1\r\nHost: h\r\n\r\n", []int{400, 401}},
		"many cookies":      {"GET /api/v1/session HTTP/1.1\r\nHost: h\r\nCookie: " + strings.Repeat("session=x;", 2500) + "\r\n\r\n", []int{401}},
		"two lengths":       {"POST /api/v1/session HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x", []int{400}},
		"length and chunks": {"POST /api/v1/session HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nTransfer-Encoding: gzip, chunked\r\n\r\n{}", []int{400, 501}},
		"no host":           {"GET / HTTP/1.1\r\n\r\n", []int{400}},
		"two hosts":         {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", []int{400}},
		"deep JSON":         {post("", strings.Repeat("[", 60_000)), []int{400}},
		"deep JSON inside":  {post("", `{"username":`+strings.Repeat(`{"a":`, 10_000)+"1"+strings.Repeat("}", 10_001)), []int{400}},
		"gzip bomb":         {post("Content-Encoding: gzip\r\n", bomb.String()), []int{400, 413, 415}},
		"too many chunks":   {"POST /api/v1/session HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1000\r\n"+strings.Repeat(" ", 0x1000)+"\r\n", 40) + "0\r\n\r\n", []int{413}},
		"multipart":         {"POST /api/v1/session HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 5\r\n\r\n--x--", []int{400}},
		"no UTF-8":          {post("", "{\"username\":\"\xff\xfe\",\"password\":\"\xff\"}"), []int{400, 401}},
		"the same twice":    {post("", `{"username":"viewer","username":"admin","password":"x"}`), []int{400, 401}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			resp := h.raw(c.text)
			require.Contains(t, c.want, resp.StatusCode)
		})
	}
	h.t = t
	require.Equal(t, http.StatusOK, h.as(models.Viewer).do("GET", "/api/v1/session", "").code)
	s := h.server.http
	require.Positive(t, s.ReadHeaderTimeout, "slow headers")
	require.Positive(t, s.IdleTimeout, "idle connections")
	require.LessOrEqual(t, s.MaxHeaderBytes, 32<<10)
}

// Nothing that a stranger says of our name comes back: no poisoned link, cookie or redirect.
func TestTheHostHeaderIsNotBelieved(t *testing.T) {
	h := openHall(t)
	for _, path := range []string{"/", "/login", "/api/v1/session", "/api/v1/session/oidc", "/api/v1/cameras/", "/metrics", "/readyz"} {
		resp := h.raw("GET " + path + " HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n")
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NotContains(t, string(b)+fmt.Sprint(resp.Header), "evil.example", path)
	}
}

func TestWebSocketsOfStrangersAndBigFrames(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Viewer)
	header := http.Header{"Cookie": {p.cookie.String()}, "Origin": {"https://evil.example"}}
	_, resp, err := websocket.Dial(t.Context(), h.url+"/api/v1/cameras/gate/live", &websocket.DialOptions{HTTPHeader: header})
	require.Error(t, err)
	require.Equal(t, http.StatusForbidden, resp.StatusCode, "a foreign page looks through its visitor's eyes")

	conn := p.watch("/api/v1/cameras/gate/live")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_ = conn.Write(ctx, websocket.MessageBinary, make([]byte, 8<<20)) // breaks off when the hall hangs up
	_, _, err = conn.Read(ctx)
	require.Error(t, err)
	require.NoError(t, ctx.Err(), "viewers have nothing to say, who sends is cut off")
}

func TestAHugeLastEventID(t *testing.T) {
	h := openHall(t)
	got := h.as(models.Viewer).do("GET", "/api/v1/changes/stream", "", "Last-Event-ID", strings.Repeat("9", 20_000))
	require.Equal(t, http.StatusBadRequest, got.code)
	require.Less(t, len(got.body), 300)
}

func TestTooManyRequests(t *testing.T) {
	h := openHall(t, func(c *Config, _ *Deps) { c.RateLimit = 10 })
	viewer, admin, stranger := h.as(models.Viewer), h.as(models.Admin), &person{hall: h}
	flood := func(p *person) (last answer) {
		for range 100 {
			if last = p.do("GET", "/api/v1/session", ""); last.code == http.StatusTooManyRequests {
				break
			}
		}
		return last
	}
	got := flood(viewer)
	require.Equal(t, http.StatusTooManyRequests, got.code)
	require.Regexp(t, `^[1-9]\d*$`, got.header.Get("Retry-After"))
	require.Contains(t, got.body, "wait a moment")
	_, resp, err := websocket.Dial(t.Context(), h.url+"/api/v1/cameras/gate/live", &websocket.DialOptions{HTTPHeader: http.Header{"Cookie": {viewer.cookie.String()}}})
	if err != nil { // else a tenth of a second went by
		require.Equal(t, http.StatusTooManyRequests, resp.StatusCode, "an opening counts too")
	}
	require.Equal(t, http.StatusOK, admin.do("GET", "/api/v1/session", "").code, "others at this address go on")

	require.Equal(t, http.StatusTooManyRequests, flood(stranger).code)
	require.Equal(t, http.StatusOK, admin.do("GET", "/api/v1/session", "").code, "strangers do not shut out who is logged in")
	require.Equal(t, http.StatusOK, stranger.do("GET", "/healthz", "").code)
}

// A wall of 64 tiles opens all of them at once, with its lists, and none is refused.
func TestAWallOpensAllItsTiles(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Viewer)
	for range 64 {
		p.watch("/api/v1/cameras/gate/live")
		require.Equal(t, http.StatusOK, p.do("GET", "/api/v1/alerts", "").code)
		require.Equal(t, http.StatusOK, p.do("GET", "/api/v1/overview", "").code)
	}
}

func TestMetricsAreForInsiders(t *testing.T) {
	for _, c := range []struct {
		name, from, host, header string
		networks                 []string
		want                     bool
	}{
		{"this machine", "127.0.0.1:1", "127.0.0.1:8080", "", nil, true},
		{"this machine by IPv6", "[::1]:1", "localhost:8080", "", nil, true},
		{"a name that points here", "127.0.0.1:1", "evil.example", "", nil, false},
		{"through a proxy here", "127.0.0.1:1", "127.0.0.1:8080", "X-Forwarded-For", nil, false},
		{"through another proxy here", "127.0.0.1:1", "127.0.0.1:8080", "Forwarded", nil, false},
		{"elsewhere", "192.0.2.9:1", "127.0.0.1:8080", "", nil, false},
		{"a named address", "192.0.2.9:1", "hall:8080", "", []string{"192.0.2.9"}, true},
		{"a named network", "[::ffff:192.0.2.9]:1", "hall:8080", "", []string{"192.0.2.0/24"}, true},
		{"through a proxy there", "192.0.2.9:1", "hall:8080", "X-Forwarded-For", []string{"192.0.2.9"}, false},
		{"no address", "@", "localhost", "", nil, false},
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr, r.Host = c.from, c.host
		if c.header != "" {
			r.Header.Set(c.header, "198.51.100.1")
		}
		require.Equal(t, c.want, (&Server{cfg: Config{Metrics: c.networks}}).inside(r), c.name)
	}
	h := openHall(t)
	got := (&person{hall: h}).do("GET", "/metrics", "", "X-Forwarded-For", "127.0.0.1")
	require.Equal(t, http.StatusForbidden, got.code)
	require.NotContains(t, got.body, "zhihui_")
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Viewer)
	for _, path := range []string{"/", "/nothing.js", "/api/v1/session", "/api/v1/nothing", "/api/v1/cameras/nothing", "/healthz", "/metrics"} {
		got := p.do("GET", path, "").header
		require.Contains(t, got.Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
		require.NotContains(t, got.Get("Content-Security-Policy"), "unsafe", path)
		require.Contains(t, got.Get("Permissions-Policy"), "camera=(), microphone=(), geolocation=()", path)
		require.Equal(t, "same-origin", got.Get("Cross-Origin-Resource-Policy"), path)
		require.Equal(t, "same-origin", got.Get("Cross-Origin-Opener-Policy"), path)
		require.Equal(t, "nosniff", got.Get("X-Content-Type-Options"), path)
		require.Equal(t, "same-origin", got.Get("Referrer-Policy"), path)
		require.Equal(t, "noindex, nofollow", got.Get("X-Robots-Tag"), path)
		require.Empty(t, got.Get("Server"), path)
		require.Empty(t, got.Get("Access-Control-Allow-Origin"), path)
		if strings.HasPrefix(path, "/api/") {
			require.Equal(t, "no-store", got.Get("Cache-Control"), path)
		}
	}
	require.Equal(t, `"cache"`, p.do("DELETE", "/api/v1/session", "").header.Get("Clear-Site-Data"))
}

func TestNotReadyIsSaidOnceForEachReason(t *testing.T) {
	fault := fmt.Errorf("the site is not seeded")
	h := openHall(t, func(_ *Config, d *Deps) { d.Ready = func(context.Context) error { return fault } })
	p := &person{hall: h}
	for range 5 {
		p.do("GET", "/readyz", "")
	}
	fault = nil
	p.do("GET", "/readyz", "")
	fault = fmt.Errorf("the disk is full")
	for range 5 {
		p.do("GET", "/readyz", "")
	}
	h.stop()
	require.Equal(t, 1, strings.Count(h.log.String(), "not seeded"))
	require.Equal(t, 1, strings.Count(h.log.String(), "the disk is full"))
}

// Who tries what he may not do stands in the log, and cannot fill it or write lines of his own.
func TestRefusalsAreNoted(t *testing.T) {
	h := openHall(t)
	p := h.as(models.Viewer)
	for range 50 {
		require.Equal(t, http.StatusForbidden, p.do("GET", "/api/v1/users?x=%0Alevel=ERROR", "", "User-Agent", "x level=ERROR").code)
	}
	require.Equal(t, http.StatusForbidden, p.do("POST", "/api/v1/painted", `{"alerts":["01A"]}`, "Sec-Fetch-Site", "cross-site").code)
	h.stop()
	log := h.log.String()
	n := strings.Count(log, "user=viewer address=127.0.0.1 method=GET path=/api/v1/users")
	require.Positive(t, n)
	require.Less(t, n, 15)
	require.Contains(t, log, `reason="another site's page"`)
	require.NotContains(t, log, "level=ERROR")
}
