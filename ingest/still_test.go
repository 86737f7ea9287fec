package ingest

import (
	"hash/maphash"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// film feeds units of given sizes, ten a second, every tenth a key unit, and tells for how many seconds nothing was new.
type film struct {
	still stillness
	seed  maphash.Seed
	at    time.Time
	n     int
	codec models.Codec
	wild  *rand.Rand
}

func newFilm(codec models.Codec) *film {
	return &film{seed: maphash.MakeSeed(), at: noon, codec: codec, wild: rand.New(rand.NewPCG(1, 2))}
}

// nalu is a slice of random bytes, of a picture of its own or one built on others.
func (f *film) nalu(key bool, size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(f.wild.Uint32())
	}
	switch {
	case f.codec == models.H265 && key:
		b[0] = 19 << 1
	case f.codec == models.H265:
		b[0] = 1 << 1
	case key:
		b[0] = 0x65
	default:
		b[0] = 0x41
	}
	return b
}

func (f *film) show(seconds int, nalus func(key bool, i int) [][]byte) float64 {
	for i := range seconds * 10 {
		key := f.n%10 == 0
		u := &models.AccessUnit{Codec: f.codec, Key: key, ReceivedAt: f.at, NALUs: nalus(key, i)}
		f.still.unit(u, u.Size(), f.seed, f.n == 0)
		f.n++
		f.at = f.at.Add(100 * time.Millisecond)
	}
	return f.at.Sub(f.still.since).Seconds()
}

func TestStillness(t *testing.T) {
	for name, c := range map[string]struct {
		codec models.Codec
		nalus func(f *film, same []byte) func(key bool, i int) [][]byte
		still bool
	}{
		"noise": {models.H264, func(f *film, _ []byte) func(bool, int) [][]byte {
			return func(key bool, i int) [][]byte { return [][]byte{f.nalu(key, 300+i%7)} }
		}, false},
		"the same picture, coded again": {models.H264, func(f *film, same []byte) func(bool, int) [][]byte {
			return func(key bool, i int) [][]byte {
				if key {
					return [][]byte{{6, byte(i)}, same}
				}
				return [][]byte{{6, byte(i)}, f.nalu(false, 11+i%3)}
			}
		}, true},
		"the same picture, at another quantiser": {models.H265, func(f *film, _ []byte) func(bool, int) [][]byte {
			return func(key bool, i int) [][]byte {
				if key {
					return [][]byte{f.nalu(true, 9000+40*i)}
				}
				return [][]byte{f.nalu(false, 24)}
			}
		}, true},
		"a quiet night, so coarsely that only key pictures hold its noise": {models.H265, func(f *film, _ []byte) func(bool, int) [][]byte {
			return func(key bool, i int) [][]byte {
				if key {
					return [][]byte{f.nalu(true, 9000+i%7)}
				}
				return [][]byte{f.nalu(false, 24)}
			}
		}, false},
		"each key picture twice": {models.H264, func(f *film, _ []byte) func(bool, int) [][]byte {
			var key []byte
			return func(_ bool, i int) [][]byte {
				switch i % 10 {
				case 0:
					key = f.nalu(true, 9000+i%7)
				case 1:
				default:
					return [][]byte{f.nalu(false, 400)}
				}
				return [][]byte{key}
			}
		}, false},
		"the same bytes, over and over": {models.H264, func(f *film, same []byte) func(bool, int) [][]byte {
			return func(key bool, i int) [][]byte {
				if key {
					return [][]byte{same}
				}
				return [][]byte{f.nalu(false, 400+i%9)}
			}
		}, true},
		"key pictures alone, all the same": {models.H264, func(f *film, same []byte) func(bool, int) [][]byte {
			return func(_ bool, i int) [][]byte { return [][]byte{same} }
		}, true},
		"a quiet night, coarsely": {models.H264, func(f *film, _ []byte) func(bool, int) [][]byte {
			return func(key bool, i int) [][]byte {
				if key {
					return [][]byte{f.nalu(true, 4000)}
				}
				return [][]byte{f.nalu(false, 12+int(f.wild.ExpFloat64()*8))}
			}
		}, false},
		"several slices": {models.H264, func(f *film, same []byte) func(bool, int) [][]byte {
			return func(key bool, i int) [][]byte {
				if key {
					return [][]byte{same, same, same, same}
				}
				return [][]byte{f.nalu(false, 20), f.nalu(false, 22), f.nalu(false, 21), f.nalu(false, 20)}
			}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFilm(c.codec)
			require.Less(t, f.show(5, func(key bool, i int) [][]byte { return [][]byte{f.nalu(key, 900)} }), 0.2)
			same := f.nalu(true, 9000)
			got := f.show(12, c.nalus(f, same))
			if c.still {
				require.Greater(t, got, 9.5)
				require.Less(t, f.show(3, func(key bool, i int) [][]byte { return [][]byte{f.nalu(key, 900)} }), 0.2, "it moves again")
			} else {
				require.Less(t, got, 6.0)
			}
		})
	}
}

// Garbage of any length is no slice that could be read beyond its end.
func FuzzStillness(f *testing.F) {
	f.Add([]byte{0x65, 1, 2}, []byte{0x41}, true)
	f.Add([]byte{}, []byte{38, 1}, false)
	f.Fuzz(func(t *testing.T, a, b []byte, h264 bool) {
		codec := models.H265
		if h264 {
			codec = models.H264
		}
		var s stillness
		seed := maphash.MakeSeed()
		for i, nalus := range [][][]byte{{a}, {b}, {a, b}, {}} {
			u := &models.AccessUnit{Codec: codec, Key: i%2 == 0, ReceivedAt: noon.Add(time.Duration(i) * time.Second), NALUs: nalus}
			s.unit(u, u.Size(), seed, i == 0)
		}
		require.False(t, s.since.Before(noon))
		require.False(t, s.since.After(noon.Add(3*time.Second)))
	})
}
