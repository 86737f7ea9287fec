package rtsp

import (
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

func session(formats ...format.Format) *description.Session {
	return &description.Session{Medias: []*description.Media{{Type: description.MediaTypeVideo, Formats: formats}}}
}

func TestFindVideoTakesTheFirstThatWeKnow(t *testing.T) {
	back := &description.Media{IsBackChannel: true, Formats: []format.Format{&format.H264{PayloadTyp: 96, PacketizationMode: 1}}}
	s := session(&format.VP8{PayloadTyp: 95}, &format.H265{PayloadTyp: 98}, &format.H264{PayloadTyp: 96})
	s.Medias = append([]*description.Media{back}, s.Medias...)
	v, err := findVideo(s)
	require.NoError(t, err)
	require.Equal(t, models.H265, v.parts.codec)
	_, err = findVideo(session(&format.VP8{PayloadTyp: 95}))
	require.ErrorIs(t, err, errWrongCodec)
	_, err = findVideo(&description.Session{Medias: []*description.Media{{Type: description.MediaTypeAudio, Formats: []format.Format{&format.Opus{}}}}})
	require.ErrorIs(t, err, errNoVideo)
	_, err = findVideo(session(&format.H264{PayloadTyp: 96, PacketizationMode: 2}))
	require.Error(t, err, "interleaved packets are not understood")
}

func TestVideoOfACameraThatMarksNoEnds(t *testing.T) {
	v, err := findVideo(session(&format.H264{PayloadTyp: 96, PacketizationMode: 1, SPS: rtsptest.SPS(), PPS: rtsptest.PPS()}))
	require.NoError(t, err)
	nalus := [][]byte{{0x65, 0x80, 1}, {0x41, 0x80, 2}, {0x41, 0x80, 3}}
	var got []*models.AccessUnit
	for i, nalu := range nalus {
		unit, lost := v.packet(&rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i) * 9000}, Payload: nalu})
		require.Zero(t, lost)
		if unit != nil {
			got = append(got, unit)
		}
	}
	require.Len(t, got, 2)
	require.True(t, got[0].Key)
	require.Equal(t, time.Duration(0), got[0].PTS)
	require.Equal(t, 100*time.Millisecond, got[1].PTS)
	require.Equal(t, nalus[1:2], got[1].NALUs)
}

func FuzzVideo(f *testing.F) {
	f.Add([]byte{0x65, 0x80, 1}, []byte{0x7C, 0x85, 0}, uint16(1), uint32(9000), true)
	f.Add([]byte{24, 0, 1, 0x67, 0, 0}, []byte{}, uint16(7), uint32(0), false)
	f.Add([]byte{0x26, 1, 0x80}, []byte{98, 1, 0x93, 0}, uint16(0), uint32(1), true)
	f.Fuzz(func(t *testing.T, a, b []byte, step uint16, stamp uint32, marker bool) {
		for _, kind := range []format.Format{&format.H264{PacketizationMode: 1}, &format.H265{}} {
			v, err := findVideo(session(kind))
			require.NoError(t, err)
			for i, payload := range [][]byte{a, b, b, a} {
				h := rtp.Header{SequenceNumber: uint16(i) * step, Timestamp: uint32(i/2) * stamp, Marker: marker == (i%2 == 1)}
				unit, lost := v.packet(&rtp.Packet{Header: h, Payload: payload})
				require.LessOrEqual(t, lost, maxLost)
				if unit != nil {
					require.NotEmpty(t, unit.NALUs)
				}
			}
		}
	})
}
