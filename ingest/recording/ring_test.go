package recording

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
	"zhihui/models/mp4"
)

// pressed is a part of one unit of so many bytes.
func pressed(header *mp4.Header, tick int64, size int, key bool) *part {
	return &part{header: header, samples: []mp4.Sample{{DTS: tick, Length: mp4.Ticks / 10, Key: key, NALUs: [][]byte{bytes.Repeat([]byte{byte(tick)}, size)}}}}
}

// TestARingHoldsTheNewest writes parts of any sizes: those of the last 10 s, from a key unit on, are there and read as they were
// written, unless that needs more than the ring may be.
func TestARingHoldsTheNewest(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		const most = 4 << 20
		r := newRing(folder{root: dir, disk: &soundDisk{}, rings: rings}, "gate", 10*time.Second, most)
		defer func() { require.NoError(t, r.close()) }()
		header, base := &mp4.Header{}, at(0)
		gop := rapid.IntRange(1, 40).Draw(t, "gop")
		size := rapid.IntRange(10, 40_000).Draw(t, "size")
		written := map[int64][]byte{}
		total := int64(0)
		for i := range rapid.IntRange(1, 400).Draw(t, "parts") {
			n := size + rapid.IntRange(0, size).Draw(t, "more")
			p := pressed(header, int64(i)*mp4.Ticks/10, n, i%gop == 0)
			buf, err := r.add(p, base.Add(time.Duration(i)*100*time.Millisecond), i == 0, nil)
			require.NoError(t, err)
			written[p.first().DTS] = bytes.Clone(buf)
			total += int64(len(buf))
			now := r.parts[len(r.parts)-1].at
			first := r.parts[min(r.from(now.Add(-10*time.Second)), len(r.parts)-1)]
			if total < most/2 || r.size < most {
				require.True(t, first.key)
				want := max(base, now.Add(-10*time.Second))
				require.LessOrEqual(t, first.at, want, "%d parts held in %d bytes", len(r.parts), r.size)
			}
		}
		for _, p := range r.parts {
			got, err := r.read(p, nil)
			require.NoError(t, err)
			require.Equal(t, written[p.from], got)
		}
		is, err := os.Stat(r.folder.path(r.name))
		require.NoError(t, err)
		require.Equal(t, r.size, is.Size(), "it is as large from the first")
		require.LessOrEqual(t, r.size, int64(most))
	})
}

func TestARingBeginsWithAKeyUnit(t *testing.T) {
	r := &ring{parts: []ringPart{{at: at(0)}, {at: at(1), key: true}, {at: at(2)}, {at: at(3), key: true}, {at: at(4)}}}
	for from, want := range map[int]int{0: 1, 1: 1, 2: 1, 3: 3, 9: 3} {
		require.Equal(t, want, r.from(at(from)), from)
	}
	require.Equal(t, 0, (&ring{}).from(at(0)))
	require.Equal(t, 1, (&ring{parts: []ringPart{{}}}).from(at(0)), "nothing can be decoded")
}

func TestAUnitThatFitsNoRing(t *testing.T) {
	r := newRing(folder{root: t.TempDir(), disk: &soundDisk{}, rings: rings}, "gate", 10*time.Second, ringLeast)
	_, err := r.add(pressed(&mp4.Header{}, 0, 100, true), at(0), true, nil)
	require.NoError(t, err)
	_, err = r.add(pressed(&mp4.Header{}, mp4.Ticks, 2*ringLeast, false), at(1), false, nil)
	require.NoError(t, err)
	require.Empty(t, r.parts)
	require.NoError(t, r.close())
	require.NoFileExists(t, r.folder.path(r.name))
}

func TestClock(t *testing.T) {
	c := clock{}
	noon := at(0).Std()
	c.set(mp4.Ticks, noon)
	require.Equal(t, at(0), c.at(mp4.Ticks))
	require.Equal(t, at(60), c.at(61*mp4.Ticks))
	require.False(t, c.off(61*mp4.Ticks, noon.Add(60*time.Second+400*time.Millisecond)), "goes on by the camera's clock")
	require.True(t, c.off(61*mp4.Ticks, noon.Add(60*time.Second+600*time.Millisecond)))
	require.True(t, c.off(61*mp4.Ticks, noon.Add(60*time.Second-600*time.Millisecond)))

	now := time.Now()
	c.set(0, setBy(now, 0))
	late := now.Add(10 * time.Second)
	require.False(t, c.leapt(setBy(late, 0)), "late is not leapt")
	require.True(t, c.leapt(setBy(late, time.Hour)))
	require.True(t, c.leapt(setBy(late, -time.Minute)))
	require.True(t, c.off(10*mp4.Ticks, setBy(late, -time.Minute)), "what our clock shows counts, not what has passed")
	c.set(10*mp4.Ticks, setBy(late, -time.Minute))
	require.Equal(t, models.At(late).Add(-time.Minute), c.at(10*mp4.Ticks), "footage is where our clock is")
}

func TestWanted(t *testing.T) {
	for _, c := range []struct {
		name            string
		mode            models.RecordMode
		analyse, off    bool
		scheduled, clip bool
		want            want
	}{
		{name: "auto", mode: models.RecordAuto, want: wantNothing},
		{name: "auto with a clip of an event that is not analysed", clip: true, want: wantNothing},
		{name: "auto, analysed", analyse: true, want: wantRing},
		{name: "auto, analysed, an event", analyse: true, clip: true, want: wantFootage},
		{name: "disabled", mode: models.RecordAlways, off: true, want: wantNothing},
		{name: "always", mode: models.RecordAlways, want: wantFootage},
		{name: "never", mode: models.RecordNever, analyse: true, clip: true, want: wantNothing},
		{name: "events", mode: models.RecordEvents, want: wantRing},
		{name: "events, one", mode: models.RecordEvents, clip: true, want: wantFootage},
		{name: "in its hours", mode: models.RecordHours, scheduled: true, want: wantFootage},
		{name: "out of its hours", mode: models.RecordHours, want: wantRing},
		{name: "out of its hours, an event", mode: models.RecordHours, clip: true, want: wantFootage},
	} {
		camera := models.Camera{Analyse: c.analyse, Disabled: c.off, Record: models.Recording{Mode: c.mode}}
		require.Equal(t, c.want, wanted(camera, c.scheduled, c.clip), c.name)
	}
}

func TestConfig(t *testing.T) {
	require.NoError(t, DefaultConfig().Validate())
	for field, spoil := range map[string]func(*Config){
		"before":     func(c *Config) { c.Before = models.Duration(9 * time.Second) },
		"after":      func(c *Config) { c.After = 0 },
		"ring_bytes": func(c *Config) { c.RingBytes = 1 },
		"writers":    func(c *Config) { c.Writers = 0 },
	} {
		c := DefaultConfig()
		spoil(&c)
		require.ErrorContains(t, c.Validate(), field+": ")
	}
}
