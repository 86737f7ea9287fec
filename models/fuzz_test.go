package models

import (
	"encoding/json"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A time that was read is written so that it is read again as the same.
func FuzzTime(f *testing.F) {
	for _, s := range []string{`"2026-05-01T12:14:36.250Z"`, "null", `"0001-01-01T00:00:00Z"`, `"9999-12-31T23:59:59.9999+23:59"`, "1", `""`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var first, again Time
		if json.Unmarshal([]byte(text), &first) != nil {
			return
		}
		b, err := json.Marshal(first)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &again), "%s → %s", text, b)
		require.Equal(t, first, again)
	})
}

func FuzzDuration(f *testing.F) {
	for _, s := range []string{"0.5s", "5m", "-1s", "", "1e9h", "9223372036854775807ns"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var first, again Duration
		if first.UnmarshalText([]byte(text)) != nil {
			return
		}
		require.GreaterOrEqual(t, first.Std(), time.Duration(0))
		b, err := first.MarshalText()
		require.NoError(t, err)
		require.NoError(t, again.UnmarshalText(b))
		require.Equal(t, first, again)
	})
}

// An id is a name of a file and a part of an address, and never leads anywhere else.
func FuzzID(f *testing.F) {
	for _, s := range []string{"gate-1", "..", "a/b", "", ".x", "a b", "\x00", "和"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if !ValidID(id) {
			return
		}
		require.True(t, filepath.IsLocal(id))
		require.Equal(t, id, filepath.Base(id))
		require.LessOrEqual(t, len(id), MaxID)
		require.NotContains(t, id, "%")
	})
}

// However an address is written, this machine and its surroundings stay out of reach.
func FuzzReach(f *testing.F) {
	for _, s := range []string{"127.0.0.1:554", "[::1]:554", "[::ffff:127.0.0.1]:554", "[fe80::1%eth0]:554", "169.254.169.254:80", "100.100.100.200:80", "0.0.0.0:1", "10.0.0.1:554", "[ff02::1]:1", "x"} {
		f.Add(s, "10.0.0.0/8")
	}
	f.Fuzz(func(t *testing.T, address, network string) {
		r := Reach{network}
		if r.Validate("networks") == nil && r.Control("tcp", address, nil) == nil {
			at, err := netip.ParseAddrPort(address)
			require.NoError(t, err)
			require.True(t, netip.MustParsePrefix(network).Contains(at.Addr().Unmap().WithZone("")))
		}
		if (Reach{}).Control("tcp", address, nil) == nil {
			ip := netip.MustParseAddrPort(address).Addr().Unmap()
			require.False(t, ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified(), address)
		}
	})
}
