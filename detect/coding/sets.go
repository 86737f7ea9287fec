package coding

import "slices"

// maxSets bounds the parameter sets of a kind that are kept of a camera; real ones have one or two.
const maxSets = 16

// put keeps a set in the place of the one that same names.
func put[T any](sets []T, set T, same func(T) bool) []T {
	if n := slices.IndexFunc(sets, same); n >= 0 {
		sets[n] = set
		return sets
	}
	if len(sets) == maxSets {
		return sets
	}
	return append(sets, set)
}

// h264Sets are the parameter sets of an H.264 camera.
type h264Sets struct {
	sps []h264SPS
	pps []h264PPS
}

func (t *h264Sets) read(nalu []byte) (s slice, is, ok bool) {
	switch nalu[0] & 0x1f {
	case h264SPSUnit:
		if set, ok := parseH264SPS(nalu); ok {
			t.sps = put(t.sps, set, func(o h264SPS) bool { return o.id == set.id })
		}
	case h264PPSUnit:
		if set, ok := parseH264PPS(nalu); ok {
			t.pps = put(t.pps, set, func(o h264PPS) bool { return o.id == set.id })
		}
	case h264NonIDR, h264IDR:
		s, ok := readH264Slice(nalu, t)
		return s, true, ok
	}
	return slice{}, false, true
}

// find returns the picture parameter set of this id with its sequence parameter set; nil when one has not come.
func (t *h264Sets) find(id int) (*h264PPS, *h264SPS) {
	for n := range t.pps {
		p := &t.pps[n]
		if p.id != id {
			continue
		}
		for k := range t.sps {
			if t.sps[k].id == p.sps {
				return p, &t.sps[k]
			}
		}
	}
	return nil, nil
}

// h265Sets are the parameter sets of an H.265 camera.
type h265Sets struct {
	sps  []h265SPS
	pps  []h265PPS
	last slice
}

func (t *h265Sets) read(nalu []byte) (s slice, is, ok bool) {
	switch typ := nalu[0] >> 1 & 0x3f; {
	case nalu[0]&1 != 0 || nalu[1]>>3 != 0: // a layer that nobody looks at
	case typ == h265SPSUnit:
		if set, ok := parseH265SPS(nalu); ok {
			t.sps = put(t.sps, set, func(o h265SPS) bool { return o.id == set.id })
		}
	case typ == h265PPSUnit:
		if set, ok := parseH265PPS(nalu); ok {
			t.pps = put(t.pps, set, func(o h265PPS) bool { return o.id == set.id })
		}
	case isH265Slice(typ):
		s, ok := readH265Slice(nalu, t, t.last)
		t.last = s
		return s, true, ok
	}
	return slice{}, false, true
}

func (t *h265Sets) find(id int) (*h265PPS, *h265SPS) {
	for n := range t.pps {
		p := &t.pps[n]
		if p.id != id {
			continue
		}
		for k := range t.sps {
			if t.sps[k].id == p.sps {
				return p, &t.sps[k]
			}
		}
	}
	return nil, nil
}
