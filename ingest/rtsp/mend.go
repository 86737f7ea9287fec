package rtsp

import (
	"errors"
	"slices"
	"strings"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/sdp"
)

// mend makes a description that gortsplib refuses into one that it reads. Many cameras break a rule somewhere, such as in
// the sound, the metadata or the origin, and their video is sound.
func mend(answer *base.Response) {
	kind := answer.Header["Content-Type"]
	if len(kind) != 1 || !strings.HasPrefix(kind[0], "application/sdp") || readable(answer.Body) {
		return
	}
	where := []string{"m=video ", "a=control:", "a=rtpmap:"}
	for _, lines := range [][]string{append(where, "a=fmtp:", "a=key-mgmt:"), where} { // the second has its parameters in band
		if body := videoOf(string(answer.Body), lines); readable(body) {
			answer.Body = body
			return
		}
	}
	if errors.Is(read(answer.Body), errPanic) {
		answer.Body = nil
	}
}

func readable(body []byte) bool { return read(body) == nil }

var errPanic = errors.New("gortsplib panics on it")

// read tells why gortsplib does not read a description. There are some, of sound in LATM with layers, on which it panics.
func read(body []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	var said sdp.SessionDescription
	var session description.Session
	if err := said.Unmarshal(body); err != nil {
		return err
	}
	return session.Unmarshal(&said)
}

// videoOf is a description of the body's video alone, of those lines; of the lines ahead of any track it keeps the same.
func videoOf(body string, lines []string) []byte {
	kept := []string{"v=0", "o=- 0 0 IN IP4 0.0.0.0", "s= ", "t=0 0"}
	wanted := true
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "m=") {
			wanted = strings.HasPrefix(line, "m=video ")
		}
		if wanted && slices.ContainsFunc(lines, func(start string) bool { return strings.HasPrefix(line, start) }) {
			kept = append(kept, line)
		}
	}
	return []byte(strings.Join(kept, "\r\n") + "\r\n")
}
