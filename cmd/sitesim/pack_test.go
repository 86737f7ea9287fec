package main

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// frames takes apart what goes into a connection, in bytes.
func frames(t require.TestingT, b []byte) (all [][]byte, channels []byte) {
	for len(b) > 0 {
		require.Equal(t, byte(base.InterleavedFrameMagicByte), b[0])
		n := int(binary.BigEndian.Uint16(b[2:]))
		all, channels, b = append(all, b[4:4+n]), append(channels, b[1]), b[4+n:]
	}
	return all, channels
}

// A reader's decoder must take out of the packets what was put in, whatever the sizes.
func TestPackerAgainstDecoders(t *testing.T) {
	for _, codec := range []Codec{CodecH264, CodecH265} {
		format := map[Codec]*footage{
			CodecH264: {codec: CodecH264, params: [][]byte{testSPS, testPPS}},
			CodecH265: {codec: CodecH265, params: [][]byte{testVPS265, testSPS265, testPPS265}},
		}[codec].format()
		head := map[Codec][]byte{CodecH264: {0x41}, CodecH265: {2, 1}}[codec]
		decode := decoderOf(t, format)
		var p packer
		rapid.Check(t, func(t *rapid.T) {
			var au [][]byte
			for range rapid.IntRange(1, 6).Draw(t, "nalus") {
				size := rapid.OneOf(rapid.IntRange(1, 60), rapid.IntRange(1400, 1500), rapid.IntRange(1, 40000)).Draw(t, "size")
				au = append(au, append(bytes.Clone(head), bytes.Repeat([]byte{byte(size)}, size)...))
			}
			first := uint16(rapid.IntRange(0, 65535).Draw(t, "sequence"))
			p.reset()
			p.codec, p.channel, p.sequence, p.clock, p.ssrc = codec, 4, first, 90000, 77
			p.unit(au)
			all, channels := frames(t, p.buf)
			require.Len(t, all, p.packets)
			for i, frame := range all {
				var pkt rtp.Packet
				require.NoError(t, pkt.Unmarshal(frame))
				require.LessOrEqual(t, len(pkt.Payload), maxPayload)
				require.Equal(t, i == len(all)-1, pkt.Marker)
				require.Equal(t, []any{byte(4), first + uint16(i), uint32(90000), uint32(77), uint8(payloadType)},
					[]any{channels[i], pkt.SequenceNumber, pkt.Timestamp, pkt.SSRC, pkt.PayloadType})
				got, err := decode(&pkt)
				if i < len(all)-1 {
					require.Error(t, err, "more packets are needed")
				} else {
					require.NoError(t, err)
					require.Equal(t, au, got)
				}
			}
		})
	}
}

func TestPackerHalfAndChannel(t *testing.T) {
	p := packer{codec: CodecH264}
	p.unit([][]byte{{6, 1, 2}, bytes.Repeat([]byte{0x41}, 5000), {0x41, 9}})
	whole, _ := frames(t, bytes.Clone(p.buf))
	require.Len(t, whole, 6, "the note, four fragments, the rest")
	p.toChannel(8)
	p.half()
	half, channels := frames(t, p.buf)
	require.Equal(t, whole[:3], half)
	require.Equal(t, []byte{8, 8, 8}, channels)
	require.Equal(t, 3, p.packets)
}

func TestSenderReport(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 500e6, time.UTC)
	b, err := senderReport(3, 77, 90000, at, 5, 600)
	require.NoError(t, err)
	all, channels := frames(t, b)
	require.Equal(t, []byte{3}, channels)
	var sr rtcp.SenderReport
	require.NoError(t, sr.Unmarshal(all[0]))
	require.Equal(t, rtcp.SenderReport{SSRC: 77, NTPTime: uint64(at.Unix()+2208988800)<<32 | 1<<31, RTPTime: 90000, PacketCount: 5, OctetCount: 600},
		rtcp.SenderReport{SSRC: sr.SSRC, NTPTime: sr.NTPTime, RTPTime: sr.RTPTime, PacketCount: sr.PacketCount, OctetCount: sr.OctetCount})
}

func BenchmarkPacker(b *testing.B) {
	p := packer{codec: CodecH264}
	au := [][]byte{encodeSEI(CodecH264, 12345), bytes.Repeat([]byte{0x41}, 4800)}
	b.SetBytes(4800)
	b.ReportAllocs()
	for b.Loop() {
		p.reset()
		p.unit(au)
	}
}
