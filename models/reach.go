package models

import (
	"fmt"
	"net/netip"
	"syscall"
)

// Reach are the networks in which addresses that people type in may lie, such as "10.0.0.0/8"; none = everywhere but this
// machine itself, link-local, multicast and unspecified addresses, so that a camera's address does not open what only this
// machine or its cloud may see (OWASP ASVS: server-side request forgery). Names are judged by what they resolve to.
type Reach []string

// ErrOutOfReach is what dialling an address outside fails with.
var ErrOutOfReach = Errorf(Forbidden, "this address lies in no network that may be dialled: see ingest.networks in the settings")

// Validate names the entries that are no networks.
func (r Reach) Validate(field string) error {
	var f Faults
	for i, n := range r {
		_, err := netip.ParsePrefix(n)
		f.Add(err == nil, fmt.Sprintf("%s[%d]", field, i), "%.80q is no network, write one such as 10.0.0.0/8 or 127.0.0.0/8", n)
	}
	return f.Err()
}

// Allows tells whether an address may be dialled.
func (r Reach) Allows(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if len(r) == 0 {
		return ip.IsGlobalUnicast() && ip != metadata && ip != metadata4
	}
	for _, n := range r {
		if p, err := netip.ParsePrefix(n); err == nil && p.Contains(ip) {
			return true
		}
	}
	return false
}

// Where clouds tell their guests their secrets, beside the link-local 169.254.169.254.
var (
	metadata  = netip.MustParseAddr("fd00:ec2::254")
	metadata4 = netip.MustParseAddr("100.100.100.200")
)

// Control is for net.Dialer: it sees the address that is really dialled, after the name was resolved.
func (r Reach) Control(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !r.Allows(a.Addr()) {
		return ErrOutOfReach
	}
	return nil
}
