package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestFindClip(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for _, path := range []string{filepath.Join(first, "b.avi"), filepath.Join(second, "a.avi.gz"), filepath.Join(second, "b.avi")} {
		require.NoError(t, os.WriteFile(path, nil, 0o644))
	}
	require.NoError(t, os.Mkdir(filepath.Join(first, "folder.avi"), 0o755))
	clips := func(names ...string) Camera {
		c := Camera{ID: "cam-01"}
		for _, n := range names {
			c.Clips = append(c.Clips, Clip{File: n})
		}
		return c
	}
	for _, tc := range []struct {
		name string
		cam  Camera
		want string
	}{
		{"first folder wins", clips("b.avi"), filepath.Join(first, "b.avi")},
		{"first clip wins, packed", clips("a.avi", "b.avi"), filepath.Join(second, "a.avi.gz")},
		{"the one that is there", clips("none.avi", "b.avi"), filepath.Join(first, "b.avi")},
		{"a folder is no clip", clips("folder.avi", "b.avi"), filepath.Join(first, "b.avi")},
	} {
		_, path, err := findClip(tc.cam.ID, tc.cam.Clips, []string{first, second})
		require.NoError(t, err, tc.name)
		require.Equal(t, tc.want, path, tc.name)
	}
	_, _, err := findClip("cam-01", clips("x.avi", "y.avi").Clips, []string{first})
	require.EqualError(t, err, "camera cam-01: x.avi or y.avi is in none of the folders "+first+
		"; install Debian's package opencv-doc, or name a folder by --footage")
}

func TestFootageFolders(t *testing.T) {
	t.Setenv("ZHIHUI_SHARED", "/elsewhere")
	require.Equal(t, []string{"mine", "/elsewhere/footage", "/usr/share/doc/opencv-doc/examples/data"},
		footageFolders([]string{"mine"}))
}

func seconds(s float64) Span { return Span(s * float64(time.Second)) }

func TestFilter(t *testing.T) {
	require.Equal(t, "fps=10,scale=640:360:force_original_aspect_ratio=increase,crop=640:360,setsar=1", Clip{}.filter(LookClear, usualEncoding()))
	require.Equal(t, "crop=iw*0.5:ih*0.4:iw*0.1:ih*0.2,fps=10,scale=640:360:force_original_aspect_ratio=increase,"+
		"crop=640:360,hflip,eq=brightness=-0.1,hue=s=0,setsar=1",
		Clip{Crop: []float64{0.1, 0.2, 0.5, 0.4}, Mirror: true, Brightness: -0.1, Grey: true}.filter(LookClear, usualEncoding()))
	require.Equal(t, "trim=start=2:duration=3.5,setpts=PTS-STARTPTS,fps=10,scale=640:360:force_original_aspect_ratio=increase,"+
		"crop=640:360,delogo=x=64:y=72:w=320:h=36,setsar=1",
		Clip{From: seconds(2), Length: seconds(3.5), Hide: []float64{0.1, 0.2, 0.5, 0.1}}.filter(LookClear, usualEncoding()))
	dark := Clip{}.filter(LookDark, usualEncoding())
	require.Contains(t, dark, "crop=640:360,eq=brightness=")
	require.Contains(t, Clip{}.filter(LookRain, usualEncoding()), "eq=brightness=")
	require.NotEqual(t, dark, Clip{}.filter(LookRain, usualEncoding()))
}

func TestCacheName(t *testing.T) {
	source := filepath.Join(t.TempDir(), "a.avi")
	require.NoError(t, os.WriteFile(source, []byte("one"), 0o644))
	name := func(c Clip) string {
		n, err := c.cacheName(source, LookClear, usualEncoding())
		require.NoError(t, err)
		return n
	}
	plain := name(Clip{File: "a.avi"})
	require.Regexp(t, `^a-[0-9a-f]{16}\.h264$`, plain)
	require.Equal(t, plain, name(Clip{File: "a.avi", Phase: 5}), "the phase is no part of the file")
	require.NotEqual(t, plain, name(Clip{File: "a.avi", Mirror: true}))
	rainy, err := Clip{File: "a.avi"}.cacheName(source, LookRain, usualEncoding())
	require.NoError(t, err)
	require.NotEqual(t, plain, rainy)
	require.NoError(t, os.WriteFile(source, []byte("two!"), 0o644))
	require.NotEqual(t, plain, name(Clip{File: "a.avi"}), "another file of the same name")
}

// testClip makes a packed clip of three seconds with ffmpeg.
func testClip(t *testing.T, folder string) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed: install Debian's package ffmpeg")
	}
	path := filepath.Join(folder, "test.avi")
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=3",
		"-c:v", "mpeg4", path).CombinedOutput()
	require.NoError(t, err, string(out))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err = zip.Write(text)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	require.NoError(t, os.WriteFile(path+".gz", packed.Bytes(), 0o644))
	require.NoError(t, os.Remove(path))
}

func TestPrepare(t *testing.T) {
	folder, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	testClip(t, folder)
	var out bytes.Buffer
	s := studio{cache: cache, folders: []string{folder}, out: &out}
	cameras := []Camera{
		{ID: "a", Clips: []Clip{{File: "test.avi"}}},
		{ID: "b", Clips: []Clip{{File: "test.avi", Phase: 1}}},
		{ID: "c", Storm: LookRain, Clips: []Clip{{File: "test.avi", Mirror: true}},
			Scenes: map[string][]Clip{"stop": {{File: "test.avi", Mirror: true, From: seconds(1), Length: seconds(2), Hide: []float64{0.1, 0.2, 0.5, 0.1}}}}},
	}
	all, err := s.prepare(t.Context(), cameras)
	require.NoError(t, err)
	require.Regexp(t, `^(clip \d of 5: test-\w+\.h264\n){5}$`, out.String())
	require.Equal(t, all[0][usual][take{}].cached, all[1][usual][take{}].cached)
	require.Equal(t, all[0][usual][take{}], all[0][usual][take{storm: true}], "indoors")

	reels, err := loadReels(all)
	require.NoError(t, err)
	require.Same(t, reels[0][usual].takes[take{}], reels[1][usual].takes[take{}], "a file is read once")
	for name, r := range reels[2] {
		seconds := map[string]int{usual: 3, "stop": 2}[name]
		for _, f := range r.takes {
			checkFootage(t, f, seconds)
		}
	}

	out.Reset()
	_, err = s.prepare(t.Context(), cameras)
	require.NoError(t, err)
	require.Empty(t, out.String(), "the second time all is there")
	left, err := os.ReadDir(cache)
	require.NoError(t, err)
	require.Len(t, left, 5)
}

// checkFootage holds a converted clip to what a camera promises: 640×360, a keyframe a second, one slice a picture.
func checkFootage(t *testing.T, f *footage, seconds int) {
	var sps h264.SPS
	require.NoError(t, sps.Unmarshal(f.params[0]))
	require.Equal(t, []int{pictureWidth, pictureHeight}, []int{sps.Width(), sps.Height()})
	require.InDelta(t, pictureRate, sps.FPS(), 0.01)
	require.Zero(t, sps.VUI.BitstreamRestriction.MaxNumReorderFrames, "B-frames")
	require.Len(t, f.units, seconds*pictureRate)
	for i, u := range f.units {
		require.Len(t, u.slices, 1)
		require.Equal(t, i%pictureRate == 0, u.key, i)
	}
}

func TestPrepareBrokenClip(t *testing.T) {
	folder := t.TempDir()
	testClip(t, folder)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "broken.avi"), []byte("no clip"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "packed.avi.gz"), []byte("no gzip"), 0o644))
	for name, want := range map[string]string{"broken.avi": "ffmpeg cannot convert", "packed.avi": "cannot be unpacked"} {
		s := studio{cache: t.TempDir(), folders: []string{folder}, out: &bytes.Buffer{}}
		_, err := s.prepare(t.Context(), []Camera{{ID: "a", Clips: []Clip{{File: name}}}})
		require.ErrorContains(t, err, want)
		require.Equal(t, models.Invalid, models.CodeOf(err))
		left, err := os.ReadDir(s.cache)
		require.NoError(t, err)
		require.Empty(t, left, "a half clip must not stay")
	}
}

func TestLoadFootageBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.h264")
	require.NoError(t, os.WriteFile(path, []byte("no video"), 0o644))
	broken := choice{cached: path}
	_, err := loadReels([]shots{{usual: {take{}: broken}}})
	require.ErrorContains(t, err, "delete it and try again")
}

// A camera's scenes go into one session: they must be encoded alike.
func TestLoadReelsUnlike(t *testing.T) {
	one, two := reelOf(t, 0), reelOf(t, 0)
	require.NoError(t, sameStream(map[string]reel{usual: one, "car": two}))
	other := *two.takes[take{}]
	other.params = [][]byte{other.params[0], {1}}
	require.ErrorContains(t, sameStream(map[string]reel{usual: one, "car": {map[take]*footage{{}: &other}, 0}}), "scene car is encoded otherwise")
	short := *two.takes[take{}]
	short.units = short.units[:4]
	require.ErrorContains(t, sameStream(map[string]reel{usual: {map[take]*footage{{}: one.takes[take{}], {storm: true}: &short}, 0}}), "longer in one take")
}
