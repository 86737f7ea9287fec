// Package pki makes the certificates of a site and keeps those in use fresh: whoever listens or dials reads them from
// files, and takes up new ones without a restart.
package pki

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"zhihui/models"
)

// Files are the PEM files of one side of a conversation. All are empty where there is no TLS.
type Files struct {
	Cert string // what it shows of itself, with the intermediates
	Key  string // of Cert
	CA   string // who signs the other side. A server with it demands a client's certificate; a client without it trusts what the machine trusts.
}

// maxFile bounds each file, in bytes: a machine's whole list of authorities has 220 kB.
const maxFile = 1 << 20

// pair is what the files held when they were read last.
type pair struct {
	cert    *tls.Certificate // nil = no certificate of our own
	pool    *x509.CertPool   // nil = no CA file
	expires time.Time        // the first of the certificates of Cert; zero without them
	life    time.Duration    // of that one
}

// read reads the files; the error is a sentence that names the file.
func (f Files) read() (p pair, err error) {
	if f.CA != "" {
		if p.pool, err = readPool(f.CA); err != nil {
			return pair{}, err
		}
	}
	if f.Cert == "" {
		return p, nil
	}
	cert, err := readFile(f.Cert)
	if err != nil {
		return pair{}, err
	}
	key, err := readFile(f.Key)
	if err != nil {
		return pair{}, err
	}
	made, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return pair{}, unusable(f.Cert, "with the key %s: %v", f.Key, err)
	}
	p.cert = &made
	for _, der := range made.Certificate {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return pair{}, unusable(f.Cert, "%v", err)
		}
		if p.expires.IsZero() || c.NotAfter.Before(p.expires) {
			p.expires, p.life = c.NotAfter, c.NotAfter.Sub(c.NotBefore)
		}
	}
	return p, nil
}

// timely tells why the certificate does not count at that time; nil without one.
func (p pair) timely(now time.Time) error {
	switch {
	case p.cert == nil:
		return nil
	case now.After(p.expires):
		return fmt.Errorf("it has expired, on %s", p.expires.UTC().Format(time.DateTime))
	case now.Before(p.cert.Leaf.NotBefore):
		return fmt.Errorf("it does not count before %s; is the clock right?", p.cert.Leaf.NotBefore.UTC().Format(time.DateTime))
	}
	return nil
}

func readPool(name string) (*x509.CertPool, error) {
	text, err := readFile(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, unusable(name, "it holds no certificate in PEM form")
	}
	return pool, nil
}

func readFile(name string) ([]byte, error) {
	at, err := os.Stat(name)
	if err != nil {
		return nil, unusable(name, "%v", cause(err))
	}
	if !at.Mode().IsRegular() || at.Size() > maxFile {
		return nil, unusable(name, "it is no file of at most %d bytes", maxFile)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, unusable(name, "%v", cause(err))
	}
	return text, nil
}

// cause is an error without the path, which the sentence names already.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func unusable(name, format string, args ...any) error {
	return models.Errorf(models.Invalid, "the certificate file %s cannot be used: "+format, append([]any{name}, args...)...)
}

// stamps are the files' marks, by which a change shows; nil where a file is missing.
type stamps [3]os.FileInfo

func (f Files) stamps() (s stamps) {
	for n, name := range []string{f.Cert, f.Key, f.CA} {
		if name != "" {
			s[n], _ = os.Stat(name) // a missing file is a mark too; reading it says why
		}
	}
	return s
}

// same follows links, so that one that is turned to another file is a change.
func (s stamps) same(other stamps) bool {
	for n, a := range s {
		b := other[n]
		if (a == nil) != (b == nil) {
			return false
		}
		if a != nil && (!os.SameFile(a, b) || !a.ModTime().Equal(b.ModTime()) || a.Size() != b.Size()) {
			return false
		}
	}
	return true
}
