//go:build cgo

package decode

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/detect/vision/clips"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

func TestWhoRestsComesBackAsIfItHadNot(t *testing.T) {
	for _, codec := range []models.Codec{models.H264, models.H265} {
		t.Run(string(codec), func(t *testing.T) {
			units := clips.Units(t, "vtest.avi", "a", codec, "3", "")
			resting, open := open(t, codec), open(t, codec)
			picture := func(d *Decoder) []byte {
				dst := make([]byte, 3*320*180)
				require.NoError(t, d.BGR(dst, 3*320, 320, 180))
				return dst
			}
			key := visionpb.AnnexB(units[0].NALUs)
			for _, d := range []*Decoder{resting, open} {
				got, err := d.Decode(key, true)
				require.True(t, err == nil && got)
				require.NoError(t, d.Look())
			}
			before := picture(open)
			resting.Rest(key)
			w, h := resting.Size()
			require.Zero(t, w*h)
			looked := make([]byte, 3*320*180)
			require.NoError(t, resting.Looked(looked, 3*320, 320, 180), "what was looked at stays")
			require.Equal(t, before, looked)
			_, err := resting.Decode(bytes.Repeat([]byte{0x65, 0x88}, 500), true)
			require.Error(t, err)
			require.NoError(t, resting.Wake())
			require.NoError(t, resting.Wake(), "twice is once")
			require.Equal(t, before, picture(resting), "the last whole picture")
			resting.Rest(key)
			for _, u := range units[1:] {
				for _, d := range []*Decoder{resting, open} {
					got, err := d.Decode(visionpb.AnnexB(u.NALUs), u.Key)
					require.True(t, err == nil && got)
				}
				require.Equal(t, picture(open), picture(resting))
			}
		})
	}
}

func TestALookIsKeptForSomeRests(t *testing.T) {
	key := visionpb.AnnexB(clips.Units(t, "vtest.avi", "a", models.H264, "1", "")[0].NALUs)
	d := open(t, models.H264)
	_, err := d.Decode(key, true)
	require.NoError(t, err)
	require.NoError(t, d.Look())
	dst := make([]byte, 3*320*180)
	for n := range lookedLasts + 1 {
		require.Equal(t, n < lookedLasts, d.Looked(dst, 3*320, 320, 180) == nil, "after %d", n)
		d.Rest(key)
	}
	require.NoError(t, d.Wake())
	require.NoError(t, d.Looked(dst, 3*320, 320, 180), "the newest then")
}
