package models

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReach(t *testing.T) {
	own := Reach{"10.1.0.0/16", "127.0.0.0/8", "fd00::/8"}
	for address, want := range map[string][2]bool{ // by the default, by own
		"10.1.2.3":           {true, true},
		"10.2.0.1":           {true, false},
		"192.168.1.64":       {true, false},
		"8.8.8.8":            {true, false},
		"127.0.0.1":          {false, true},
		"127.8.9.10":         {false, true},
		"::1":                {false, false},
		"::ffff:127.0.0.1":   {false, true}, // the same machine, written as IPv6
		"::ffff:10.1.2.3":    {true, true},
		"169.254.169.254":    {false, false},
		"fe80::1":            {false, false},
		"fe80::1%eth0":       {false, false},
		"0.0.0.0":            {false, false},
		"::":                 {false, false},
		"224.0.0.1":          {false, false},
		"255.255.255.255":    {false, false},
		"fd00:ec2::254":      {false, true},
		"100.100.100.200":    {false, false},
		"fd12::1":            {true, true},
		"2001:db8::1":        {true, false},
		"::ffff:169.254.1.1": {false, false},
	} {
		ip := netip.MustParseAddr(address)
		require.Equal(t, want[0], Reach(nil).Allows(ip), "%s by default", address)
		require.Equal(t, want[1], own.Allows(ip), "%s by %v", address, own)
	}
}

func TestReachValidate(t *testing.T) {
	require.NoError(t, Reach{"10.0.0.0/8", "::1/128"}.Validate("networks"))
	err := Reach{"10.0.0.0/8", "10.0.0.1", "the office"}.Validate("networks")
	require.ErrorContains(t, err, "networks[1]")
	require.ErrorContains(t, err, "networks[2]")
}

// A name is judged by where it leads.
func TestReachOfAName(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	at := net.JoinHostPort("localhost", port)
	_, err = (&net.Dialer{Control: Reach(nil).Control}).DialContext(t.Context(), "tcp4", at)
	require.ErrorIs(t, err, ErrOutOfReach)
	conn, err := (&net.Dialer{Control: Reach{"127.0.0.0/8"}.Control}).DialContext(t.Context(), "tcp4", at)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
}
