package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"time"
	"unicode/utf8"

	"zhihui/models"
)

const (
	lifeOfCA = 10 * 365 * 24 * time.Hour
	// lifeOfLeaf is the longest that browsers take from a certificate.
	lifeOfLeaf = 397 * 24 * time.Hour
	// maxHosts bounds the names of one certificate, maxName the length of each, in bytes.
	maxHosts, maxName = 100, 253
	maxCommonName     = 64 // bytes
	// earlier is how far back a certificate counts: for cameras and sensors whose clocks are late.
	earlier = time.Hour
)

// Made is a new certificate and its key, each as PEM.
type Made struct {
	Cert, Key []byte
	Expires   time.Time
}

// Authority signs the certificates of one site.
type Authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// NewCA makes the authority of a site, for 10 years. With only it cannot speak for others than these names, with all
// below them, and networks such as 10.0.0.0/8: then its key, when stolen, opens no other door.
func NewCA(name string, only []string, now time.Time) (Made, error) {
	template, err := templateOf(name, now, lifeOfCA)
	if err != nil {
		return Made{}, err
	}
	template.IsCA, template.BasicConstraintsValid, template.MaxPathLenZero = true, true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	if len(only) > 0 {
		if err := confine(template, only); err != nil {
			return Made{}, err
		}
	}
	return sign(template, nil)
}

// confine names what the authority may speak for, and shuts the kind, names or addresses, that is not mentioned.
func confine(template *x509.Certificate, only []string) error {
	template.PermittedDNSDomainsCritical = true
	for _, entry := range only {
		if _, network, err := net.ParseCIDR(entry); err == nil {
			template.PermittedIPRanges = append(template.PermittedIPRanges, network)
		} else if validHost(entry) {
			template.PermittedDNSDomains = append(template.PermittedDNSDomains, entry)
		} else {
			return models.FieldError("only", "%.80q is neither a name such as hall.lan nor a network such as 10.0.0.0/8", entry)
		}
	}
	if len(template.PermittedIPRanges) == 0 {
		template.ExcludedIPRanges = []*net.IPNet{{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}, {IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)}}
	}
	if len(template.PermittedDNSDomains) == 0 {
		template.PermittedDNSDomains = []string{"invalid"} // by RFC 2606 nobody's name
	}
	return nil
}

// ReadCA takes up an authority that NewCA made.
func ReadCA(cert, key []byte) (*Authority, error) {
	made, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "certificate and key are no authority's: %v", err)
	}
	signer, ok := made.PrivateKey.(crypto.Signer)
	if !ok || !made.Leaf.IsCA {
		return nil, models.Errorf(models.Invalid, "the certificate of %.80q is none that may sign others", made.Leaf.Subject.CommonName)
	}
	return &Authority{made.Leaf, signer}, nil
}

// Server makes the certificate of a listener under these names and addresses, for 397 days.
func (a *Authority) Server(hosts []string, now time.Time) (Made, error) {
	if len(hosts) == 0 || len(hosts) > maxHosts {
		return Made{}, models.FieldError("host", "name 1 to %d names and addresses under which the server is reached", maxHosts)
	}
	template, err := templateOf("server", now, lifeOfLeaf)
	if err != nil {
		return Made{}, err
	}
	if len(hosts[0]) <= maxCommonName { // for people; what counts are the names below
		template.Subject.CommonName = hosts[0]
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else if validHost(strings.TrimPrefix(host, "*.")) {
			template.DNSNames = append(template.DNSNames, host)
		} else {
			return Made{}, models.FieldError("host", "%.80q is neither a name such as hall.lan nor an address; write it without port and path", host)
		}
	}
	return a.leaf(template, x509.ExtKeyUsageServerAuth, now)
}

// Client makes the certificate with which the holder of that name shows who it is, for 397 days.
func (a *Authority) Client(name string, now time.Time) (Made, error) {
	template, err := templateOf(name, now, lifeOfLeaf)
	if err != nil {
		return Made{}, err
	}
	return a.leaf(template, x509.ExtKeyUsageClientAuth, now)
}

// leaf signs, and looks at the outcome as the other side will: a name beyond the authority's bounds is told here.
func (a *Authority) leaf(template *x509.Certificate, usage x509.ExtKeyUsage, now time.Time) (Made, error) {
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{usage}
	if template.NotAfter.After(a.cert.NotAfter) {
		template.NotAfter = a.cert.NotAfter
	}
	made, err := sign(template, a)
	if err != nil {
		return Made{}, err
	}
	block, _ := pem.Decode(made.Cert)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return Made{}, fmt.Errorf("read the new certificate: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now, KeyUsages: template.ExtKeyUsage}); err != nil {
		return Made{}, models.Errorf(models.Invalid, "the authority %q cannot sign this: %v", a.cert.Subject.CommonName, err)
	}
	return made, nil
}

func templateOf(name string, now time.Time, life time.Duration) (*x509.Certificate, error) {
	if name == "" || len(name) > maxCommonName || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, models.FieldError("name", "a name has 1 to %d bytes of text, not %.80q", maxCommonName, name)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("serial number: %w", err)
	}
	return &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-earlier), NotAfter: now.Add(-earlier).Add(life)}, nil
}

// sign makes a key and the template's certificate, signed by a, or by itself without a.
func sign(template *x509.Certificate, a *Authority) (Made, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Made{}, fmt.Errorf("key: %w", err)
	}
	parent, signer := template, crypto.Signer(key)
	if a != nil {
		parent, signer = a.cert, a.key
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return Made{}, fmt.Errorf("certificate: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Made{}, fmt.Errorf("key: %w", err)
	}
	return Made{Cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		Key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), Expires: template.NotAfter}, nil
}

// validHost tells whether s can be a name in DNS.
func validHost(s string) bool {
	if s == "" || len(s) > maxName || net.ParseIP(s) != nil {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
				return false
			}
		}
	}
	return true
}
