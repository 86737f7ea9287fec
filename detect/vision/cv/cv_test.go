//go:build cgo

package cv

import (
	"bytes"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/detect/vision/clips"
	"zhihui/detect/vision/decode"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

type look struct {
	share float64
	boxes []models.Box
}

func background(t testing.TB) *Background {
	b, err := NewBackground()
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return b
}

// watch runs the first seconds of a clip through decoder and motion.
func watch(t testing.TB, clip, seconds, filter string) []look {
	units := clips.Units(t, clip, "a", models.H264, seconds, filter)
	d, err := decode.Open(models.H264)
	require.NoError(t, err)
	defer d.Close()
	m, err := NewMotion()
	require.NoError(t, err)
	defer m.Close()
	b := background(t)
	var out []look
	for _, u := range units {
		_, err := d.Decode(visionpb.AnnexB(u.NALUs), u.Key)
		require.NoError(t, err)
		require.NoError(t, d.Gray(m.Pixels(), MotionWidth, MotionHeight))
		share, boxes := m.Look(b)
		out = append(out, look{share, boxes})
	}
	return out
}

func TestPeopleWhoWalkAreMotionAllTheWhile(t *testing.T) {
	looks := watch(t, "vtest.avi", "15", "")
	require.Zero(t, looks[0].share, "there is no background yet")
	for i, l := range looks[20:] {
		require.Greater(t, l.share, 0.003, "picture %d", i+20)
		require.Less(t, l.share, 0.1)
		require.NotEmpty(t, l.boxes)
		for _, b := range l.boxes {
			require.True(t, b.X >= 0 && b.Y >= 0 && b.W > 0 && b.H > 0 && b.X+b.W <= 1 && b.Y+b.H <= 1, "%v", b)
		}
	}
}

func TestLeavesInTheWindAreHardlyMotion(t *testing.T) {
	for i, l := range watch(t, "tree.avi", "22", "") {
		require.Less(t, l.share, 0.01, "picture %d", i)
	}
}

func TestACarSeenFromAboveIsOneThingAndAnEmptyLaneNone(t *testing.T) {
	looks := watch(t, "intel_car.mp4", "27", "")
	require.Greater(t, looks[55].share, 0.05)
	require.NotEmpty(t, looks[55].boxes)
	for i := 105; i < 140; i++ {
		require.Less(t, looks[i].share, 0.005, "picture %d: nobody is there", i)
	}
	require.NotEmpty(t, looks[265].boxes)
}

func TestAJumpOfTheExposureIsNotMotion(t *testing.T) {
	for i, l := range watch(t, "tree.avi", "8", "geq=lum='min(235\\,16+(lum(X\\,Y)-16)*if(gt(T\\,4)\\,0.8\\,1))':cb='cb(X\\,Y)':cr='cr(X\\,Y)'") {
		require.Less(t, l.share, 0.05, "picture %d", i)
	}
}

func TestAnotherSceneIsLearntAnew(t *testing.T) {
	m, err := NewMotion()
	require.NoError(t, err)
	defer m.Close()
	b := background(t)
	fill := func(even, odd byte) (float64, []models.Box) {
		for i := range m.Pixels() {
			m.Pixels()[i] = even
			if i/16%2 == 1 {
				m.Pixels()[i] = odd
			}
		}
		return m.Look(b)
	}
	for range 20 {
		fill(40, 200)
	}
	share, boxes := fill(200, 40)
	require.Greater(t, share, sceneShare)
	require.Empty(t, boxes, "all of it is no box")
	fill(200, 40)
	share, _ = fill(200, 40)
	require.Zero(t, share)
}

func TestJPEGShowsTheBoxes(t *testing.T) {
	pixels := bytes.Repeat([]byte{60}, 640*360*3)
	boxes := []models.Object{
		{Label: "person", Score: 0.8, Box: models.Box{X: 0.25, Y: 0.25, W: 0.25, H: 0.5}},
		{Label: "外\x00", Box: models.Box{X: 0.9, Y: 0.9, W: 5, H: -1}},
	}
	data, err := JPEG(pixels, 640, 360, boxes, 0xff0000)
	require.NoError(t, err)
	picture, err := jpeg.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, 640, picture.Bounds().Dx())
	r, g, _, _ := picture.At(160, 200).RGBA() // the left edge of the first box
	require.Greater(t, r>>8, uint32(180))
	require.Less(t, g>>8, uint32(80))
	r, _, _, _ = picture.At(250, 200).RGBA()
	require.InDelta(t, 60, r>>8, 8, "inside, the picture is as it was")
}

func TestJPEGRefusesSizesThatWouldEndTheProcess(t *testing.T) {
	for _, c := range []struct{ w, h, n int }{{0, 0, 0}, {640, 360, 10}, {MaxWidth + 1, 1, 3 * (MaxWidth + 1)}, {-1, -1, 3}} {
		_, err := JPEG(make([]byte, c.n), c.w, c.h, nil, 0)
		require.Equal(t, models.Invalid, models.CodeOf(err), "%v", c)
	}
}

func BenchmarkMotion(b *testing.B) {
	units := clips.Units(b, "vtest.avi", "a", models.H264, "8", "")
	d, _ := decode.Open(models.H264)
	defer d.Close()
	var pics [][]byte
	for _, u := range units {
		_, err := d.Decode(visionpb.AnnexB(u.NALUs), u.Key)
		require.NoError(b, err)
		p := make([]byte, 320*180)
		d.Gray(p, 320, 180)
		pics = append(pics, p)
	}
	OneThread()
	m, _ := NewMotion()
	defer m.Close()
	scene := background(b)
	for i := 0; b.Loop(); i++ {
		copy(m.Pixels(), pics[i%len(pics)])
		m.Look(scene)
	}
}
