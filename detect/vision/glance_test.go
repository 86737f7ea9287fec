//go:build cgo

package vision

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/detect/vision/clips"
	"zhihui/detect/vision/cv"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

func glanceAt(u *models.AccessUnit, camera string, jpeg bool) *visionpb.Glance {
	codec := visionpb.Codec_CODEC_H264
	if u.Codec == models.H265 {
		codec = visionpb.Codec_CODEC_H265
	}
	return &visionpb.Glance{Camera: camera, Request: 9, Codec: codec, Data: visionpb.AnnexB(u.NALUs), Jpeg: jpeg}
}

func TestAGlanceTellsHowAPictureIsAndKeepsNothing(t *testing.T) {
	for _, codec := range []models.Codec{models.H264, models.H265} {
		t.Run(string(codec), func(t *testing.T) {
			units := clips.Units(t, "vtest.avi", "gate", codec, "1", "")
			s, h := greeted(t, serve(t, Config{}))
			require.True(t, h.GetGlances())
			r := ask(t, s, &visionpb.Request{Kind: &visionpb.Request_Glance{Glance: glanceAt(units[0], "gate", true)}}).GetSight()
			require.Empty(t, r.GetSentence())
			require.Equal(t, uint64(9), r.GetRequest())
			require.Len(t, r.GetLuma(), 64*36)
			require.Greater(t, len(bytes.TrimLeft(r.GetEnergy(), "\x00")), 2000)
			picture, err := jpeg.Decode(bytes.NewReader(r.GetJpeg()))
			require.NoError(t, err)
			require.Equal(t, 640, picture.Bounds().Dx())
			p := ask(t, s, snapshot("gate")).GetPicture()
			require.NotEmpty(t, p.GetSentence(), "the camera is as unknown as before")
			broken := glanceAt(units[0], "gate", false)
			broken.Data = bytes.Repeat([]byte{0, 0, 1, 0x65, 0x88}, 99)
			r = ask(t, s, &visionpb.Request{Kind: &visionpb.Request_Glance{Glance: broken}}).GetSight()
			require.NotEmpty(t, r.GetSentence())
			require.Empty(t, r.GetLuma())
		})
	}
}

func TestCells(t *testing.T) {
	pixels := make([]byte, cv.MotionWidth*cv.MotionHeight)
	for i := range pixels {
		if i%cv.MotionWidth >= cv.MotionWidth/2 {
			pixels[i] = 200
		}
		if i/cv.MotionWidth >= cv.MotionHeight-cellHeight { // the lowest row of cells: stripes
			pixels[i] = byte(i % 2 * 255)
		}
	}
	luma, energy := cells(pixels)
	require.Equal(t, byte(0), luma[0])
	require.Equal(t, byte(200), luma[63])
	require.Equal(t, byte(0), energy[0])
	require.Equal(t, byte(4*200*cellHeight/(cellWidth*cellHeight)), energy[31], "the edge, once a row")
	require.Equal(t, byte(0), energy[32])
	require.Equal(t, byte(255), energy[35*64+5], "no more than a byte holds")
}

// TestAGlanceAtEachOfAThousandCameras counts the process's pages, because what C holds no Go tool sees, and its time.
func TestAGlanceAtEachOfAThousandCameras(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "gate", models.H264, "1", "")
	e := hall(t, 0)
	round := func(n int) {
		for i := range n {
			require.Empty(t, e.glance(glanceAt(units[0], fmt.Sprint(i), false)).GetSentence())
		}
	}
	round(50)
	before, begun := resident(t), used(t)
	round(1043)
	spent := used(t) - begun
	t.Logf("1,043 glances at a busy picture of 640×360: %.2f ms each, %.3f of a core where one comes each 30 s", spent/1043, spent/30_000)
	require.Empty(t, e.cameras)
	require.Less(t, resident(t)-before, 10<<20)
}

func BenchmarkGlance(b *testing.B) {
	units := clips.Units(b, "vtest.avi", "gate", models.H264, "1", "")
	e := hall(b, 0)
	g := glanceAt(units[0], "gate", false)
	defer spend(b)()
	for b.Loop() {
		if s := e.glance(g); s.GetSentence() != "" {
			b.Fatal(s.GetSentence())
		}
	}
}

func BenchmarkCells(b *testing.B) {
	pixels := bytes.Repeat([]byte{10, 200, 30, 90, 60}, cv.MotionWidth*cv.MotionHeight/5)
	for b.Loop() {
		cells(pixels)
	}
}
