package dashboard

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gin-contrib/gzip"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"zhihui/dashboard/api"
	"zhihui/dashboard/auth"
	"zhihui/dashboard/web"
)

// routes puts the whole HTTP surface together.
func (s *Server) routes(a *api.API) (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode) // or gin prints every route
	r := gin.New()
	r.ContextWithFallback = true // a handler's context ends with its request
	if err := r.SetTrustedProxies(s.cfg.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted_proxies: %w", err)
	}
	r.Use(gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, p any) { a.Panic(c, fmt.Errorf("panic: %v", p)) }))
	r.Use(s.headers, gzip.Gzip(gzip.DefaultCompression, gzip.WithCustomShouldCompressFn(compressible)))
	r.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	r.GET("/readyz", s.readyz)
	r.GET("/metrics", s.insiders, gin.WrapH(promhttp.HandlerFor(s.deps.Registry, promhttp.HandlerOpts{DisableCompression: true})))
	a.Register(r)
	p := pages{files: web.Files(), built: web.Built(), admit: s.admitGuest}
	files := auth.NewPace(filesASecond, s.deps.Now)
	r.NoRoute(func(c *gin.Context) {
		if err := files.Take("", c.ClientIP()); err != nil {
			a.Refuse(c, err)
			return
		}
		if strings.HasPrefix(c.Request.URL.Path, "/api/") {
			a.NotFound(c)
			return
		}
		p.serve(c)
	})
	return impatient(api.Bounded(r), bodyTimeout, answerTimeout), nil
}

// impatient gives the body of a request so long to come in, and the answer so long to go out: strangers who never read would keep
// a connection each. The server itself must not, because its timeouts end streams; those set their own.
func impatient(next http.Handler, body, answer time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, now := http.NewResponseController(w), time.Now()
		err := conn.SetWriteDeadline(now.Add(answer))
		if r.ContentLength != 0 && err == nil {
			err = conn.SetReadDeadline(now.Add(body))
		}
		if err != nil && !errors.Is(err, http.ErrNotSupported) { // which only a test's recorder says
			http.Error(w, "the connection is gone", http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// readyz answers 200 when the hall can be used: load balancers and `make demo` wait for it.
func (s *Server) readyz(c *gin.Context) {
	err := s.deps.Ready(c.Request.Context())
	why := ""
	if err != nil {
		why = err.Error()
	}
	if before := s.unready.Swap(&why); why != "" && (before == nil || *before != why) { // some ask each second
		s.deps.Logger.Info("dashboard: not ready", "error", err)
	}
	if err != nil {
		c.String(http.StatusServiceUnavailable, "not ready yet, the log says why\n")
		return
	}
	c.String(http.StatusOK, "ready\n")
}

// compressible keeps gzip away from streams, which it would hold back, and from what is compressed already.
func compressible(c *gin.Context) bool {
	path := c.Request.URL.Path
	for _, suffix := range []string{"/stream", "/live", "/footage", "/download", ".png", ".jpg", ".woff2", ".woff", ".pbf"} {
		if strings.HasSuffix(path, suffix) {
			return false
		}
	}
	return strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") && !strings.HasPrefix(path, api.Base+"/snapshots/")
}

// filesASecond bounds the files of the pages that one address gets a second, four times as many at once: a page has some fifty,
// and browsers keep them.
const filesASecond = 500

// insiders lets who may read the metrics pass.
func (s *Server) insiders(c *gin.Context) {
	if !s.inside(c.Request) {
		c.String(http.StatusForbidden, "the metrics are for this machine and the networks that the setting dashboard.metrics names\n")
		c.Abort()
	}
}

// inside tells whether a request comes from this machine itself, or straight from a network of the settings. What a proxy hands
// on comes from elsewhere.
func (s *Server) inside(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != "" {
		return false
	}
	ip := from.Addr().Unmap().WithZone("")
	for _, n := range s.cfg.Metrics {
		if p, err := network(n); err == nil && p.Contains(ip) { // Validate has seen the error
			return true
		}
	}
	return ip.IsLoopback() && auth.AtHome(r)
}

// headers tell browsers what our pages never do, so that injected text stays text: nothing stands inline, neither scripts nor
// styles (the libraries set styles by script, which is another thing). No other page may hold any of it.
func (s *Server) headers(c *gin.Context) {
	c.Header("Content-Security-Policy", "default-src 'self'; script-src 'self'; style-src 'self'; "+
		"img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self'; font-src 'self' data:; "+
		"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	c.Header("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), bluetooth=(), display-capture=()")
	c.Header("Cross-Origin-Opener-Policy", "same-origin")
	c.Header("Cross-Origin-Embedder-Policy", "require-corp")
	c.Header("Cross-Origin-Resource-Policy", "same-origin")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Referrer-Policy", "same-origin")
	c.Header("X-Robots-Tag", "noindex, nofollow")
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		c.Header("Cache-Control", "no-store")
	}
	if s.cfg.secure() {
		c.Header("Strict-Transport-Security", "max-age=31536000")
	}
}
