//go:build cgo

package decode

import (
	"bytes"
	"math"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/detect/vision/clips"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

func open(t testing.TB, codec models.Codec) *Decoder {
	d, err := Open(codec)
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

func TestDecodeGivesOnePictureForEachUnit(t *testing.T) {
	for _, codec := range []models.Codec{models.H264, models.H265} {
		t.Run(string(codec), func(t *testing.T) {
			units := clips.Units(t, "vtest.avi", "a", codec, "4", "")
			require.Len(t, units, 40)
			d := open(t, codec)
			for _, u := range units {
				got, err := d.Decode(visionpb.AnnexB(u.NALUs), u.Key)
				require.NoError(t, err)
				require.True(t, got, "unit %d", u.Seq)
			}
			w, h := d.Size()
			require.Equal(t, [2]int{640, 360}, [2]int{w, h})
		})
	}
}

func TestScaledPicturesShowTheScene(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "a", models.H264, "1", "")
	d := open(t, models.H264)
	_, err := d.Decode(visionpb.AnnexB(units[0].NALUs), units[0].Key)
	require.NoError(t, err)

	gray := make([]byte, 320*180)
	require.NoError(t, d.Gray(gray, 320, 180))
	bgr := bytes.Repeat([]byte{114}, 416*3*256)
	require.NoError(t, d.BGR(bgr, 416*3, 416, 234))
	require.InDelta(t, mean(gray), mean(bgr[:416*3*234]), 12, "the same picture is about as bright either way")
	require.Equal(t, bytes.Repeat([]byte{114}, 416*3*22), bgr[416*3*234:], "what lies below the picture is untouched")
	lowest, highest := byte(255), byte(0)
	for _, p := range gray {
		lowest, highest = min(lowest, p), max(highest, p)
	}
	require.Greater(t, int(highest)-int(lowest), 100, "a scene has contrast")
}

func TestWhatWasLookedAtStays(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "a", models.H264, "1", "")
	d := open(t, models.H264)
	require.Error(t, d.Look(), "no picture yet")
	show := func(scale func([]byte, int, int, int) error) []byte {
		dst := make([]byte, 3*320*180)
		require.NoError(t, scale(dst, 3*320, 320, 180))
		return dst
	}
	var looked []byte
	for i, u := range units {
		_, err := d.Decode(visionpb.AnnexB(u.NALUs), u.Key)
		require.NoError(t, err)
		if i < 4 {
			require.Equal(t, show(d.BGR), show(d.Looked), "until the first look the newest")
		}
		if i == 4 {
			require.NoError(t, d.Look())
			looked = show(d.BGR)
		}
	}
	require.Equal(t, looked, show(d.Looked))
	require.NotEqual(t, looked, show(d.BGR))
}

func mean(b []byte) float64 {
	sum := 0
	for _, p := range b {
		sum += int(p)
	}
	return float64(sum) / float64(len(b))
}

func TestDamageIsSaidAndAKeyUnitHeals(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "a", models.H264, "4", "")
	whole := visionpb.AnnexB(units[1].NALUs)
	for name, damaged := range map[string][]byte{
		"cut":     whole[:len(whole)/2],
		"garbage": append(bytes.Clone(whole[:len(whole)/2]), bytes.Repeat([]byte{0xa5}, len(whole)/2)...),
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, models.H264)
			_, err := d.Decode(visionpb.AnnexB(units[0].NALUs), units[0].Key)
			require.NoError(t, err)
			before := make([]byte, 320*180)
			require.NoError(t, d.Gray(before, 320, 180))
			_, err = d.Decode(damaged, false)
			require.Equal(t, models.Invalid, models.CodeOf(err), "a picture made of guesses must not pass for one")
			after := make([]byte, 320*180)
			require.NoError(t, d.Gray(after, 320, 180), "who asks for a snapshot now gets the last whole picture")
			require.Equal(t, before, after)
			require.True(t, units[20].Key)
			got, err := d.Decode(visionpb.AnnexB(units[20].NALUs), units[20].Key)
			require.NoError(t, err)
			require.True(t, got)
		})
	}
}

func TestWithoutAKeyUnitThereIsNoPicture(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "a", models.H264, "1", "")
	d := open(t, models.H264)
	for _, u := range units[1:] {
		got, _ := d.Decode(visionpb.AnnexB(u.NALUs), u.Key)
		require.False(t, got)
	}
}

func TestAPictureLargerThanTheBoundIsRefused(t *testing.T) {
	d := open(t, models.H264)
	require.Error(t, d.Gray(make([]byte, 320*180), 320, 180), "no picture yet")
	units := clips.Units(t, "vtest.avi", "a", models.H264, "1", "")
	_, err := d.Decode(visionpb.AnnexB(units[0].NALUs), units[0].Key)
	require.NoError(t, err)
	for name, try := range map[string]error{
		"too short":   d.Gray(make([]byte, 320*180-1), 320, 180),
		"no width":    d.Gray(make([]byte, 10), 0, 180),
		"too wide":    d.BGR(make([]byte, 1<<20), 3*(MaxSide+1), MaxSide+1, 2),
		"slim stride": d.BGR(make([]byte, 1<<20), 10, 100, 2),
	} {
		require.Error(t, try, name)
	}
}

func TestOpenRefusesWhatIsNotDecoded(t *testing.T) {
	_, err := Open("av1")
	require.Equal(t, models.Invalid, models.CodeOf(err))
}

// FuzzDecode holds the decoder to its promise on hostile streams: an error or a picture of a size within the bound,
// never a crash, and a clean key unit afterwards decodes.
func FuzzDecode(f *testing.F) {
	units := clips.Units(f, "vtest.avi", "a", models.H264, "1", "")
	key := visionpb.AnnexB(units[0].NALUs)
	f.Add(key, uint16(0), byte(0))
	f.Add(visionpb.AnnexB(units[1].NALUs), uint16(40), byte(0xff))
	f.Add([]byte{0, 0, 0, 1, 0x67, 0x42, 0, 0x1e, 0xff, 0xff, 0xff, 0xff}, uint16(7), byte(1))
	f.Fuzz(func(t *testing.T, data []byte, at uint16, flip byte) {
		d := open(t, models.H264)
		_, err := d.Decode(key, true)
		require.NoError(t, err)
		data = bytes.Clone(data)
		if len(data) > 0 {
			data[int(at)%len(data)] ^= flip
		}
		if got, _ := d.Decode(data, false); got {
			w, h := d.Size()
			require.LessOrEqual(t, w*h, 4096*2304+4096*64)
			require.NoError(t, d.Gray(make([]byte, 320*180), 320, 180))
		}
		d.Close()
		d2 := open(t, models.H264)
		got, err := d2.Decode(key, true)
		require.NoError(t, err)
		require.True(t, got)
	})
}

func BenchmarkDecode640x360(b *testing.B) {
	units := clips.Units(b, "vtest.avi", "a", models.H264, "8", "")
	var data [][]byte
	for _, u := range units {
		data = append(data, visionpb.AnnexB(u.NALUs))
	}
	d := open(b, models.H264)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := d.Decode(data[i%len(data)], i%len(data)%20 == 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScale(b *testing.B) {
	units := clips.Units(b, "vtest.avi", "a", models.H264, "1", "")
	d := open(b, models.H264)
	_, err := d.Decode(visionpb.AnnexB(units[0].NALUs), units[0].Key)
	require.NoError(b, err)
	b.Run("gray320x180", func(b *testing.B) {
		dst := make([]byte, 320*180)
		for b.Loop() {
			_ = d.Gray(dst, 320, 180)
		}
	})
	b.Run("bgr416x234", func(b *testing.B) {
		dst := make([]byte, 416*3*256)
		for b.Loop() {
			_ = d.BGR(dst, 416*3, 416, 234)
		}
	})
}

// TestGrayIsThePictureWithoutItsColours compares with what libswscale makes of the whole picture.
func TestGrayIsThePictureWithoutItsColours(t *testing.T) {
	units := clips.Units(t, "vtest.avi", "a", models.H264, "1", "")
	d := open(t, models.H264)
	_, err := d.Decode(visionpb.AnnexB(units[0].NALUs), true)
	require.NoError(t, err)
	for _, size := range [][2]int{{320, 180}, {640, 360}, {213, 97}, {1, 1}, {700, 400}} {
		w, h := size[0], size[1]
		gray, bgr := make([]byte, w*h), make([]byte, 3*w*h)
		require.NoError(t, d.Gray(gray, w, h))
		require.NoError(t, d.BGR(bgr, 3*w, w, h))
		apart := 0.0
		for i, v := range gray {
			apart += math.Abs(float64(v) - 0.114*float64(bgr[3*i]) - 0.587*float64(bgr[3*i+1]) - 0.299*float64(bgr[3*i+2]))
		}
		require.Less(t, apart/float64(w*h), 5.0, "%v", size)
	}
}

// reordered are units of a camera that codes B pictures: those come out later than they go in.
func reordered(t *testing.T, codec models.Codec) []*models.AccessUnit {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	coder := []string{"-c:v", "libx264", "-x264-params", "aud=1:repeat-headers=1:scenecut=0", "-f", "h264"}
	if codec == models.H265 {
		coder = []string{"-c:v", "libx265", "-x265-params", "aud=1:repeat-headers=1:scenecut=0:log-level=none", "-f", "hevc"}
	}
	args := append([]string{"-v", "error", "-i", clips.Path(t, "vtest.avi"), "-t", "4", "-vf", "fps=10,scale=640:360",
		"-pix_fmt", "yuv420p", "-bf", "2", "-g", "10", "-preset", "veryfast"}, coder...)
	stream, err := exec.Command("ffmpeg", append(args, "-")...).Output()
	require.NoError(t, err)
	return clips.Split(stream, "a", codec)
}

// A camera that is asleep gives key units alone: each shows its own picture, whatever the units between would have shown.
func TestAKeyUnitShowsItsPictureAtOnce(t *testing.T) {
	for _, codec := range []models.Codec{models.H264, models.H265} {
		t.Run(string(codec), func(t *testing.T) {
			units := reordered(t, codec)
			require.Len(t, units, 40)
			asleep, alone := open(t, codec), open(t, codec)
			gray := func(d *Decoder) []byte {
				dst := make([]byte, 320*180)
				require.NoError(t, d.Gray(dst, 320, 180))
				return dst
			}
			var shown [][]byte
			for n, u := range units {
				if !u.Key {
					continue
				}
				unit := visionpb.AnnexB(u.NALUs)
				got, err := asleep.Decode(unit, true)
				require.NoError(t, err)
				require.True(t, got, "unit %d", n)
				shown = append(shown, gray(asleep))
				asleep.Rest(unit)
				require.NoError(t, asleep.Wake())
				require.Equal(t, shown[len(shown)-1], gray(asleep), "a snapshot of who rests")
			}
			require.Len(t, shown, 4)
			require.NotEqual(t, shown[0], shown[1])
			pictures := 0
			for n, u := range units[:20] { // and who goes on after one loses nothing
				got, err := alone.Decode(visionpb.AnnexB(u.NALUs), u.Key)
				require.NoError(t, err)
				if got {
					pictures++
				}
				if n == 0 {
					require.Equal(t, shown[0], gray(alone))
				}
			}
			require.GreaterOrEqual(t, pictures, 18)
		})
	}
}
