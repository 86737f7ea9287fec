package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/stretchr/testify/require"
)

func TestSEIRoundTrip(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 255, 256, 1 << 16, 0x00000003_00000001, 1 << 32, 1 << 63, math.MaxUint64} {
		nalu := encodeSEI(CodecH264, n)
		got, ok := decodeSEI(nalu)
		require.True(t, ok, n)
		require.Equal(t, n, got)
		for _, start := range [][]byte{{0, 0, 0}, {0, 0, 1}, {0, 0, 2}} {
			require.NotContains(t, string(nalu), string(start), "a start code in the number %d", n)
		}
	}
}

func TestSEIBytes(t *testing.T) {
	want := append([]byte{6, 5, 24}, "zhihui-sitesim-1"...)
	want = append(want, 0, 0, 3, 0, 0, 3, 0, 0, 3, 0, 1, 0x80)
	require.Equal(t, want, encodeSEI(CodecH264, 1))
}

func TestSEIOfH265(t *testing.T) {
	nalu := encodeSEI(CodecH265, 1)
	require.Equal(t, []byte{39 << 1, 1, 5, 24}, nalu[:4])
	require.Equal(t, encodeSEI(CodecH264, 1)[1:], nalu[2:])
	n, ok := decodeSEI(nalu)
	require.True(t, ok)
	require.Equal(t, uint64(1), n)
}

func TestSEIOfOthers(t *testing.T) {
	ours := encodeSEI(CodecH264, 7)
	for name, nalu := range map[string][]byte{
		"empty":      {},
		"slice":      {0x65, 0x88},
		"other uuid": bytes.Replace(ours, []byte("sitesim"), []byte("another"), 1),
		"cut":        ours[:len(ours)-3],
		"longer":     append(append([]byte{}, ours...), 9, 9),
		"other type": append([]byte{6, 4}, ours[2:]...),
	} {
		_, ok := decodeSEI(nalu)
		require.False(t, ok, name)
	}
}

func FuzzDecodeSEI(f *testing.F) {
	f.Add(encodeSEI(CodecH264, 1))
	f.Add([]byte{6, 5, 24, 0, 0, 3})
	f.Fuzz(func(t *testing.T, nalu []byte) {
		if n, ok := decodeSEI(nalu); ok {
			again, ok := decodeSEI(encodeSEI(CodecH264, n))
			require.True(t, ok)
			require.Equal(t, n, again)
		}
	})
}

// decodeSEI is what a reader does: it returns the number in a NAL unit, and whether it is one of encodeSEI's.
func decodeSEI(nalu []byte) (uint64, bool) {
	if bytes.HasPrefix(nalu, CodecH265.seiHeader()) {
		nalu = append(CodecH264.seiHeader(), nalu[CodecH265.header():]...)
	}
	prefix := append([]byte{byte(h264.NALUTypeSEI), seiUserData, byte(seiSize)}, seiUUID...)
	if !bytes.HasPrefix(nalu, prefix) {
		return 0, false
	}
	raw := h264.EmulationPreventionRemove(nalu)
	if len(raw) != len(prefix)+9 {
		return 0, false
	}
	return binary.BigEndian.Uint64(raw[len(prefix):]), true
}
