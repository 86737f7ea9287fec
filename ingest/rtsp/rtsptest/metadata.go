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

// Teller is an H.264 camera with a track of metadata before its video.
type Teller struct {
	*Camera
	media    *description.Media
	sequence uint16
	setup    func() base.StatusCode // of the metadata; nil = it lets them be had
}

// Told starts a camera that sends metadata of a coding such as "vnd.onvif.metadata/90000". What setup returns answers who asks for
// them.
func Told(t testing.TB, coding string, setup func() base.StatusCode) *Teller {
	f := &format.H264{PayloadTyp: 96, PacketizationMode: 1, SPS: SPS(), PPS: PPS()}
	e, err := f.CreateEncoder()
	require.NoError(t, err)
	of := &format.Generic{PayloadTyp: 107, RTPMa: coding}
	require.NoError(t, of.Init())
	teller := &Teller{media: &description.Media{Type: description.MediaTypeApplication, Formats: []format.Format{of}}, setup: setup}
	teller.Camera = &Camera{t: t, encode: e.Encode, sequence: 65530}
	teller.Camera.serve("127.0.0.1:0", &description.Media{Type: description.MediaTypeVideo, Formats: []format.Format{f}}, teller, teller.media)
	return teller
}

// OnSetup answers SETUP.
func (c *Teller) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if c.setup != nil && strings.HasSuffix(ctx.Request.URL.Path, "=0") {
		if status := c.setup(); status != base.StatusOK {
			return &base.Response{StatusCode: status}, nil, nil
		}
	}
	return c.Camera.OnSetup(ctx)
}

// Tell sends a document in packets of so many bytes, the last one marked; without those of the indexes in drop.
func (c *Teller) Tell(document []byte, size int, drop ...int) {
	for i := 0; len(document) > 0; i++ {
		n := min(size, len(document))
		p := &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 107, SequenceNumber: c.sequence, SSRC: 7, Marker: n == len(document)}, Payload: document[:n]}
		c.sequence, document = c.sequence+1, document[n:]
		if len(drop) == 0 || drop[0] != i {
			_ = c.stream.WritePacketRTP(c.media, p) // fails when the player has gone
		}
	}
}
