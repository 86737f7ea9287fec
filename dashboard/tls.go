package dashboard

import (
	"net"

	"zhihui/models"
	"zhihui/models/pki"
)

// encrypt sets TLS up where the settings name a certificate.
func (s *Server) encrypt() (err error) {
	if s.cfg.TLSCert == "" {
		return nil
	}
	s.identity = pki.New("dashboard", pki.Files{Cert: s.cfg.TLSCert, Key: s.cfg.TLSKey}, s.deps.Logger)
	if s.http.TLSConfig, err = s.identity.Server(); err != nil {
		return models.FieldError("tls_cert", "%v", err)
	}
	return nil
}

// Certificate is what browsers are shown; nil without TLS.
func (s *Server) Certificate() *pki.Identity { return s.identity }

// sayReach tells at the start who can reach the pages, and who can listen on the way.
func (s *Server) sayReach() {
	host, _, _ := net.SplitHostPort(s.cfg.Listen)
	log := s.deps.Logger.With("address", s.Addr())
	switch {
	case s.identity != nil:
		log.Info("dashboard: listening with TLS", "expires", s.identity.Expires())
	case !pki.Loopback(host):
		log.Warn("dashboard: listening without TLS, because insecure is set: passwords and pictures cross the network unencrypted")
	case len(s.cfg.TrustedProxies) > 0:
		log.Info("dashboard: listening for a proxy on this machine, which does TLS")
	default:
		log.Info("dashboard: listening for this machine alone; for others set listen, tls_cert and tls_key")
	}
}
