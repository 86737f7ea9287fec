package rtsp

import (
	"bytes"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func aacConfig(rate int) *mpeg4audio.AudioSpecificConfig {
	return &mpeg4audio.AudioSpecificConfig{Type: mpeg4audio.ObjectTypeAACLC, SampleRate: rate, ChannelCount: 1}
}

func latmFormat(config *mpeg4audio.AudioSpecificConfig, subframes uint) *format.MPEG4AudioLATM {
	return &format.MPEG4AudioLATM{PayloadTyp: 97, StreamMuxConfig: &mpeg4audio.StreamMuxConfig{
		NumSubFrames: subframes - 1,
		Programs:     []*mpeg4audio.StreamMuxConfigProgram{{Layers: []*mpeg4audio.StreamMuxConfigLayer{{AudioSpecificConfig: config, LatmBufferFullness: 255}}}},
	}}
}

func packetOf(payload ...byte) *rtp.Packet {
	return &rtp.Packet{Header: rtp.Header{Version: 2, Marker: true}, Payload: payload}
}

func TestCodingsOfSound(t *testing.T) {
	generic := &format.MPEG4Audio{PayloadTyp: 97, Config: aacConfig(16000), SizeLength: 13, IndexLength: 3, IndexDeltaLength: 3}
	long := bytes.Repeat([]byte{7}, 300)
	for name, c := range map[string]struct {
		format   format.Format
		packet   *rtp.Packet
		codec    models.SoundCodec
		rate     int
		payloads [][]byte
		length   time.Duration
	}{
		"AAC":               {generic, packetOf(0, 16, 0, 3<<3, 1, 2, 3), models.AAC, 16000, [][]byte{{1, 2, 3}}, 64 * ms},
		"AAC, two of them":  {generic, packetOf(0, 32, 0, 2<<3, 0, 1<<3, 1, 2, 3), models.AAC, 16000, [][]byte{{1, 2}, {3}}, 64 * ms},
		"LATM":              {latmFormat(aacConfig(8000), 1), packetOf(append([]byte{255, 45}, long...)...), models.AAC, 8000, [][]byte{long}, 128 * ms},
		"LATM, two of them": {latmFormat(aacConfig(8000), 2), packetOf(2, 8, 9, 1, 7), models.AAC, 8000, [][]byte{{8, 9}, {7}}, 128 * ms},
		"Opus":              {&format.Opus{PayloadTyp: 98, ChannelCount: 1}, packetOf(31<<3, 1), models.Opus, 48000, [][]byte{{31 << 3, 1}}, 20 * ms},
		"G.711 A-law":       {&format.G711{PayloadTyp: 8, SampleRate: 8000, ChannelCount: 1}, packetOf(0xd5, 0x2a), models.PCM, 8000, [][]byte{{8, 0, 0, 0x82}}, 250 * time.Microsecond},
		"G.711 µ-law":       {&format.G711{MULaw: true, SampleRate: 8000, ChannelCount: 2}, packetOf(0xff, 0x80), models.PCM, 8000, [][]byte{{0, 0, 0x7c, 0x7d}}, 125 * time.Microsecond},
	} {
		coding, ok := codingOf(c.format)
		require.True(t, ok, name)
		frames, _ := coding.frames(c.packet)
		require.Len(t, frames, len(c.payloads), name)
		for i, f := range frames {
			require.Equal(t, []any{c.codec, c.rate, c.payloads[i], c.length}, []any{f.Codec, f.Rate, f.Payload, f.Length}, name)
			require.Equal(t, c.codec == models.AAC, f.Setup != nil, name)
		}
	}
}

func TestAACInPieces(t *testing.T) {
	coding, ok := codingOf(latmFormat(aacConfig(8000), 1))
	require.True(t, ok)
	frames, more := coding.frames(&rtp.Packet{Header: rtp.Header{SequenceNumber: 4}, Payload: []byte{3, 1}})
	require.Equal(t, []any{0, true}, []any{len(frames), more})
	frames, _ = coding.frames(&rtp.Packet{Header: rtp.Header{SequenceNumber: 5, Marker: true}, Payload: []byte{2, 3}})
	require.Equal(t, []byte{1, 2, 3}, frames[0].Payload)
}

// What a hostile description says must not reach gortsplib's decoders; what is not understood is not kept.
func TestCodingsThatAreNotKept(t *testing.T) {
	layers := latmFormat(aacConfig(8000), 1)
	layers.StreamMuxConfig.Programs[0].Layers = append(layers.StreamMuxConfig.Programs[0].Layers, &mpeg4audio.StreamMuxConfigLayer{})
	for name, f := range map[string]format.Format{
		"G.726":                      &format.G726{},
		"a length of 64 bits":        &format.MPEG4Audio{Config: aacConfig(8000), SizeLength: 64},
		"no rate":                    &format.MPEG4Audio{Config: aacConfig(0), SizeLength: 13},
		"a rate of billions":         &format.G711{SampleRate: 1 << 30, ChannelCount: 1},
		"a thousand channels":        &format.G711{SampleRate: 8000, ChannelCount: 1000},
		"LATM with settings in band": &format.MPEG4AudioLATM{CPresent: true},
		"LATM in layers":             layers,
		"Opus with a channel map":    &format.Opus{ChannelCount: 6},
	} {
		_, ok := codingOf(f)
		require.False(t, ok, name)
		found, track := soundOf(&description.Session{Medias: []*description.Media{{Type: description.MediaTypeAudio, Formats: []format.Format{f}}}})
		require.Nil(t, track)
		require.Equal(t, models.SoundMeasure{Codec: f.Codec(), Code: models.SoundCoding}, found, name)
	}
}

func FuzzSound(f *testing.F) {
	f.Add(uint8(0), []byte{0, 16, 0, 24, 1, 2, 3}, true)
	f.Add(uint8(1), []byte{255, 1, 7}, false)
	f.Add(uint8(2), []byte{2, 8, 9, 1, 7}, true)
	f.Add(uint8(3), []byte{0xff, 0xff}, true)
	formats := []format.Format{
		&format.MPEG4Audio{Config: aacConfig(16000), SizeLength: 13, IndexLength: 3, IndexDeltaLength: 3},
		&format.MPEG4Audio{Config: aacConfig(16000), SizeLength: 1, IndexLength: 0, IndexDeltaLength: 16},
		latmFormat(aacConfig(8000), 1), latmFormat(aacConfig(8000), 64),
		&format.Opus{ChannelCount: 2}, &format.G711{SampleRate: 8000, ChannelCount: 2},
	}
	f.Fuzz(func(t *testing.T, which uint8, payload []byte, marker bool) {
		coding, ok := codingOf(formats[int(which)%len(formats)])
		require.True(t, ok)
		s := &sound{coding: coding, line: soundLine{clock: rtpClock{rate: int64(coding.rate)}}}
		var clock rtpClock
		s.take(&models.AccessUnit{ReceivedAt: time.Unix(0, 1)}, &clock, &ownClock{})
		for i := range 70 {
			s.packet(&rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(i) * 160, Marker: marker && i%3 == 0}, Payload: payload}, time.Unix(0, int64(i)*int64(20*ms)))
			if s.bytes > soundBytes || len(s.waiting) > 0 && s.line.end-s.waiting[0].PTS > soundWaits {
				t.Fatal(s.bytes, len(s.waiting))
			}
		}
		end := time.Duration(0)
		for _, w := range s.waiting {
			if w.PTS < end || w.Length <= 0 || len(w.Payload) == 0 {
				t.Fatal(w.PTS, end, w.Length)
			}
			end = w.PTS + w.Length
		}
	})
}
