package pki

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"sync"
	"time"

	"zhihui/models"
)

const (
	// lookEvery is the least time between two looks at the files.
	lookEvery = time.Second
	// firmAfter is how many looks in a row must fail until it is a fault: certificate and key are two files, and a look
	// between the two finds a key that does not fit.
	firmAfter = 2
)

// Identity is one side of TLS conversations, held by files that may be replaced at any time. The files are looked at when
// somebody asks, at most once a second. What cannot be used, half-written or expired or with a key that does not fit, is told once
// and changes nothing: the last good ones count on. Its methods may be called from any goroutine.
type Identity struct {
	purpose string
	files   Files
	log     *slog.Logger
	now     func() time.Time

	mu     sync.Mutex
	pair   pair
	loaded bool // pair is what some file held
	seen   stamps
	looked time.Time
	failed int   // looks in a row
	fault  error // of the last look; nil when it succeeded
}

// New returns an identity that has read nothing yet. The purpose, such as "dashboard", is for people.
func New(purpose string, files Files, log *slog.Logger) *Identity {
	return &Identity{purpose: purpose, files: files, log: log, now: time.Now}
}

// current returns what counts now: of the files if they can be used, else the last that could. An error means that
// nothing ever could.
func (i *Identity) current() (pair, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.now()
	if since := now.Sub(i.looked); !i.looked.IsZero() && since >= 0 && since < lookEvery {
		return i.pair, i.unloaded()
	}
	i.looked = now
	stamps := i.files.stamps()
	if i.loaded && i.failed == 0 && stamps.same(i.seen) {
		return i.pair, nil
	}
	fresh, err := i.files.read()
	if err == nil && i.loaded {
		if late := fresh.timely(now); late != nil {
			err = unusable(i.files.Cert, "%v", late)
		}
	}
	i.note(fresh, stamps, err)
	return i.pair, i.unloaded()
}

func (i *Identity) unloaded() error {
	if i.loaded {
		return nil
	}
	return i.fault
}

// note takes up what a look has found.
func (i *Identity) note(fresh pair, at stamps, err error) {
	i.fault = err
	if err != nil {
		if i.failed++; i.failed == firmAfter && i.loaded {
			i.log.Error("a new certificate cannot be used, the old one counts on", "for", i.purpose, "error", err)
		}
		return
	}
	if i.loaded {
		i.log.Info("a new certificate is in use", "for", i.purpose, "expires", fresh.expires)
	}
	i.pair, i.seen, i.loaded, i.failed = fresh, at, true, 0
}

// suites are those of TLS 1.2 with forward secrecy and authenticated encryption; TLS 1.3 has no others.
func suites() []uint16 {
	return []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	}
}

// Server returns the settings of a listener, or why it cannot be one. They follow the files by themselves.
func (i *Identity) Server() (*tls.Config, error) {
	if _, err := i.current(); err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: suites(), GetCertificate: i.certificate}
	if i.files.CA != "" {
		config.ClientAuth, config.VerifyConnection = tls.RequireAnyClientCert, i.verifyClient
	}
	return config, nil
}

func (i *Identity) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p, err := i.current()
	return p.cert, err
}

// verifyClient checks against the CA of now, also where a session is resumed. Who holds our own key is this process.
func (i *Identity) verifyClient(c tls.ConnectionState) error {
	p, err := i.current()
	if err != nil || len(c.PeerCertificates) == 0 {
		return errors.Join(errNoCertificate, err)
	}
	if bytes.Equal(c.PeerCertificates[0].Raw, p.cert.Certificate[0]) {
		return nil
	}
	between := x509.NewCertPool()
	for _, c := range c.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err = c.PeerCertificates[0].Verify(x509.VerifyOptions{
		Roots: p.pool, Intermediates: between, CurrentTime: i.now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return err
}

var errNoCertificate = errors.New("a certificate is needed")

// Client returns the settings of one dialed connection; for the next one, ask again.
func (i *Identity) Client() (*tls.Config, error) {
	p, err := i.current()
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: suites(), RootCAs: p.pool, Time: i.now}
	if p.cert != nil {
		config.Certificates = []tls.Certificate{*p.cert}
	}
	return config, nil
}

// Self returns the settings with which this process dials its own listener, under whatever name: exactly the certificate
// that the listener shows now is trusted.
func (i *Identity) Self() (*tls.Config, error) {
	p, err := i.current()
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: suites(), Certificates: []tls.Certificate{*p.cert}}
	config.InsecureSkipVerify = true // in place of names and authorities stands the comparison below
	config.VerifyConnection = func(c tls.ConnectionState) error {
		if len(c.PeerCertificates) == 0 || !bytes.Equal(c.PeerCertificates[0].Raw, p.cert.Certificate[0]) {
			return errors.New("another process answers at the address of our listener")
		}
		return nil
	}
	return config, nil
}

// Expires is when the certificate ends that counts now; zero when there is none.
func (i *Identity) Expires() time.Time {
	p, _ := i.current() // a fault is the affair of Check
	return p.expires
}

// warnBefore is how long before its end a certificate is told of; of a short-lived one the last fifth.
const warnBefore = 30 * 24 * time.Hour

// Check tells how the certificate is, for the health page.
func (i *Identity) Check() models.Check {
	p, err := i.current()
	i.mu.Lock()
	fault, firm := i.fault, i.failed >= firmAfter
	i.mu.Unlock()
	c := models.Check{Part: models.PartTLS, Grade: models.GradeOK, Facts: map[string]string{"for": i.purpose, "file": i.files.Cert}}
	if !p.expires.IsZero() {
		c.Facts["expires"] = models.At(p.expires).String()
	}
	left := p.expires.Sub(i.now())
	switch {
	case err != nil:
		c.Code, c.Grade, c.Facts["fault"] = models.CertificateUnread, models.GradeBad, err.Error()
	case p.cert != nil && left <= 0:
		c.Code, c.Grade = models.CertificateExpired, models.GradeBad
	case firm:
		c.Code, c.Grade, c.Facts["fault"] = models.CertificateUnread, models.GradeWarn, fault.Error()
	case p.cert != nil && left < min(warnBefore, p.life/5):
		c.Code, c.Grade = models.CertificateExpires, models.GradeWarn
	}
	return c
}
