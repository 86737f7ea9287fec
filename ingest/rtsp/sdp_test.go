package rtsp

import (
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/sdp"
	"github.com/pion/rtp"
)

// Whatever a camera says that it sends: a track that takes packets, or an error.
func FuzzSDP(f *testing.F) {
	for _, s := range []string{
		"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=control:trackID=0\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z2QADKw7ULBLQgAAAwACAAADAD0I,aO48gA==\r\n",
		"v=0\r\ns=x\r\nm=video 0 RTP/AVP 98\r\na=rtpmap:98 H265/90000\r\na=fmtp:98 sprop-vps=QAEMAf; sprop-sps=Qg==; sprop-pps=RA==\r\nm=audio 0 RTP/AVP 0\r\n",
		"v=0\r\nm=video 99999 RTP/AVP\r\n", "m=", "",
	} {
		f.Add([]byte(s), []byte{0x65, 0x80, 1})
	}
	f.Fuzz(func(t *testing.T, text, payload []byte) {
		var said sdp.SessionDescription
		var s description.Session
		if !readable(text) || said.Unmarshal(text) != nil || s.Unmarshal(&said) != nil {
			return
		}
		if _, track := soundOf(&s); track != nil {
			for i := range 3 {
				track.packet(&rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i) * 9000, Marker: i > 0}, Payload: payload}, time.Unix(int64(i), 0))
			}
		}
		v, err := findVideo(&s)
		if err != nil {
			return
		}
		for i := range 3 {
			v.packet(&rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i) * 9000, Marker: true}, Payload: payload})
		}
	})
}
