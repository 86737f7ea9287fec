//go:build cgo

package main

import (
	"errors"
	"log/slog"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"zhihui/models"
	"zhihui/models/pki"
)

// validate tells which flags do not go together.
func (f flags) validate() error {
	host, _, err := net.SplitHostPort(f.Listen)
	all, none := f.TLSCert != "" && f.TLSKey != "" && f.TLSCA != "", f.TLSCert == "" && f.TLSKey == "" && f.TLSCA == ""
	switch {
	case f.Listen == "" && f.Blackbox == "":
		return models.FieldError("blackbox", "a worker on a socket is watched by who started it: name the file of its page")
	case f.Listen == "":
		return nil
	case err != nil:
		return models.FieldError("listen", "must be host:port such as 0.0.0.0:7443, it is %.80q", f.Listen)
	case !all && !none:
		return models.FieldError("tls-cert", "TLS needs --tls-cert, --tls-key and --tls-ca, or none of them")
	case none && !pki.Loopback(host):
		return models.FieldError("listen", "anybody on the network could send pictures: set --tls-cert, --tls-key and --tls-ca (zhihui cert makes them), or listen on 127.0.0.1")
	}
	return nil
}

// secured returns what a listener on the network needs: both sides show who they are, and a zhihui that is gone is noticed,
// so that its successor finds the place free.
func (f flags) secured(log *slog.Logger) ([]grpc.ServerOption, error) {
	if f.Listen == "" {
		return nil, nil
	}
	options := []grpc.ServerOption{
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second}),
	}
	if f.TLSCert == "" {
		return options, nil
	}
	config, err := pki.New("vision", pki.Files{Cert: f.TLSCert, Key: f.TLSKey, CA: f.TLSCA}, log).Server()
	if err != nil {
		return nil, err
	}
	return append(options, grpc.Creds(credentials.NewTLS(config))), nil
}

func (f flags) listen(log *slog.Logger) (net.Listener, error) {
	if f.Listen != "" {
		listener, err := net.Listen("tcp", f.Listen)
		if err == nil {
			log.Info("zhihui-vision listens", "address", listener.Addr().String(), "tls", f.TLSCert != "")
		}
		return listener, err
	}
	if err := clear(f.Socket); err != nil {
		return nil, err
	}
	listener, err := net.Listen("unix", f.Socket)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(f.Socket, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}
