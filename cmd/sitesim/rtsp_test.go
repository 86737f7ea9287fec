package main

import (
	"bufio"
	"fmt"
	"net"
	"testing"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/stretchr/testify/require"
)

// What is asked wrongly has an answer that says so.
func TestCameraAnswersOddRequests(t *testing.T) {
	s, _, _ := oneCamera(t, Camera{})
	for request, want := range map[string]base.StatusCode{
		"OPTIONS rtsp://h/none":     base.StatusOK,
		"DESCRIBE rtsp://h/cam-01":  base.StatusUnauthorized,
		"PLAY rtsp://h/cam-01":      base.StatusUnauthorized,
		"PAUSE rtsp://h/cam-01/a/b": base.StatusUnauthorized,
		"OPTIONS *":                 base.StatusOK,
	} {
		c, err := net.Dial("tcp", s.server.addr())
		require.NoError(t, err)
		_, err = fmt.Fprintf(c, "%s RTSP/1.0\r\nCSeq: 1\r\n\r\n", request)
		require.NoError(t, err)
		var res base.Response
		require.NoError(t, res.Unmarshal(bufio.NewReader(c)), request)
		require.Equal(t, want, res.StatusCode, request)
		require.Equal(t, base.HeaderValue{"1"}, res.Header["CSeq"])
		require.NoError(t, c.Close())
	}
}

func TestSetUp(t *testing.T) {
	for transport, want := range map[string]base.StatusCode{
		"":                                        base.StatusBadRequest,
		"RTP/AVP;unicast;client_port=8000-8001":   base.StatusUnsupportedTransport,
		"RTP/AVP/TCP;unicast;interleaved=0-1":     base.StatusOK,
		"RTP/AVP/TCP;unicast":                     base.StatusOK,
		"RTP/AVP/TCP;unicast;interleaved=0-7":     base.StatusBadRequest,
		"RTP/AVP/TCP;unicast;interleaved=255-256": base.StatusBadRequest,
		"RTP/AVP;unicast;client_port=1-2,RTP/AVP/TCP;unicast;interleaved=4-5": base.StatusOK,
	} {
		l := &link{}
		res := l.setUp(&base.Request{URL: &base.URL{Path: "/cam-01"}, Header: base.Header{"Transport": {transport}}})
		require.Equal(t, want, res.StatusCode, transport)
		require.Equal(t, want == base.StatusOK, l.session != "", transport)
	}
}
