package rtsp

import (
	"bytes"
	"os/exec"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// sounds is what a server's sound is kept as, "" where it sends none.
func (q quirk) sounds() models.SoundCodec {
	switch q {
	case withSound, withLATM:
		return models.AAC
	case withOpus:
		return models.Opus
	case withALaw, withMuLaw, soundAlone:
		return models.PCM
	}
	return ""
}

// spokenBy is the sound that gortsplib's server sends: its format, and the packet that goes with the i-th picture.
func spokenBy(q quirk) (format.Format, func(i int) *rtp.Packet) {
	packets := func(step int, payload ...byte) func(i int) *rtp.Packet {
		return func(i int) *rtp.Packet {
			return &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 97, SSRC: 5, Marker: true, SequenceNumber: uint16(i), Timestamp: uint32(i * step)}, Payload: payload}
		}
	}
	config := aacConfig(24000)
	switch q {
	case withSound:
		return &format.MPEG4Audio{PayloadTyp: 97, Config: config, SizeLength: 13, IndexLength: 3, IndexDeltaLength: 3}, packets(960, 0, 16, 0, 3<<3, 1, 2, 3)
	case withLATM:
		return latmFormat(config, 1), packets(960, 3, 1, 2, 3)
	case withOpus:
		return &format.Opus{PayloadTyp: 97, ChannelCount: 1}, packets(1920, 31<<3, 1, 2, 3) // 20 ms each, and 20 ms of nothing
	}
	return &format.G711{PayloadTyp: 97, MULaw: q == withMuLaw, SampleRate: 8000, ChannelCount: 1}, packets(320, make([]byte, 320)...)
}

func (g *gortsplibHost) isPlaying() bool {
	select {
	case <-g.playing:
		return true
	default:
		return false
	}
}

// sounds is what the sound of every row must pass: it comes with the pictures, in the coding that was sent, without an overlap,
// and nowhere else than the pictures. The frames of AAC are those of the file.
func sounds(t *testing.T, o offer, c *clip, heard []models.SoundFrame) {
	want := o.quirk.sounds()
	if want == "" {
		require.Empty(t, heard)
		return
	}
	sent := framesOf(t, c)
	length, end := time.Duration(0), time.Duration(0)
	for _, f := range heard {
		require.Equal(t, want, f.Codec)
		require.GreaterOrEqual(t, f.PTS, end)
		end, length = f.PTS+f.Length, length+f.Length
		if want == models.AAC && len(f.Payload) > 3 {
			require.True(t, sent[string(f.Payload)], "a frame of the file")
		}
	}
	require.Greater(t, length, clipLength/3, "%d frames", len(heard))
	require.Less(t, end, clipLength+time.Second)
}

// framesOf are the frames of the sound in a clip's file.
func framesOf(t *testing.T, c *clip) map[string]bool {
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-i", c.files[0], "-vn", "-c", "copy", "-f", "adts", "-").Output()
	require.NoError(t, err)
	var packets mpeg4audio.ADTSPackets
	require.NoError(t, packets.Unmarshal(bytes.Clone(out)))
	all := map[string]bool{}
	for _, p := range packets {
		all[string(p.AU)] = true
	}
	return all
}
