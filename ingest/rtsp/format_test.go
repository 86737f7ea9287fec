package rtsp

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

func TestFormatOfAKeyUnit(t *testing.T) {
	sps265 := []byte{
		0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x78, 0xa0, 0x03, 0xc0,
		0x80, 0x10, 0xe5, 0x96, 0x66, 0x69, 0x24, 0xca, 0xe0, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x01, 0xe0, 0x80,
	}
	for name, c := range map[string]struct {
		codec models.Codec
		sps   []byte
		want  Format
	}{
		"H.264":        {models.H264, rtsptest.SPS(), Format{"H.264 High", 352, 288}},
		"H.265":        {models.H265, sps265, Format{"H.265 Main", 1920, 1080}},
		"broken H.264": {models.H264, []byte{0x67, 1}, Format{Codec: "H.264"}},
		"broken H.265": {models.H265, []byte{0x42, 1, 1}, Format{Codec: "H.265"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, FormatOf(&models.AccessUnit{Codec: c.codec, NALUs: [][]byte{c.sps, {1, 2, 3}}}))
		})
	}
	require.Equal(t, Format{Codec: "H.265"}, FormatOf(&models.AccessUnit{Codec: models.H265}))
	require.Equal(t, "H.264 profile 9", named("H.264", "", 9))
}

func FuzzFormatOf(f *testing.F) {
	f.Add(rtsptest.SPS(), false)
	f.Fuzz(func(t *testing.T, sps []byte, hevc bool) {
		codec := models.H264
		if hevc {
			codec = models.H265
		}
		require.NotEmpty(t, FormatOf(&models.AccessUnit{Codec: codec, NALUs: [][]byte{sps}}).Codec)
	})
}
