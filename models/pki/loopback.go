package pki

import "net"

// Loopback tells whether a listener on the host is reached by this machine alone: there it needs no TLS.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
