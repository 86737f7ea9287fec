package digest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChallenges(t *testing.T) {
	of := func(lines ...string) *Challenge { return Of(lines) }
	for _, none := range []string{"", "Basic realm=x", `Digest realm="r"`, `Digest nonce="n", qop="auth-int"`, `Digest nonce="n", algorithm=SHA-512-256`, "Digest", `Digest nonce="`, "Digest ="} {
		require.Nil(t, of(none), none)
	}
	c := of(`Basic realm="r"`, `Digest nonce="x", algorithm=MD5-sess`, `digest realm="a, b", qop="auth-int, auth" , nonce=n1,stale=TRUE,opaque="o"`)
	require.Equal(t, []any{"a, b", "n1", "o", true}, []any{c.realm, c.nonce, c.opaque, c.auth})
	require.Contains(t, c.Authorize("POST", "/x", `a"b`, "p"), `Digest username="a\"b", realm="a, b", nonce="n1", uri="/x", qop=auth, nc=00000001, cnonce="`)
	require.Contains(t, c.Authorize("POST", "/x", "a", "p"), "nc=00000002")
	stronger := of(`Digest nonce="1", algorithm="MD5", qop="auth"`, `Digest nonce="2", algorithm="SHA-256"`, `Digest nonce="3", algorithm=SHA-256, qop="auth"`)
	require.Equal(t, []any{"2", false}, []any{stronger.nonce, stronger.Protected()}, "the first of the strongest")
}

// The examples of RFC 7616, 3.9.1, and of RFC 2617, 3.5, as one without qop would be.
func TestDigestSums(t *testing.T) {
	const nonce, cnonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
	for algorithm, want := range map[string]string{"MD5": "8ca523f5e9506fed4657c9700eebdbec", "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"} {
		c := newChallenge(map[string]string{"nonce": nonce, "realm": "http-auth@example.org", "algorithm": algorithm, "qop": "auth"})
		ha1, ha2 := c.hash("Mufasa", c.realm, "Circle of Life"), c.hash("GET", "/dir/index.html")
		require.Equal(t, want, c.hash(ha1, nonce, "00000001", cnonce, "auth", ha2))
	}
	old := newChallenge(map[string]string{"nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093", "realm": "testrealm@host.com"})
	require.Contains(t, old.Authorize("GET", "/dir/index.html", "Mufasa", "Circle Of Life"), `response="670fd8c2df070c60b045671b8b24ff02"`)
}

func FuzzChallenge(f *testing.F) {
	f.Add(`realm="a", nonce=b, qop="auth`)
	f.Fuzz(func(t *testing.T, text string) {
		if c := Of([]string{"Digest " + text}); c != nil {
			require.NotContains(t, c.Authorize("PLAY", "rtsp://h/", "u", "p"), "\n", "a challenge writes no header of its own")
		}
	})
}
