package rtsptest

import (
	"strings"
	"testing"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"
)

// Speaker is an H.264 camera with a track of sound before its video.
type Speaker struct {
	*Camera
	media    *description.Media
	sequence uint16
	setup    func() base.StatusCode // of the sound; nil = it lets it be had

	// Mute lets PLAY fail for who has asked for the sound.
	Mute  bool
	asked bool
}

// Spoken starts a camera that sends sound in those formats. What setup returns answers who asks for it.
func Spoken(t testing.TB, setup func() base.StatusCode, formats ...format.Format) *Speaker {
	video := &format.H264{PayloadTyp: 96, PacketizationMode: 1, SPS: SPS(), PPS: PPS()}
	e, err := video.CreateEncoder()
	require.NoError(t, err)
	s := &Speaker{media: &description.Media{Type: description.MediaTypeAudio, Formats: formats}, setup: setup}
	s.Camera = &Camera{t: t, encode: e.Encode, sequence: 65530}
	s.Camera.serve("127.0.0.1:0", &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{video}}, s, s.media)
	return s
}

// OnSetup answers SETUP.
func (c *Speaker) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	sound := strings.HasSuffix(ctx.Request.URL.Path, "=0")
	c.mu.Lock()
	c.asked = sound || c.asked && ctx.Session.State() != gortsplib.ServerSessionStateInitial
	c.mu.Unlock()
	if sound && c.setup != nil {
		if status := c.setup(); status != base.StatusOK {
			return &base.Response{StatusCode: status}, nil, nil
		}
	}
	return c.Camera.OnSetup(ctx)
}

// OnPlay answers PLAY.
func (c *Speaker) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Mute && c.asked {
		return &base.Response{StatusCode: base.StatusInternalServerError}, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// Speak sends one packet of a payload type, at an RTP time.
func (c *Speaker) Speak(kind uint8, stamp uint32, payload []byte) {
	p := &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: kind, SequenceNumber: c.sequence, Timestamp: stamp, SSRC: 7, Marker: true}, Payload: payload}
	c.sequence++
	_ = c.stream.WritePacketRTP(c.media, p) // fails when the player has gone
}
