package rtsp

import (
	"bufio"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/stretchr/testify/require"
)

func refusal(challenges ...string) *base.Response {
	return &base.Response{StatusCode: base.StatusUnauthorized, Header: base.Header{"WWW-Authenticate": challenges}}
}

// The answers are computed here once more, by the text of RFC 7616, 3.4.1.
func TestSignsWithQualityOfProtection(t *testing.T) {
	md := func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	sha := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	for _, test := range []struct {
		name       string
		challenges []string
		hash       func(string) string // nil = left to gortsplib
	}{
		{"MD5", []string{`Digest realm="cam, one", nonce="n1", qop="auth", opaque="o"`}, md},
		{"SHA-256", []string{`Digest realm="cam, one", nonce="n1", algorithm=SHA-256, qop="auth-int, auth", opaque="o"`}, sha},
		{"the stronger of two", []string{`Digest realm="x", nonce="n0", algorithm="MD5", qop="auth"`, `Digest realm="cam, one",nonce="n1",algorithm="SHA-256",qop="auth",opaque="o"`}, sha},
		{"as it was", []string{`Digest realm="x", nonce="n1"`}, nil},
		{"another quality", []string{`Digest realm="x", nonce="n1", qop="auth-int"`}, nil},
		{"another algorithm", []string{`Digest realm="x", nonce="n1", qop="auth", algorithm=SHA-512-256`}, nil},
		{"Basic", []string{`Basic realm="qop=auth"`}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := signer{username: "admin", password: "p:w"}
			d.hear(refusal(test.challenges...))
			for _, count := range []string{"00000001", "00000002"} {
				u, err := base.ParseURL("rtsp://admin:p%3Aw@192.0.2.1/live?x=1")
				require.NoError(t, err)
				request := &base.Request{Method: base.Describe, URL: u, Header: base.Header{"Authorization": base.HeaderValue{"gortsplib's"}}}
				d.sign(request)
				if test.hash == nil {
					require.Equal(t, base.HeaderValue{"gortsplib's"}, request.Header["Authorization"])
					continue
				}
				text, is := strings.CutPrefix(request.Header["Authorization"][0], "Digest ")
				require.True(t, is)
				got := map[string]string{}
				for _, said := range regexp.MustCompile(`(\w+)=(?:"([^"]*)"|([^,]*))`).FindAllStringSubmatch(text, -1) {
					got[said[1]] = said[2] + said[3]
				}
				uri := "rtsp://192.0.2.1/live?x=1"
				want := test.hash(test.hash("admin:cam, one:p:w") + ":n1:" + count + ":" + got["cnonce"] + ":auth:" + test.hash("DESCRIBE:"+uri))
				require.Equal(t, want, got["response"])
				require.Equal(t, []string{"admin", "cam, one", "n1", uri, "auth", count, "o"},
					[]string{got["username"], got["realm"], got["nonce"], got["uri"], got["qop"], got["nc"], got["opaque"]})
				require.NotEmpty(t, got["cnonce"])
			}
		})
	}
}

// A camera that wants quality of protection lets us in: its answer to the second question is another than 401.
func TestIsLetInWithQualityOfProtection(t *testing.T) {
	camera := hostile(t, func(c net.Conn) {
		request := ""
		for lines := bufio.NewScanner(c); lines.Scan(); request += lines.Text() + "\n" {
			if lines.Text() != "" {
				continue
			}
			status := "200 OK"
			if strings.HasPrefix(strings.TrimSpace(request), "DESCRIBE") {
				status = "401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\""
				if strings.Contains(request, "qop=auth, nc=00000001") {
					status = "404 Not Found"
				}
			}
			_, number, _ := strings.Cut(request, "CSeq: ")
			number, _, _ = strings.Cut(number, "\n")
			_, _ = fmt.Fprintf(c, "RTSP/1.0 %s\r\nCSeq: %s\r\n\r\n", status, number)
			request = ""
		}
	})
	require.Equal(t, NotFound, ReasonOf(play(t, camera).end(t)))
}

func TestSignsNothingWithoutCredentialsOrChallenge(t *testing.T) {
	request := &base.Request{Method: base.Options, Header: base.Header{}}
	(&signer{username: "u"}).sign(request)
	nobody := &signer{}
	nobody.hear(refusal(`Digest realm="x", nonce="n", qop="auth"`))
	nobody.sign(request)
	require.Empty(t, request.Header)
	d := &signer{username: "u"}
	d.hear(refusal(`Digest realm="x", nonce="n", qop="auth"`))
	d.hear(&base.Response{StatusCode: base.StatusOK})
	require.NotNil(t, d.challenge, "an answer without a challenge changes nothing")
	d.hear(refusal(`Digest realm="x", nonce="n"`))
	require.Nil(t, d.challenge)
}
