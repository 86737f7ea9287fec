package onvif

import (
	"encoding/base64"
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
