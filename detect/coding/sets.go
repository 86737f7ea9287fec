package coding

// maxSets bounds the parameter sets of a kind that are kept of a camera; real ones have one or two.
const maxSets = 16

// sets are the parameter sets of a camera by id: S of a sequence, P of a picture.
type sets[S, P any] struct {
	sps map[int]*S
	pps map[int]*P
}

// put keeps a set in the place of the one with its id. Overflow: a new one beyond the bound is not kept.
func put[T any](all *map[int]*T, id int, set T) {
	if *all == nil {
		*all = map[int]*T{}
	}
	if (*all)[id] != nil || len(*all) < maxSets {
		(*all)[id] = &set
	}
}

// find returns the picture parameter set of this id with its sequence parameter set, which of names; nil when one has not
// come.
func (t *sets[S, P]) find(id int, of func(*P) int) (*P, *S) {
	if p := t.pps[id]; p != nil {
		if s := t.sps[of(p)]; s != nil {
			return p, s
		}
	}
	return nil, nil
}

// h264Sets are the parameter sets of an H.264 camera.
type h264Sets struct{ sets[h264SPS, h264PPS] }

func (t *h264Sets) read(nalu []byte) (s slice, is, ok bool) {
	switch nalu[0] & 0x1f {
	case h264SPSUnit:
		if set, ok := parseH264SPS(nalu); ok {
			put(&t.sps, set.id, set)
		}
	case h264PPSUnit:
		if set, ok := parseH264PPS(nalu); ok {
			put(&t.pps, set.id, set)
		}
	case h264NonIDR, h264IDR:
		s, ok := readH264Slice(nalu, t)
		return s, true, ok
	}
	return slice{}, false, true
}

func (p *h264PPS) sequence() int { return p.sps }

// h265Sets are the parameter sets of an H.265 camera.
type h265Sets struct {
	sets[h265SPS, h265PPS]
	last slice
}

func (t *h265Sets) read(nalu []byte) (s slice, is, ok bool) {
	switch typ := nalu[0] >> 1 & 0x3f; {
	case nalu[0]&1 != 0 || nalu[1]>>3 != 0: // a layer that nobody looks at
	case typ == h265SPSUnit:
		if set, ok := parseH265SPS(nalu); ok {
			put(&t.sps, set.id, set)
		}
	case typ == h265PPSUnit:
		if set, ok := parseH265PPS(nalu); ok {
			put(&t.pps, set.id, set)
		}
	case isH265Slice(typ):
		s, ok := readH265Slice(nalu, t, t.last)
		t.last = s
		return s, true, ok
	}
	return slice{}, false, true
}

func (p *h265PPS) sequence() int { return p.sps }
