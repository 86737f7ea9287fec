package dashboard

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/pki"
)

// certificates are an authority and the files that it has made.
type certificates struct {
	t     *testing.T
	ca    *pki.Authority
	roots *x509.CertPool
	files pki.Files
}

func newCertificates(t *testing.T) *certificates {
	made, err := pki.NewCA("test", nil, time.Now())
	require.NoError(t, err)
	c := &certificates{t: t, roots: x509.NewCertPool()}
	require.True(t, c.roots.AppendCertsFromPEM(made.Cert))
	c.ca, err = pki.ReadCA(made.Cert, made.Key)
	require.NoError(t, err)
	dir := t.TempDir()
	c.files = pki.Files{Cert: filepath.Join(dir, "server.pem"), Key: filepath.Join(dir, "server.key")}
	c.renew()
	return c
}

func (c *certificates) renew() {
	made, err := c.ca.Server([]string{"127.0.0.1"}, time.Now())
	require.NoError(c.t, err)
	require.NoError(c.t, os.WriteFile(c.files.Key, made.Key, 0o600))
	require.NoError(c.t, os.WriteFile(c.files.Cert, made.Cert, 0o600))
}

func (c *certificates) client() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig.RootCAs = c.roots
	c.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestOverTLS(t *testing.T) {
	c := newCertificates(t)
	h := openHall(t, func(cfg *Config, _ *Deps) { cfg.TLSCert, cfg.TLSKey = c.files.Cert, c.files.Key })
	resp, err := c.client().Post("https://"+h.server.Addr()+"/api/v1/session", "application/json", strings.NewReader(`{"username":"viewer","password":"`+password+`"}`))
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, "HTTP/2.0", resp.Proto)
	require.True(t, resp.Cookies()[0].Secure)
	require.NotEmpty(t, resp.Header.Get("Strict-Transport-Security"))
	require.Equal(t, models.GradeOK, h.server.Certificate().Check().Grade)
	first := resp.TLS.PeerCertificates[0]

	resp, err = http.Get("http://" + h.server.Addr() + "/")
	require.NoError(t, err)
	said, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, http.StatusBadRequest, resp.StatusCode)
	require.Contains(t, string(said), "HTTP request to an HTTPS server")

	c.renew()
	require.Eventually(t, func() bool {
		resp, err := c.client().Get("https://" + h.server.Addr() + "/healthz")
		require.NoError(t, err)
		resp.Body.Close()
		return !resp.TLS.PeerCertificates[0].Equal(first)
	}, 10*time.Second, 20*time.Millisecond, "a new certificate is taken up without a restart")
}

func TestABadCertificateIsToldAtTheStart(t *testing.T) {
	h := openHall(t)
	require.Nil(t, h.server.Certificate())
	c := newCertificates(t)
	cfg := DefaultConfig()
	cfg.Listen, cfg.TLSCert, cfg.TLSKey = "127.0.0.1:0", c.files.Cert, c.files.Cert
	_, err := New(cfg, Deps{Store: h.store, Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler)})
	var fault *models.Error
	require.ErrorAs(t, err, &fault)
	require.Equal(t, "tls_cert", fault.Field)
	require.Contains(t, fault.Message, c.files.Cert)
}

func TestTheStartSaysWhoCanListen(t *testing.T) {
	c := newCertificates(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	for want, cfg := range map[string]Config{
		"for this machine alone":                      {Listen: "127.0.0.1:0"},
		"WARN msg=\"dashboard: listening without TLS": {Listen: "0.0.0.0:0", Insecure: true},
		"for a proxy on this machine":                 {Listen: "127.0.0.1:0", TrustedProxies: []string{"127.0.0.1"}},
		"with TLS":                                    {Listen: "0.0.0.0:0", TLSCert: c.files.Cert, TLSKey: c.files.Key},
	} {
		var said bytes.Buffer
		s := &Server{cfg: cfg, deps: Deps{Logger: slog.New(slog.NewTextHandler(&said, nil))}, listener: l, http: &http.Server{}}
		require.NoError(t, s.encrypt())
		s.sayReach()
		require.Contains(t, said.String(), want)
	}
}

// Over HTTP/2 a deadline that passes ends the stream, also while nothing is written.
func TestAPageOverTLSLastsLongerThanItsDeadlines(t *testing.T) {
	c := newCertificates(t)
	h := openHall(t, func(cfg *Config, _ *Deps) { cfg.TLSCert, cfg.TLSKey = c.files.Cert, c.files.Key })
	client := c.client()
	login, err := client.Post("https://"+h.server.Addr()+"/api/v1/session", "application/json", strings.NewReader(`{"username":"viewer","password":"`+password+`"}`))
	require.NoError(t, err)
	login.Body.Close()
	ctx, leave := context.WithTimeout(t.Context(), 20*time.Second)
	defer leave()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+h.server.Addr()+"/api/v1/changes/stream", nil)
	require.NoError(t, err)
	req.AddCookie(login.Cookies()[0])
	page, err := client.Do(req)
	require.NoError(t, err)
	defer page.Body.Close()
	require.Equal(t, "HTTP/2.0", page.Proto)
	lines := bufio.NewScanner(page.Body)
	for beats := 0; beats < 3; { // the first at once, then one each 5 s
		require.True(t, lines.Scan(), "after %d heartbeats: %v", beats, lines.Err())
		if lines.Text() == "event: heartbeat" {
			beats++
		}
	}
}
