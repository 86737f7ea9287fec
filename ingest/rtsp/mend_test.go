package rtsp

import (
	"testing"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/sdp"
	"github.com/stretchr/testify/require"
)

const goodVideo = "m=video 0 RTP/AVP 96\r\na=control:trackID=0\r\na=rtpmap:96 H264/90000\r\n" +
	"a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z2QADKw7ULBLQgAAAwACAAADAD0I,aO48gA==\r\n"

// What cameras have been seen to say of themselves, and what stays of it.
func TestMendsDescriptions(t *testing.T) {
	head := "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=Media Server\r\nt=0 0\r\n"
	for _, test := range []struct {
		name, body string
		parameters bool // those of the SDP are understood
		same       bool // nothing needs mending
	}{
		{"a good one", head + goodVideo, true, true},
		{"an origin cut short, and a connection of one word", "v=0\r\no=- 1001 1 IN \r\ns=VCP IPC Realtime stream\r\nm=video 0 RTP/AVP 96\r\nc=IN \r\n" + goodVideo[len("m=video 0 RTP/AVP 96\r\n"):], true, false},
		{"an origin of three words", "v=0\r\no=- 1001 1\r\ns=x\r\nt=0 0\r\n" + goodVideo, true, false},
		{"AAC without its settings", head + goodVideo + "m=audio 0 RTP/AVP 104\r\na=rtpmap:104 MPEG4-GENERIC/16000\r\na=fmtp:97 config=1408\r\na=Media_header:MEDIAINFO=494D\r\n", true, false},
		{"a track without a format", head + goodVideo + "m=application 0 RTP/AVP\r\na=control:meta\r\n", true, false},
		{"broken parameter sets", head + "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 sprop-parameter-sets=%%%,aO48gA==\r\n", false, false},
		{"two tracks of one name", head + "m=audio 0 RTP/AVP 8\r\na=mid:0\r\n" + goodVideo + "a=mid:0\r\n", true, false},
		{"sound in layers, on which gortsplib panics", head + goodVideo + "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MP4A-LATM/16000/1\r\na=fmtp:97 cpresent=0;config=400228103fe3fc\r\n", true, false},
		{"a bandwidth of words", head + "b=AS:fast\r\n" + goodVideo, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := &base.Response{Header: base.Header{"Content-Type": base.HeaderValue{"application/sdp; charset=utf-8"}}, Body: []byte(test.body)}
			mend(answer)
			require.Equal(t, test.same, string(answer.Body) == test.body)
			var said sdp.SessionDescription
			var session description.Session
			require.NoError(t, said.Unmarshal(answer.Body))
			require.NoError(t, session.Unmarshal(&said))
			v, err := findVideo(&session)
			require.NoError(t, err)
			require.Equal(t, test.parameters, v.parts.complete())
		})
	}
}

func TestMendsNothingElse(t *testing.T) {
	for _, answer := range []*base.Response{
		{Header: base.Header{}, Body: []byte("m=")},
		{Header: base.Header{"Content-Type": base.HeaderValue{"text/html"}}, Body: []byte("m=")},
		{Header: base.Header{"Content-Type": base.HeaderValue{"application/sdp"}}, Body: []byte("no description at all")},
	} {
		before := string(answer.Body)
		mend(answer)
		require.Equal(t, before, string(answer.Body))
	}
}

// Some cameras say sendonly of what they send, by which others mean what they want to hear.
func TestVideoIsNoWayBack(t *testing.T) {
	var said sdp.SessionDescription
	var session description.Session
	require.NoError(t, said.Unmarshal([]byte("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\n"+goodVideo+"a=sendonly\r\nm=audio 0 RTP/AVP 0\r\na=sendonly\r\n")))
	require.NoError(t, session.Unmarshal(&said))
	v, err := findVideo(&session)
	require.NoError(t, err)
	require.False(t, v.media.IsBackChannel)
	found, _ := soundOf(&session)
	require.Zero(t, found, "what the camera wants to hear is no sound of it")
}

// A description that nobody can mend must not end the hall.
func TestADescriptionThatPanicsIsThrownAway(t *testing.T) {
	body := "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 97\r\na=rtpmap:97 MP4A-LATM/16000/1\r\na=fmtp:97 cpresent=0;config=400228103fe3fc\r\n"
	require.ErrorIs(t, read([]byte(body)), errPanic)
	answer := &base.Response{Header: base.Header{"Content-Type": base.HeaderValue{"application/sdp"}}, Body: []byte(body)}
	mend(answer)
	require.Empty(t, answer.Body)
}

func FuzzMend(f *testing.F) {
	f.Add("v=0\r\no=- 1001 1\r\n" + goodVideo)
	f.Add("m=video \r\nm=audio 0 RTP/AVP\n")
	f.Fuzz(func(t *testing.T, body string) {
		answer := &base.Response{Header: base.Header{"Content-Type": base.HeaderValue{"application/sdp"}}, Body: []byte(body)}
		mend(answer)
		require.True(t, readable(answer.Body) || string(answer.Body) == body || len(answer.Body) == 0)
	})
}
