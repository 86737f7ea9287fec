package main

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"
	"github.com/stretchr/testify/require"
)

func TestEncodingOr(t *testing.T) {
	usual := usualEncoding()
	for _, tc := range []struct {
		name              string
		own, script, want Encoding
	}{
		{"nothing said", Encoding{}, Encoding{}, usual},
		{"the script's rate", Encoding{}, Encoding{Rate: 384}, Encoding{Codec: CodecH264, Rate: 384, GOP: usual.GOP}},
		{"a quality instead of the script's rate", Encoding{QP: 30}, Encoding{Rate: 384}, Encoding{Codec: CodecH264, QP: 30, GOP: usual.GOP}},
		{"a rate instead of the script's quality", Encoding{Rate: 384}, Encoding{QP: 30}, Encoding{Codec: CodecH264, Rate: 384, GOP: usual.GOP}},
		{"all", Encoding{Codec: CodecH265, Rate: 100, GOP: Span(time.Second / 2), Night: true}, Encoding{Rate: 384, GOP: Span(4 * time.Second)}, Encoding{Codec: CodecH265, Rate: 100, GOP: Span(time.Second / 2), Night: true}},
		{"night for all", Encoding{}, Encoding{Night: true}, Encoding{Codec: CodecH264, Rate: 480, GOP: usual.GOP, Night: true}},
	} {
		got := tc.own.or(tc.script).or(usual)
		require.Equal(t, tc.want, got, tc.name)
		require.NoError(t, got.check("x"), tc.name)
	}
}

// What is in people's caches must be found again: of the usual encoding not one byte may change.
func TestEncodingUsualArgs(t *testing.T) {
	require.Equal(t, "-an -c:v libx264 -preset veryfast -profile:v main -pix_fmt yuv420p -threads 1 -color_range tv -colorspace bt709 "+
		"-color_primaries bt709 -color_trc bt709 -b:v 480k -maxrate 600k -bufsize 600k -g 10 -keyint_min 10 -sc_threshold 0 -bf 0 "+
		"-x264-params slices=1:sliced-threads=0:repeat-headers=1 -f h264", strings.Join(usualEncoding().args(), " "))
	require.Empty(t, usualEncoding().looks())
	require.Equal(t, ".h264", usualEncoding().end())
}

// Everything that changes the pictures must change the name in the cache.
func TestEncodingInTheCacheName(t *testing.T) {
	folder := t.TempDir()
	testClip(t, folder)
	seen := map[string]Encoding{}
	for _, e := range []Encoding{
		usualEncoding(), {Rate: 384}, {QP: 30}, {GOP: Span(2 * time.Second)}, {Night: true}, {Codec: CodecH265},
		{Codec: CodecH265, QP: 30}, {Codec: CodecH265, GOP: Span(2 * time.Second)}, {small: true},
	} {
		name, err := Clip{File: "test.avi"}.cacheName(folder+"/test.avi.gz", LookClear, e.or(usualEncoding()))
		require.NoError(t, err)
		require.NotContains(t, seen, name)
		seen[name] = e
	}
}

// needEncoder skips where ffmpeg cannot do it.
func needEncoder(t *testing.T, e Encoding) {
	t.Helper()
	want := "libx264"
	if e.Codec == CodecH265 {
		want = "libx265"
	}
	out, err := exec.Command("ffmpeg", "-hide_banner", "-encoders").Output()
	if err != nil || !bytes.Contains(out, []byte(want)) {
		t.Skipf("ffmpeg has no %s: install Debian's package ffmpeg", want)
	}
}

func sizeOf(t *testing.T, f *footage) [2]int {
	t.Helper()
	if f.codec == CodecH265 {
		var sps h265.SPS
		require.NoError(t, sps.Unmarshal(f.params[1]))
		return [2]int{sps.Width(), sps.Height()}
	}
	var sps h264.SPS
	require.NoError(t, sps.Unmarshal(f.params[0]))
	return [2]int{sps.Width(), sps.Height()}
}

// A converted clip is what the script asks for: its codec, size, GOP and slices; every take has the same pictures.
func TestEncodings(t *testing.T) {
	folder := t.TempDir()
	testClip(t, folder)
	for name, c := range map[string]Camera{
		"a rate and a long GOP": {Encoding: Encoding{Rate: 384, GOP: Span(2 * time.Second)}},
		"H.265":                 {Encoding: Encoding{Codec: CodecH265, Rate: 384, GOP: Span(2 * time.Second)}},
		"H.265 of a quality":    {Encoding: Encoding{Codec: CodecH265, QP: 30}},
		"a quality at night":    {Encoding: Encoding{QP: 30, Night: true}, Storm: LookRain},
		"all that it turns to":  {turns: []variant{small, recoded}},
	} {
		t.Run(name, func(t *testing.T) {
			needEncoder(t, c.Encoding)
			if len(c.turns) > 0 {
				needEncoder(t, c.Encoding.turned())
			}
			c.ID, c.Clips = "a", []Clip{{File: "test.avi"}}
			s := studio{cache: t.TempDir(), folders: []string{folder}, out: &bytes.Buffer{}}
			all, err := s.prepare(t.Context(), []Camera{c})
			require.NoError(t, err)
			reels, err := loadReels(all)
			require.NoError(t, err)
			e := c.Encoding.or(usualEncoding())
			for take, f := range reels[0][usual].takes {
				checkTake(t, f, take.variant.encoding(e))
			}
			require.Len(t, reels[0][usual].takes, 2*(1+len(c.turns)))
		})
	}
}

func checkTake(t *testing.T, f *footage, e Encoding) {
	t.Helper()
	require.Equal(t, e.Codec, f.codec)
	require.Equal(t, map[bool][2]int{false: {640, 360}, true: {480, 272}}[e.small], sizeOf(t, f))
	require.Len(t, f.units, 3*pictureRate)
	for i, u := range f.units {
		require.Len(t, u.slices, 1)
		require.Equal(t, i%int(e.GOP.Std()/unitPeriod) == 0, u.key, i)
		if u.key {
			require.Equal(t, f.params, u.params, "a keyframe comes with its parameters")
		}
	}
}

// The night is the same each time, although it is noise.
func TestNightIsTheSameEachTime(t *testing.T) {
	folder := t.TempDir()
	testClip(t, folder)
	var made [2]*footage
	for i := range made {
		s := studio{cache: t.TempDir(), folders: []string{folder}, out: &bytes.Buffer{}}
		all, err := s.prepare(t.Context(), []Camera{{ID: "a", Clips: []Clip{{File: "test.avi"}}, Encoding: Encoding{QP: 30, Night: true}}})
		require.NoError(t, err)
		reels, err := loadReels(all)
		require.NoError(t, err)
		made[i] = reels[0][usual].takes[take{}]
	}
	require.Equal(t, made[0].units, made[1].units)
}
