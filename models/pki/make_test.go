package pki

import (
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func parsed(t testing.TB, m Made) *x509.Certificate {
	block, rest := pem.Decode(m.Cert)
	require.Empty(t, rest)
	c, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	return c
}

func authority(t testing.TB, now time.Time, only ...string) (*Authority, Made) {
	made, err := NewCA("Hean street", only, now)
	require.NoError(t, err)
	ca, err := ReadCA(made.Cert, made.Key)
	require.NoError(t, err)
	return ca, made
}

func TestCA(t *testing.T) {
	_, made := authority(t, noon)
	c := parsed(t, made)
	require.True(t, c.IsCA)
	require.Equal(t, "Hean street", c.Subject.CommonName)
	require.True(t, c.MaxPathLenZero, "it signs no other authority")
	require.True(t, c.NotAfter.After(noon.AddDate(9, 11, 0)))
	require.Equal(t, x509.ECDSAWithSHA256, c.SignatureAlgorithm)
	require.Equal(t, made.Expires.Unix(), c.NotAfter.Unix())
}

func TestServerAndClient(t *testing.T) {
	ca, _ := authority(t, noon)
	made, err := ca.Server([]string{"hall.lan", "*.hall.lan", "10.0.0.1", "fd00::1"}, noon)
	require.NoError(t, err)
	c := parsed(t, made)
	require.Equal(t, []string{"hall.lan", "*.hall.lan"}, c.DNSNames)
	require.NoError(t, c.VerifyHostname("wall.hall.lan"))
	require.NoError(t, c.VerifyHostname("10.0.0.1"))
	require.NoError(t, c.VerifyHostname("fd00::1"))
	require.Error(t, c.VerifyHostname("10.0.0.2"))
	require.LessOrEqual(t, c.NotAfter.Sub(c.NotBefore), 398*24*time.Hour, "browsers take no longer one")
	require.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, c.ExtKeyUsage)

	made, err = ca.Client("vision-1", noon)
	require.NoError(t, err)
	c = parsed(t, made)
	require.Equal(t, "vision-1", c.Subject.CommonName)
	require.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, c.ExtKeyUsage)
	require.NotEqual(t, c.SerialNumber, parsed(t, made).SerialNumber.SetInt64(0))
}

func TestACertificateDoesNotOutliveItsCA(t *testing.T) {
	ca, made := authority(t, noon)
	late := made.Expires.Add(-time.Hour)
	server, err := ca.Server([]string{"hall"}, late)
	require.NoError(t, err)
	require.Equal(t, made.Expires.Unix(), server.Expires.Unix())
	_, err = ca.Server([]string{"hall"}, made.Expires.Add(time.Hour))
	require.ErrorContains(t, err, "cannot sign this", "it has expired")
}

func TestAConfinedCASpeaksForNobodyElse(t *testing.T) {
	for _, c := range []struct {
		only []string
		host string
		ok   bool
	}{
		{[]string{"hall.lan"}, "hall.lan", true},
		{[]string{"hall.lan"}, "wall.hall.lan", true},
		{[]string{"hall.lan"}, "bank.example", false},
		{[]string{"hall.lan"}, "10.0.0.1", false},
		{[]string{"hall.lan"}, "fd00::1", false},
		{[]string{"10.0.0.0/8"}, "10.1.2.3", true},
		{[]string{"10.0.0.0/8"}, "11.1.2.3", false},
		{[]string{"10.0.0.0/8"}, "hall.lan", false},
		{[]string{"10.0.0.0/8", "hall.lan"}, "hall.lan", true},
		{[]string{"10.0.0.0/8", "fd00::/8"}, "fd00::1", true},
	} {
		ca, _ := authority(t, noon, c.only...)
		_, err := ca.Server([]string{c.host}, noon)
		require.Equal(t, c.ok, err == nil, "%v %s: %v", c.only, c.host, err)
		_, err = ca.Client("vision-1", noon)
		require.NoError(t, err)
	}
}

func TestFaultsAreNamed(t *testing.T) {
	ca, _ := authority(t, noon)
	field := func(err error) string {
		var e *models.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, models.Invalid, e.Code)
		return e.Field
	}
	for _, name := range []string{"", "a\nb", "\xff", strings.Repeat("x", 65)} {
		_, err := NewCA(name, nil, noon)
		require.Equal(t, "name", field(err), "%q", name)
		_, err = ca.Client(name, noon)
		require.Equal(t, "name", field(err), "%q", name)
	}
	for _, only := range []string{"", "https://hall.lan", "10.0.0.1", "-a", "10.0.0.0/99"} {
		_, err := NewCA("x", []string{only}, noon)
		require.Equal(t, "only", field(err), only)
	}
	for _, hosts := range [][]string{nil, {""}, {"hall.lan:8443"}, {"https://hall"}, {"a..b"}, {"hall", "和安"}, make([]string, 101)} {
		_, err := ca.Server(hosts, noon)
		require.Equal(t, "host", field(err), "%v", hosts)
	}
	_, err := ca.Server([]string{strings.Repeat("a.", 100) + "b"}, noon)
	require.NoError(t, err, "a name may be longer than a common name")
}

func TestReadCA(t *testing.T) {
	ca, made := authority(t, noon)
	server, err := ca.Server([]string{"hall"}, noon)
	require.NoError(t, err)
	_, err = ReadCA(server.Cert, server.Key)
	require.ErrorContains(t, err, "none that may sign")
	_, err = ReadCA(made.Cert, server.Key)
	require.ErrorContains(t, err, "are no authority's")
	_, err = ReadCA(nil, nil)
	require.Error(t, err)
}

func FuzzValidHost(f *testing.F) {
	for _, s := range []string{"hall.lan", "a-b", "-", "10.0.0.1", "", "和安", "a..b"} {
		f.Add(s)
	}
	ca, _ := authority(f, noon)
	f.Fuzz(func(t *testing.T, host string) {
		made, err := ca.Server([]string{host}, noon)
		if err != nil {
			return
		}
		require.NoError(t, parsed(t, made).VerifyHostname(strings.Replace(host, "*", "x", 1)))
	})
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.8.8.8": true, "::1": true,
		"": false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "hall.lan": false, "localhost.example": false,
	} {
		require.Equal(t, want, Loopback(host), host)
	}
}
