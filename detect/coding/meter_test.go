package coding

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// sample is the head of a stream that an encoder has made with a constant quantiser: 64×64, key picture first.
type sample struct {
	codec  models.Codec
	sets   []string
	slices []string // cut off behind their headers
	qp     []int
}

var samples = map[string]sample{
	"x264 --qp 30, one B picture": {models.H264,
		[]string{"6764000aacec426c0440000003004000000503c4894e", "68ee844b22c0"},
		[]string{"65888403ffdae398691a4bae295d", "419a283fc2b371c8ff56ec4777", "019e45127ffca14903387a167d", "419a4c3fcb129153bdaa4112fe"},
		[]int{27, 30, 32, 30}},
	"x265 --qp 30, one B picture": {models.H265,
		[]string{"40010c01ffff01600000030090000003000003001e913024", "42010101600000030090000003000003001ea02081059644e4932bc05a020000030002000003001410", "4401c171a112"},
		[]string{"2801af58a1708895284745186696", "0201d0097e11188c4fee777495565098", "0201d019d7f5110621a4a13671c8a551", "0001e046bff518c4fe9991897f7ff7ef"},
		[]int{27, 30, 30, 32}},
}

func unhex(t testing.TB, texts ...string) (nalus [][]byte) {
	t.Helper()
	for _, s := range texts {
		b, err := hex.DecodeString(s)
		require.NoError(t, err)
		nalus = append(nalus, b)
	}
	return nalus
}

func (s sample) unit(t testing.TB, n int) *models.AccessUnit {
	u := &models.AccessUnit{Codec: s.codec, Session: 1, Seq: uint64(n + 1), Key: n == 0, NALUs: unhex(t, s.slices[n])}
	if u.Key {
		u.NALUs = append(unhex(t, s.sets...), u.NALUs...)
	}
	return u
}

func TestReadTellsSizeAndQuantiser(t *testing.T) {
	for name, s := range samples {
		t.Run(name, func(t *testing.T) {
			var m Meter
			_, ok := m.Read(s.unit(t, 0))
			require.False(t, ok, "a key picture tells nothing of change")
			for n := 1; n < len(s.slices); n++ {
				u := s.unit(t, n)
				r, ok := m.Read(u)
				require.True(t, ok)
				require.Equal(t, Reading{Bytes: u.Size(), QP: float64(s.qp[n])}, r)
			}
			u := s.unit(t, 1)
			u.NALUs = append(u.NALUs, s.unit(t, len(s.slices)-1).NALUs...)
			r, ok := m.Read(u)
			require.True(t, ok)
			require.Equal(t, u.Size(), r.Bytes, "slices add up")
			last := float64(len(u.NALUs[1])) / float64(r.Bytes)
			require.InDelta(t, float64(s.qp[1])*(1-last)+float64(s.qp[len(s.qp)-1])*last, r.QP, 1e-9)
		})
	}
}

func TestNothingIsReadOfWhatCannotBeKnown(t *testing.T) {
	for name, s := range samples {
		t.Run(name, func(t *testing.T) {
			known := func() *Meter {
				m := &Meter{}
				m.Read(s.unit(t, 0))
				_, ok := m.Read(s.unit(t, 1))
				require.True(t, ok)
				return m
			}
			for name, c := range map[string]struct {
				meter *Meter
				edit  func(*models.AccessUnit)
			}{
				"no parameter sets yet":      {&Meter{}, func(u *models.AccessUnit) {}},
				"those of another session":   {known(), func(u *models.AccessUnit) { u.Session = 2 }},
				"another codec":              {known(), func(u *models.AccessUnit) { u.Codec = "vp8" }},
				"a header that is cut off":   {known(), func(u *models.AccessUnit) { u.NALUs[0] = u.NALUs[0][:3] }},
				"a set that nobody has sent": {known(), func(u *models.AccessUnit) { u.NALUs[0][2] ^= 0xff }},
				"no slice":                   {known(), func(u *models.AccessUnit) { u.NALUs = unhex(t, s.sets...) }},
				"nothing":                    {known(), func(u *models.AccessUnit) { u.NALUs = [][]byte{nil, {0}} }},
				"built on nothing": {known(), func(u *models.AccessUnit) {
					u.NALUs = s.unit(t, 0).NALUs
				}},
			} {
				u := s.unit(t, 1)
				c.edit(u)
				_, ok := c.meter.Read(u)
				require.False(t, ok, name)
			}
		})
	}
}

func TestSetsOfANewKeyPictureCountFromThere(t *testing.T) {
	a, b := samples["x264 --qp 30, one B picture"], samples["x265 --qp 30, one B picture"]
	var m Meter
	m.Read(a.unit(t, 0))
	change := b.unit(t, 0)
	change.Seq = 2
	m.Read(change)
	_, ok := m.Read(b.unit(t, 1))
	require.True(t, ok)
	_, ok = m.Read(a.unit(t, 1))
	require.False(t, ok, "the sets of another codec are gone")
}

func TestReadTakesNoMemory(t *testing.T) {
	for name, s := range samples {
		var m Meter
		m.Read(s.unit(t, 0))
		u := s.unit(t, 1)
		require.Zero(t, testing.AllocsPerRun(100, func() { m.Read(u) }), name)
	}
}

func TestSetsAreBounded(t *testing.T) {
	var sets map[int]*int
	for n := range 100 {
		put(&sets, n, n)
	}
	require.Len(t, sets, maxSets)
	put(&sets, 3, 42)
	require.Equal(t, 42, *sets[3], "a set that is kept is renewed all the same")
	require.Len(t, sets, maxSets)
}

func TestCut(t *testing.T) {
	for name, s := range samples {
		var file []byte
		for range 2 {
			for _, nalu := range unhex(t, append(s.sets, s.slices...)...) {
				file = append(append(file, 0, 0, 0, 1), nalu...)
			}
		}
		all := Cut(file, s.codec)
		require.Len(t, all, 2*len(s.slices), name)
		for n, p := range all {
			require.Equal(t, n%len(s.slices) == 0, p.Key)
		}
		require.Len(t, all[0].NALUs, 1+len(s.sets))
		require.Empty(t, Cut([]byte("no video at all"), s.codec))
	}
}

func BenchmarkRead(b *testing.B) {
	for name, s := range samples {
		b.Run(name, func(b *testing.B) {
			var m Meter
			m.Read(s.unit(b, 0))
			u := s.unit(b, 1)
			b.ReportAllocs()
			for b.Loop() {
				m.Read(u)
			}
		})
	}
}
