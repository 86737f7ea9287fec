package mp4

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

// tape writes samples as a recorder does: a part ends before a key sample and after so many samples. A fresh sample begins another
// file.
type tape struct {
	film  Film
	most  int
	files [][]byte
	now   []byte
	held  *Sample
	part  []Sample
	seq   uint32
	zero  int64
}

func (f *tape) add(t require.TestingT, u *models.AccessUnit) {
	h := f.film.Header()
	s, ok, err := f.film.Add(u)
	require.NoError(t, err)
	require.True(t, ok)
	if s.Fresh {
		f.end(h)
		f.now, f.zero, f.held = bytes.Clone(f.film.Header().Init), s.DTS, &s
		return
	}
	f.held.Until(&s)
	f.put(h)
	f.held = &s
}

func (f *tape) put(h *Header) {
	if len(f.part) == f.most || f.held.Key {
		f.flush(h)
	}
	f.part = append(f.part, *f.held)
}

func (f *tape) flush(h *Header) {
	if len(f.part) > 0 {
		f.now = h.AppendPart(f.now, f.seq, f.zero, f.part)
		f.part, f.seq = nil, f.seq+2
	}
}

func (f *tape) end(h *Header) {
	if f.held != nil {
		f.put(h)
		f.flush(h)
		f.files = append(f.files, f.now)
	}
}

// read returns the units of a file, each as its NAL units, when each is shown, and the payloads of its sound.
func read(t require.TestingT, file []byte) (units [][][]byte, shown []int64, sound [][]byte) {
	w, err := Open(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	for w.Next() {
		at, dts := w.Part.Offset+int64(w.Part.Head), w.Part.At
		for _, e := range w.Part.Entries {
			sample := file[at : at+int64(e.Size)]
			if at += int64(e.Size); w.Part.Track == Sound {
				sound = append(sound, sample)
				continue
			}
			var unit [][]byte
			for len(sample) > 0 {
				n := 4 + binary.BigEndian.Uint32(sample)
				unit, sample = append(unit, sample[4:n]), sample[n:]
			}
			units, shown = append(units, unit), append(shown, dts+int64(e.Offset))
			dts += int64(e.Length)
		}
	}
	require.NoError(t, w.Err())
	require.Equal(t, int64(len(file)), w.Whole)
	return units, shown, sound
}

// What goes into files comes out of them, unit by unit and byte by byte, at the times that the units had; so does the sound, from
// where it stands in the header on.
func TestUnitsComeOutAsTheyWentIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file := tape{most: rapid.IntRange(1, 10).Draw(t, "most")}
		var in []*models.AccessUnit
		pts, heard := time.Duration(0), time.Duration(0)
		for i := range rapid.IntRange(1, 50).Draw(t, "units") {
			u := unit(uint64(i+1), 1, i == 0 || rapid.IntRange(0, 9).Draw(t, "key") == 0)
			pts += time.Duration(rapid.IntRange(1, 400).Draw(t, "ms")) * time.Millisecond
			u.PTS = pts
			u.NALUs = append(u.NALUs, rapid.SliceOfN(rapid.SliceOfN(rapid.ByteMax(0x06), 1, 100), 0, 3).Draw(t, "more")...)
			for ; i > 0 && heard < pts; heard += 20 * time.Millisecond {
				u.Sound = append(u.Sound, models.SoundFrame{Codec: models.PCM, Rate: 8000, Channels: 1, PTS: heard, Length: 20 * time.Millisecond, Payload: binary.BigEndian.AppendUint64(make([]byte, 312), uint64(heard))})
			}
			in = append(in, u)
			file.add(t, u)
		}
		file.end(file.film.Header())
		n := 0
		for _, f := range file.files {
			units, shown, sound := read(t, f)
			zero := in[n].PTS
			for i := range units {
				require.Equal(t, in[n].NALUs, units[i])
				require.Equal(t, int64((in[n].PTS-zero)/time.Millisecond)*90, shown[i])
				n++
			}
			var last uint64
			for i, s := range sound {
				at := binary.BigEndian.Uint64(s[312:])
				require.True(t, i == 0 || at == last+20e6, "no frame is lost or comes twice")
				last = at
			}
		}
		require.Equal(t, len(in), n)
	})
}
