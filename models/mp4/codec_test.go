package mp4

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestNames(t *testing.T) {
	h264, err := nameH264([]byte{0x67, 0x42, 0xc0, 0x1e, 0xd9})
	require.NoError(t, err)
	require.Equal(t, "avc1.42c01e", h264)

	// Main profile, level 3.1, progressive and frame-only: the example of every browser's documentation.
	h265, err := nameH265([]byte{0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0xb0, 0x00, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x5d, 0xa0})
	require.NoError(t, err)
	require.Equal(t, "hvc1.1.6.L93.B0", h265)

	for _, short := range [][]byte{nil, {0x67}, {0x67, 1, 2}} {
		_, err := nameH264(short)
		require.Error(t, err)
		_, err = nameH265(short)
		require.Error(t, err)
	}
}

func FuzzHeader(f *testing.F) {
	f.Add([]byte{0x67, 0x42, 0xc0, 0x1e, 0xd9}, []byte{0x68, 1}, true)
	f.Add([]byte{0x42, 0x01, 0x01, 0x01, 0x60, 0, 0, 3, 0, 0xb0, 0, 0, 3, 0, 0, 3, 0, 0x5d, 0xa0}, []byte{0x44}, false)
	f.Fuzz(func(t *testing.T, sps, pps []byte, isH264 bool) {
		p := parameters{codec: models.H265, vps: pps, sps: sps, pps: pps}
		if isH264 {
			p = parameters{codec: models.H264, sps: sps, pps: pps}
		}
		if h, err := makeHeader(p.coding(), nil); err == nil {
			require.NotEmpty(t, h.Init)
		}
	})
}

func FuzzFilm(f *testing.F) {
	f.Add([]byte{0x67, 0x42, 0xc0, 0x1e, 0xd9}, []byte{0x65, 0x88}, true, int64(1), 8000)
	f.Fuzz(func(t *testing.T, a, b []byte, key bool, pts int64, rate int) {
		var m Film
		for i, codec := range []models.Codec{models.H264, models.H265, models.H264, "mjpeg"} {
			for j := range 3 {
				sound := []models.SoundFrame{{Codec: models.AAC, Setup: a, Rate: rate, Channels: 1, PTS: time.Duration(pts), Length: time.Duration(rate), Payload: b}}
				u := &models.AccessUnit{Codec: codec, Seq: uint64(3*i + j + 1), Session: 1, Key: key, PTS: time.Duration(pts), NALUs: [][]byte{a, b, {0x68}}, Sound: sound}
				if s, ok, _ := m.Add(u); ok {
					m.Header().AppendPart(nil, 1, s.DTS, []Sample{s})
				}
				pts += pts / 3
			}
		}
	})
}
