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

// A key picture that is sent again, byte by byte, shows the same picture with the same noise: nothing has changed since it
// was sent first, whatever the units between them refine. It is looked for among the last two, since encoders number key
// pictures by turns.
const (
	keysKept   = 2
	stuffed    = 4           // bytes at the end of a slice
	missedMost = 2           // key units in a row that were not sent before, until units that are not empty are believed again
	sentAgain  = time.Second // at least, between the two: some cameras send each key unit twice, which tells nothing
)

// A scene without movement, coded so coarsely that its noise is lost, has empty units too; but of each of its key pictures
// the noise is another, while what they cost is nearly the same.
const (
	nearly     = 50 // a part of so many of their bytes, at most, lies between the sizes of two key units
	livingKeys = 2  // that follow on another of nearly their size, to be believed
)

// stillness finds out since when nothing at all has changed in the pictures of a session, noise included, from their sizes
// and, of key pictures, their bytes. Its zero value is ready; it is fed where units pass, so it does little.
type stillness struct {
	since       time.Time // receipt of the newest unit with anything new
	keys        [keysKept]sent
	next        int  // of keys, the place of the oldest
	missed      int  // key units in a row that were not sent before
	living      int  // of those, in a row, the ones of nearly the size of the one before
	key         int  // bytes of the newest key unit
	built       bool // units came that build on it
	least, most int  // bytes of those in which nothing is new, since then
}

// sent is a key unit: a digest of its slices, and its receipt.
type sent struct {
	sum uint64
	at  time.Time // when it was sent first; zero = none
}

func (s *stillness) unit(u *models.AccessUnit, size int, seed maphash.Seed, fresh bool) {
	if fresh {
		*s = stillness{since: u.ReceivedAt, missed: missedMost}
	}
	news := false
	if u.Key {
		s.look(u, size, seed)
		news = !s.built || s.living >= livingKeys // each picture stands for itself: nothing else would tell
		s.key, s.built = size, false
	} else {
		s.built = true
		news = !s.empty(u)
	}
	if news && s.missed >= missedMost {
		s.since, s.least, s.most = u.ReceivedAt, 0, 0
	}
}

// look finds out whether a key unit was sent before.
func (s *stillness) look(u *models.AccessUnit, size int, seed maphash.Seed) {
	sum := digest(u, seed)
	for _, k := range s.keys {
		if k.sum != sum || k.at.IsZero() {
			continue
		}
		if u.ReceivedAt.Sub(k.at) >= sentAgain {
			s.missed, s.living = 0, 0
			if k.at.Before(s.since) {
				s.since = k.at
			}
		}
		return
	}
	s.missed = min(s.missed+1, missedMost)
	if s.living++; max(size-s.key, s.key-size)*nearly > size {
		s.living = 0
	}
	s.keys[s.next] = sent{sum, u.ReceivedAt}
	s.next = (s.next + 1) % keysKept
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
// first half is left out, since headers count on, and their bits may move the rest: that alternates. So are the last bytes,
// in which encoders stuff bits at will.
func digest(u *models.AccessUnit, seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, nalu := range u.NALUs {
		if isSlice(u.Codec, nalu) {
			h.Write(nalu[len(nalu)/2 : len(nalu)-min(stuffed, len(nalu)/8)]) // never fails
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
