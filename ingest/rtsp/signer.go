package rtsp

import (
	"github.com/bluenviron/gortsplib/v4/pkg/base"

	"zhihui/ingest/digest"
)

// signer signs requests for cameras that ask for quality of protection, which gortsplib leaves out: it answers as RFC 2069
// did, and they refuse it. What they do not ask for stays gortsplib's.
type signer struct {
	username, password string
	challenge          *digest.Challenge // nil = none that wants this
}

// hear keeps the challenge of an answer.
func (s *signer) hear(answer *base.Response) {
	if answer.StatusCode != base.StatusUnauthorized {
		return
	}
	if s.challenge = digest.Of(answer.Header["WWW-Authenticate"]); s.challenge != nil && !s.challenge.Protected() {
		s.challenge = nil
	}
}

// sign puts an answer to the challenge into a request in the place of gortsplib's.
func (s *signer) sign(request *base.Request) {
	if s.challenge == nil || s.username == "" && s.password == "" || request.URL == nil {
		return
	}
	uri := request.URL.CloneWithoutCredentials().String()
	request.Header["Authorization"] = base.HeaderValue{s.challenge.Authorize(string(request.Method), uri, s.username, s.password)}
}
