package pki

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// shop is a folder with the files of a site, and its time.
type shop struct {
	t     testing.TB
	dir   string
	ca    *Authority
	now   atomic.Int64 // seconds
	said  bytes.Buffer
	saids sync.Mutex
}

func newShop(t testing.TB) *shop {
	s := &shop{t: t, dir: t.TempDir()}
	s.now.Store(noon.Unix())
	var made Made
	s.ca, made = authority(t, noon.AddDate(-3, 0, 0)) // so that it has signed what has expired
	s.write("ca.pem", made.Cert)
	return s
}

func (s *shop) time() time.Time { return time.Unix(s.now.Load(), 0) }

// Write takes the log.
func (s *shop) Write(p []byte) (int, error) {
	s.saids.Lock()
	defer s.saids.Unlock()
	return s.said.Write(p)
}

func (s *shop) log() string {
	s.saids.Lock()
	defer s.saids.Unlock()
	return s.said.String()
}

func (s *shop) path(name string) string { return filepath.Join(s.dir, name) }

// write replaces a file as a careful tool does.
func (s *shop) write(name string, text []byte) {
	require.NoError(s.t, os.WriteFile(s.path(name+".new"), text, 0o600))
	require.NoError(s.t, os.Rename(s.path(name+".new"), s.path(name)))
}

func (s *shop) put(name string, m Made, err error) {
	s.t.Helper()
	require.NoError(s.t, err)
	s.write(name+".key", m.Key)
	s.write(name+".pem", m.Cert)
}

func (s *shop) server(at time.Time) {
	s.t.Helper()
	m, err := s.ca.Server([]string{"localhost", "127.0.0.1"}, at)
	s.put("server", m, err)
}

func (s *shop) client(at time.Time) {
	s.t.Helper()
	m, err := s.ca.Client("vision-1", at)
	s.put("client", m, err)
}

// identity has files by name; "" = none.
func (s *shop) identity(name, ca string) *Identity {
	f := Files{}
	if name != "" {
		f.Cert, f.Key = s.path(name+".pem"), s.path(name+".key")
	}
	if ca != "" {
		f.CA = s.path(ca)
	}
	i := New(name, f, slog.New(slog.NewTextHandler(s, nil)))
	i.now = s.time
	return i
}

// listen serves one byte to each who gets through.
func (s *shop) listen(i *Identity) string {
	config, err := i.Server()
	require.NoError(s.t, err)
	config.Time = s.time
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	require.NoError(s.t, err)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { defer c.Close(); _, _ = c.Write([]byte("y")) })
		}
	})
	s.t.Cleanup(func() { l.Close(); all.Wait() })
	return l.Addr().String()
}

func (s *shop) dial(address string, config *tls.Config) (*tls.ConnectionState, error) {
	c, err := tls.Dial("tcp", address, config)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		return nil, err
	}
	state := c.ConnectionState()
	return &state, nil
}

func (s *shop) clientConfig(i *Identity) *tls.Config {
	s.t.Helper()
	c, err := i.Client()
	require.NoError(s.t, err)
	return c
}

func TestAServerIsTrustedByItsCAAlone(t *testing.T) {
	s := newShop(t)
	s.server(noon)
	address := s.listen(s.identity("server", ""))
	state, err := s.dial(address, s.clientConfig(s.identity("", "ca.pem")))
	require.NoError(t, err)
	require.Equal(t, uint16(tls.VersionTLS13), state.Version)
	_, err = s.dial(address, s.clientConfig(s.identity("", "")))
	require.ErrorContains(t, err, "certificate")
	old := s.clientConfig(s.identity("", "ca.pem"))
	old.MinVersion, old.MaxVersion = tls.VersionTLS11, tls.VersionTLS11
	_, err = s.dial(address, old)
	require.ErrorContains(t, err, "protocol version")
	weak := s.clientConfig(s.identity("", "ca.pem"))
	weak.MaxVersion, weak.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
	_, err = s.dial(address, weak)
	require.ErrorContains(t, err, "handshake failure")
}

func TestClientsShowWhoTheyAre(t *testing.T) {
	s := newShop(t)
	s.server(noon)
	s.client(noon)
	listener := s.identity("server", "ca.pem")
	address := s.listen(listener)
	me := s.clientConfig(s.identity("client", "ca.pem"))
	me.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	_, err := s.dial(address, me)
	require.NoError(t, err)
	_, err = s.dial(address, s.clientConfig(s.identity("", "ca.pem")))
	require.ErrorContains(t, err, "certificate required")
	self, err := listener.Self()
	require.NoError(t, err)
	_, err = s.dial(address, self)
	require.NoError(t, err, "who has the listener's own key is the listener")

	m, err := s.ca.Server([]string{"other"}, noon)
	s.put("other", m, err)
	_, err = s.dial(address, s.clientConfig(s.identity("other", "ca.pem")))
	require.ErrorContains(t, err, "bad certificate", "a server's certificate is no client's")
	stranger := newShop(t)
	stranger.client(noon)
	strange := s.clientConfig(stranger.identity("client", ""))
	strange.RootCAs = me.RootCAs
	_, err = s.dial(address, strange)
	require.ErrorContains(t, err, "bad certificate", "of another authority")
	_, err = stranger.dial(stranger.listenStrange(), self)
	require.ErrorContains(t, err, "another process")

	s.client(noon.AddDate(-2, 0, 0))
	_, err = s.dial(address, s.clientConfig(s.identity("client", "ca.pem")))
	require.ErrorContains(t, err, "bad certificate", "expired")
	s.now.Add(400 * 24 * 3600)
	s.server(s.time())
	_, err = s.dial(address, me)
	require.ErrorContains(t, err, "bad certificate", "a session that is taken up again is looked at too")
}

func (s *shop) listenStrange() string {
	s.server(noon)
	return s.listen(s.identity("server", ""))
}

// What cannot be used changes nothing, is told once, and is forgotten when the files are good again.
func TestOnlyGoodFilesAreTakenUp(t *testing.T) {
	other := newShop(t)
	other.server(noon)
	foreign, err := os.ReadFile(other.path("server.key"))
	require.NoError(t, err)
	for name, spoil := range map[string]func(s *shop){
		"half-written":        func(s *shop) { b, _ := os.ReadFile(s.path("server.pem")); s.write("server.pem", b[:len(b)/2]) },
		"empty":               func(s *shop) { s.write("server.pem", nil) },
		"no key":              func(s *shop) { require.NoError(s.t, os.Remove(s.path("server.key"))) },
		"a key of another":    func(s *shop) { s.write("server.key", foreign) },
		"expired":             func(s *shop) { s.server(noon.AddDate(-2, 0, 0)) },
		"of tomorrow":         func(s *shop) { s.server(noon.AddDate(0, 0, 1)) },
		"no authority":        func(s *shop) { s.write("ca.pem", []byte("no PEM")) },
		"far too much of one": func(s *shop) { s.write("ca.pem", make([]byte, maxFile+1)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.server(noon)
			i := s.identity("server", "ca.pem")
			_, err := i.Server()
			require.NoError(t, err)
			require.Equal(t, models.GradeOK, i.Check().Grade)
			good, ca := s.show(i), s.read("ca.pem")
			spoil(s)
			require.Equal(t, good, s.show(i), "not looked at again within a second")
			s.now.Add(1)
			require.Equal(t, good, s.show(i))
			require.Equal(t, models.GradeOK, i.Check().Grade, "the other file may be on its way")
			for range 5 {
				s.now.Add(1)
				require.Equal(t, good, s.show(i))
			}
			check := i.Check()
			require.Equal(t, models.CertificateUnread, check.Code)
			require.Equal(t, models.GradeWarn, check.Grade)
			require.Contains(t, check.Facts["fault"], s.dir)
			require.Equal(t, 1, strings.Count(s.log(), "cannot be used, the old one counts on"), s.log())

			s.write("ca.pem", ca)
			s.server(noon)
			s.now.Add(1)
			require.NotEqual(t, good, s.show(i))
			require.Equal(t, models.GradeOK, i.Check().Grade)
		})
	}
}

func (s *shop) read(name string) []byte {
	b, err := os.ReadFile(s.path(name))
	require.NoError(s.t, err)
	return b
}

// show is the certificate that the identity shows.
func (s *shop) show(i *Identity) []byte {
	c, err := i.certificate(nil)
	require.NoError(s.t, err)
	return c.Certificate[0]
}

func TestAServerWithoutFilesSaysWhich(t *testing.T) {
	s := newShop(t)
	i := s.identity("server", "")
	_, err := i.Server()
	require.ErrorContains(t, err, "server.pem cannot be used: no such file")
	require.Equal(t, models.Invalid, models.CodeOf(err))
	require.Equal(t, models.GradeBad, i.Check().Grade)
	_, err = i.Client()
	require.Error(t, err)
	_, err = i.Self()
	require.Error(t, err)
	s.server(noon)
	s.now.Add(1)
	_, err = i.Server()
	require.NoError(t, err, "they have come")
}

func TestALinkThatIsTurnedIsAChange(t *testing.T) {
	s := newShop(t)
	for _, release := range []string{"a", "b"} {
		s.server(noon)
		require.NoError(t, os.Mkdir(s.path(release), 0o700))
		for _, f := range []string{"server.pem", "server.key"} {
			require.NoError(t, os.Rename(s.path(f), filepath.Join(s.path(release), f)))
		}
	}
	require.NoError(t, os.Symlink("a", s.path("live")))
	i := s.identity("live/server", "")
	before := s.show(i)
	require.NoError(t, os.Symlink("b", s.path("next")))
	require.NoError(t, os.Rename(s.path("next"), s.path("live")))
	s.now.Add(1)
	require.NotEqual(t, before, s.show(i))
}

func TestTheEndIsToldInTime(t *testing.T) {
	s := newShop(t)
	s.server(noon)
	i := s.identity("server", "")
	for _, c := range []struct {
		days  int
		code  models.CheckCode
		grade models.Grade
	}{
		{0, "", models.GradeOK}, {366, "", models.GradeOK}, {368, models.CertificateExpires, models.GradeWarn},
		{396, models.CertificateExpires, models.GradeWarn}, {397, models.CertificateExpired, models.GradeBad},
	} {
		s.now.Store(noon.AddDate(0, 0, c.days).Unix())
		check := i.Check()
		require.Equal(t, c.code, check.Code, c.days)
		require.Equal(t, c.grade, check.Grade, c.days)
		require.Equal(t, models.PartTLS, check.Part)
		require.Equal(t, models.At(i.Expires()).String(), check.Facts["expires"])
	}
	require.Zero(t, s.identity("", "ca.pem").Expires())
	require.Equal(t, models.GradeOK, s.identity("", "ca.pem").Check().Grade)
}

// TestRotationUnderLoad replaces the files 20 times, in place and with the key first, while 200 requests a second come in,
// each over a connection of its own.
func TestRotationUnderLoad(t *testing.T) {
	s := newShop(t)
	s.now.Store(time.Now().Unix())
	var made Made
	s.ca, made = authority(t, time.Now())
	s.write("ca.pem", made.Cert)
	s.server(time.Now())
	i := s.identity("server", "")
	config, err := i.Server()
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{TLSConfig: config, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto)
	}), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	var all sync.WaitGroup
	all.Go(func() { _ = server.ServeTLS(l, "", "") })
	t.Cleanup(func() { server.Close(); all.Wait() })

	trust := s.identity("", "ca.pem")
	shown := sync.Map{}
	ask := func() error {
		transport := &http.Transport{TLSClientConfig: s.clientConfig(trust), ForceAttemptHTTP2: true}
		defer transport.CloseIdleConnections()
		answer, err := (&http.Client{Transport: transport, Timeout: 20 * time.Second}).Get("https://" + l.Addr().String())
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		shown.Store(answer.TLS.PeerCertificates[0].SerialNumber.String(), true)
		if body, err := io.ReadAll(answer.Body); err != nil || string(body) != "HTTP/2.0" {
			return fmt.Errorf("%s %w", body, err)
		}
		return nil
	}
	const rotations, between = 20, 20 // requests, one each 5 ms
	failures := make(chan error, rotations*between)
	var asking sync.WaitGroup
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range rotations {
		s.server(time.Now())
		s.now.Add(1)
		for range between {
			<-tick.C
			asking.Go(func() { failures <- ask() })
		}
	}
	asking.Wait()
	close(failures)
	for err := range failures {
		require.NoError(t, err)
	}
	certificates := 0
	shown.Range(func(any, any) bool { certificates++; return true })
	require.Greater(t, certificates, rotations/2, "the new ones were shown")
	t.Logf("%d requests, %d certificates", rotations*between, certificates)
}
