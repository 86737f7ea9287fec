package main

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models/pki"
)

func (s shell) cert(args ...string) (int, string) {
	s.t.Helper()
	return s.run("", append(append([]string{"cert"}, args...), "--dir="+filepath.Join(s.dir, "tls"))...)
}

func TestCertificatesThatWork(t *testing.T) {
	s := newShell(t)
	code, said := s.cert("ca", "--name", "Hean street", "--only", "hall.lan,127.0.0.0/8")
	require.Zero(t, code, said)
	require.Contains(t, said, "tls/ca.pem is the authority of this site until 20")
	code, said = s.cert("server", "--host", "hall.lan,127.0.0.1")
	require.Zero(t, code, said)
	require.Contains(t, said, "tls/server.pem is for hall.lan, 127.0.0.1, until 20")
	code, said = s.cert("client", "--name", "hall")
	require.Zero(t, code, said)
	require.Contains(t, said, "tls_cert: tls/hall.pem")
	for name, mode := range map[string]fs.FileMode{"ca.key": 0o600, "server.key": 0o600, "hall.key": 0o600, "ca.pem": 0o644, "server.pem": 0o644} {
		at, err := os.Stat(filepath.Join(s.dir, "tls", name))
		require.NoError(t, err)
		require.Equal(t, mode, at.Mode(), name)
	}
	left, err := filepath.Glob(filepath.Join(s.dir, "tls", ".*"))
	require.NoError(t, err)
	require.Empty(t, left)
	require.NoError(t, s.greet(), "over a real connection")
}

// greet shakes hands between a listener and a client that hold the files.
func (s shell) greet() error {
	log := slog.New(slog.DiscardHandler)
	path := func(name string) string { return filepath.Join(s.dir, "tls", name) }
	server, err := pki.New("server", pki.Files{Cert: path("server.pem"), Key: path("server.key"), CA: path("ca.pem")}, log).Server()
	require.NoError(s.t, err)
	client, err := pki.New("client", pki.Files{Cert: path("hall.pem"), Key: path("hall.key"), CA: path("ca.pem")}, log).Client()
	require.NoError(s.t, err)
	client.ServerName = "hall.lan"
	l, err := tls.Listen("tcp", "127.0.0.1:0", server)
	require.NoError(s.t, err)
	defer l.Close()
	met := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			err = errors.Join(c.(*tls.Conn).Handshake(), c.Close())
		}
		met <- err
	}()
	c, err := tls.Dial("tcp", l.Addr().String(), client)
	require.NoError(s.t, err)
	return errors.Join(<-met, c.Close())
}

func TestCertificatesAreNotOverwritten(t *testing.T) {
	s := newShell(t)
	code, said := s.cert("server", "--host", "hall")
	require.Equal(t, 1, code)
	require.Contains(t, said, "make it with: zhihui cert ca --dir")
	for _, c := range [][]string{{"ca"}, {"server", "--host=hall"}, {"client", "--name=hall"}} {
		code, said = s.cert(c...)
		require.Zero(t, code, said)
		before := s.files()
		code, said = s.cert(c...)
		require.Equal(t, 1, code)
		require.Contains(t, said, "is there already; --force replaces it")
		require.Equal(t, before, s.files())
	}
	before := s.files()
	code, said = s.cert("server", "--host=hall", "--force")
	require.Zero(t, code, said)
	require.NotEqual(t, before, s.files())
	require.NoError(t, os.Remove(filepath.Join(s.dir, "tls", "server.key")))
	code, _ = s.cert("server", "--host=hall")
	require.Equal(t, 1, code, "one of both is there")
}

func (s shell) files() string {
	var all strings.Builder
	names, err := filepath.Glob(filepath.Join(s.dir, "tls", "*"))
	require.NoError(s.t, err)
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(s.t, err)
		all.Write(text)
	}
	return all.String()
}

func TestCertFaultsAreReadable(t *testing.T) {
	s := newShell(t)
	code, said := s.cert("ca", "--only", "https://hall")
	require.Equal(t, 1, code)
	require.Equal(t, "zhihui: only: \"https://hall\" is neither a name such as hall.lan nor a network such as 10.0.0.0/8\n", said)
	code, said = s.cert("ca", "--only", "hall.lan")
	require.Zero(t, code, said)
	for want, args := range map[string][]string{
		"neither a name such as hall.lan nor an address": {"server", "--host", "hall:8443"},
		"cannot sign this":                {"server", "--host", "bank.example"},
		"cannot be the name of a client":  {"client", "--name", "../x"},
		"but not ca or server":            {"client", "--name", "ca"},
		"missing flags: --host":           {"server"},
		"is there already; --force repla": {"ca"},
	} {
		code, said = s.cert(args...)
		require.NotZero(t, code, args)
		require.Contains(t, said, want)
	}
	s.file("tls/ca.key", "no key")
	_, said = s.cert("server", "--host", "hall.lan")
	require.Contains(t, said, "certificate and key are no authority's")
	s.file("blocked", "a file")
	code, said = s.run("", "cert", "ca", "--dir="+filepath.Join(s.dir, "blocked", "tls"))
	require.Equal(t, 1, code)
	require.Contains(t, said, "the folder cannot be made")
}
