package ingest

import (
	"hash/maphash"
	"time"

	"zhihui/models"
)

// What a coded picture costs in which nothing is new. An encoder that is given the same picture again says so once for all its
// blocks: a few bytes, and always the same number. A scene where nothing happens has the noise of the sensor, which costs
// more, or at a coarse quantiser not always the same.
const (
	emptyBytes  = 48  // of a slice …
	emptyShare  = 512 // … or so small a part of the key unit, in a large picture
	emptySpread = 6   // bytes of a slice between the smallest and the largest
)

// stillness finds out since when nothing at all has changed in the pictures of a session, noise included, from their sizes
// and, of key pictures, their bytes. Its zero value is ready; it is fed where units pass, so it does little.
type stillness struct {
	since       time.Time // receipt of the newest unit with anything new
	keys        [2]uint64 // of the slices of the newest two key units: their number alternates, and with it their bytes
	repeats     bool      // the newest key unit was sent before
	key         int       // its bytes
	built       bool      // units came that build on the newest key unit
	least, most int       // bytes of those in which nothing is new, since then
}

func (s *stillness) unit(u *models.AccessUnit, size int, seed maphash.Seed, fresh bool) {
	if fresh {
		*s = stillness{since: u.ReceivedAt}
	}
	if u.Key {
		sum := digest(u, seed)
		s.repeats = sum == s.keys[0] || sum == s.keys[1]
		if !s.repeats && !s.built {
			s.since = u.ReceivedAt // nothing else would tell: each picture stands for itself
		}
		s.keys, s.key, s.built = [2]uint64{sum, s.keys[0]}, size, false
		return
	}
	s.built = true
	if !s.repeats && !s.empty(u) {
		s.since, s.least, s.most = u.ReceivedAt, 0, 0
	}
}

// empty tells whether nothing is new in a unit that builds on others: it is tiny, and as large as those before.
func (s *stillness) empty(u *models.AccessUnit) bool {
	size, slices := 0, 0
	for _, nalu := range u.NALUs {
		if isSlice(u.Codec, nalu) {
			size, slices = size+len(nalu), slices+1
		}
	}
	least, most := size, size
	if s.most > 0 {
		least, most = min(s.least, size), max(s.most, size)
	}
	if size > max(slices*emptyBytes, s.key/emptyShare) || most-least > slices*emptySpread {
		return false
	}
	s.least, s.most = least, most
	return true
}

// digest is of a key unit's slices: what stands beside them, such as a clock, changes though the picture does not. Their
// first half is left out, since headers count on.
func digest(u *models.AccessUnit, seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, nalu := range u.NALUs {
		if isSlice(u.Codec, nalu) {
			h.Write(nalu[len(nalu)/2:]) // never fails
		}
	}
	return h.Sum64()
}

func isSlice(codec models.Codec, nalu []byte) bool {
	if len(nalu) == 0 {
		return false
	}
	if codec == models.H265 {
		return nalu[0]>>1&0x3f < 32
	}
	kind := nalu[0] & 0x1f
	return kind >= 1 && kind <= 5
}
