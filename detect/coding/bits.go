package coding

import "math/bits"

// reader gives the bits of one NAL unit, the emulation prevention bytes left out as it comes to them. Past the end it
// gives zeros and short is true, so that a parser asks once, at its end.
type reader struct {
	rest   []byte
	zeros  int    // zero bytes just before rest
	held   uint64 // the next count bits, from the highest bit on
	count  int
	padded int // of those, how many at the end are made up
	short  bool
}

// fill makes at least n ≤ 32 bits held.
func (r *reader) fill(n int) {
	for r.count < n {
		var b byte
		switch {
		case len(r.rest) == 0:
			r.padded += 8
		case r.zeros >= 2 && r.rest[0] == 3:
			r.rest, r.zeros = r.rest[1:], 0
			continue
		default:
			b, r.rest = r.rest[0], r.rest[1:]
		}
		if r.zeros++; b != 0 {
			r.zeros = 0
		}
		r.held |= uint64(b) << (56 - r.count)
		r.count += 8
	}
}

// bits returns the next n ≤ 32 bits.
func (r *reader) bits(n int) uint32 {
	r.fill(n)
	v := uint32(r.held >> 32 >> (32 - n))
	r.held <<= n
	r.count -= n
	if r.count < r.padded {
		r.short, r.padded = true, r.count
	}
	return v
}

func (r *reader) flag() bool { return r.bits(1) == 1 }

// skip passes over n bits.
func (r *reader) skip(n int) {
	for ; n > 32 && !r.short; n -= 32 {
		r.bits(32)
	}
	r.bits(min(n, 32))
}

// ue returns an unsigned Exp-Golomb number. Those of more than 32 bits stand in no stream; they make the reader short.
func (r *reader) ue() uint32 {
	r.fill(32)
	zeros := bits.LeadingZeros32(uint32(r.held >> 32))
	if zeros > 31 {
		r.short = true
		return 0
	}
	r.bits(zeros)
	return r.bits(zeros+1) - 1
}

// se returns a signed one.
func (r *reader) se() int32 {
	v := r.ue()
	if v&1 == 1 {
		return int32(v/2) + 1
	}
	return -int32(v / 2)
}

// upTo returns an unsigned number of at most most; a larger one makes the reader short, so that no loop runs long.
func (r *reader) upTo(most uint32) int {
	v := r.ue()
	if v > most {
		r.short = true
		return 0
	}
	return int(v)
}
