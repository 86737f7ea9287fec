package onvif

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The example of ONVIF's Application Programmer's Guide, 6.1.1.3.
func TestPasswordDigest(t *testing.T) {
	nonce, err := base64.StdEncoding.DecodeString("LKqI6G/AikKCQrN0zqZFlg==")
	require.NoError(t, err)
	require.Equal(t, "tuOSpGlFlIXsozq4HFNeeGeFLEI=", passwordDigest(nonce, "2010-09-16T07:50:45Z", "userpassword"))
}

func TestATokenIsEscapedAndNeverTheSame(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 5e6, time.FixedZone("", 8*3600))
	first, second := usernameToken("a<b", "p", at), usernameToken("a<b", "p", at)
	require.Contains(t, first, "<Username>a&lt;b</Username>")
	require.Contains(t, first, ">2026-05-01T04:00:00.005Z<")
	require.NotEqual(t, first, second)
}

func TestChallenges(t *testing.T) {
	of := func(lines ...string) *challenge { return challengeOf(http.Header{"Www-Authenticate": lines}) }
	for _, none := range []string{"", "Basic realm=x", `Digest realm="r"`, `Digest nonce="n", qop="auth-int"`, `Digest nonce="n", algorithm=SHA-512-256`, "Digest", `Digest nonce="`, "Digest ="} {
		require.Nil(t, of(none), none)
	}
	c := of(`Basic realm="r"`, `Digest nonce="x", algorithm=MD5-sess`, `digest realm="a, b", qop="auth-int, auth" , nonce=n1,stale=TRUE,opaque="o"`)
	require.Equal(t, []any{"a, b", "n1", "o", true}, []any{c.realm, c.nonce, c.opaque, c.auth})
	require.Contains(t, c.authorize("POST", "/x", `a"b`, "p"), `Digest username="a\"b", realm="a, b", nonce="n1", uri="/x", qop=auth, nc=00000001, cnonce="`)
	require.Contains(t, c.authorize("POST", "/x", "a", "p"), "nc=00000002")
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
	require.Contains(t, old.authorize("GET", "/dir/index.html", "Mufasa", "Circle Of Life"), `response="670fd8c2df070c60b045671b8b24ff02"`)
}
