package coding

import "math/bits"

// The kinds of slice of H.265, and the types of NAL unit that matter here.
const (
	h265B, h265P, h265I = 0, 1, 2

	h265LastRASL, h265FirstIRAP, h265IDR, h265IDRNoLead, h265LastIRAP = 9, 16, 19, 20, 21

	h265VPSUnit, h265SPSUnit, h265PPSUnit = 32, 33, 34
)

// h265Slice is a slice segment's header on its way to slice_qp_delta.
type h265Slice struct {
	reader
	sps        *h265SPS
	pps        *h265PPS
	kind       uint32
	refs       [2]int
	inUse      int  // pictures that may be in the lists
	motionFrom bool // slice_temporal_mvp_enabled_flag
}

// isH265Slice tells whether NAL units of a type hold a slice segment.
func isH265Slice(typ byte) bool {
	return typ <= h265LastRASL || isH265Key(typ)
}

// isH265Key tells whether they hold one of a picture that needs no other.
func isH265Key(typ byte) bool { return typ >= h265FirstIRAP && typ <= h265LastIRAP }

// readH265Slice returns what a slice segment of a known picture parameter set tells; a dependent one tells what the one
// before it did.
func readH265Slice(nalu []byte, sets *h265Sets, before slice) (slice, bool) {
	s := h265Slice{reader: reader{rest: nalu[2:]}}
	typ := nalu[0] >> 1 & 0x3f
	first := s.flag()
	if isH265Key(typ) {
		s.flag()
	}
	if s.pps, s.sps = sets.find(s.upTo(63), (*h265PPS).sequence); s.pps == nil || s.short {
		return slice{}, false
	}
	if !first {
		dependent := s.pps.dependent && s.flag()
		s.bits(s.sps.addressBits)
		if dependent {
			return before, !s.short
		}
	}
	s.skip(s.pps.extraBits)
	s.kind = uint32(s.upTo(h265I))
	if s.pps.output {
		s.flag()
	}
	if s.sps.planes {
		s.bits(2)
	}
	if typ != h265IDR && typ != h265IDRNoLead {
		s.readReferences()
	}
	if s.sps.sao {
		s.flag()
		if !s.sps.grey {
			s.flag()
		}
	}
	s.skipPrediction()
	qp := s.pps.qp + int(s.se())
	return slice{qp: qp, intra: s.kind == h265I}, !s.short && qp >= lowestQP && qp <= highestQP
}

// lists is how many lists of reference pictures the slice has.
func (s *h265Slice) lists() int { return h265I - int(s.kind) }

// readReferences reads which pictures are there to build on.
func (s *h265Slice) readReferences() {
	s.bits(s.sps.orderBits)
	known := s.sps.short
	switch {
	case !s.flag():
		var own refSet
		own.read(&s.reader, known, true)
		s.inUse = own.inUse()
	case len(known) > 0:
		n := int(s.bits(bits.Len(uint(len(known) - 1))))
		if n >= len(known) {
			s.short = true
			return
		}
		s.inUse = known[n].inUse()
	default:
		s.short = true
	}
	if s.sps.longOffered {
		s.readLong()
	}
	if s.sps.motionFrom {
		s.motionFrom = s.flag()
	}
}

func (s *h265Slice) readLong() {
	named := 0
	if len(s.sps.longUsed) > 0 {
		named = s.upTo(uint32(len(s.sps.longUsed)))
	}
	for n := range named + s.upTo(32) {
		used := false
		if n < named {
			k := int(s.bits(bits.Len(uint(len(s.sps.longUsed) - 1))))
			used = k < len(s.sps.longUsed) && s.sps.longUsed[k]
		} else {
			s.bits(s.sps.orderBits)
			used = s.flag()
		}
		if used {
			s.inUse++
		}
		if s.flag() {
			s.ue()
		}
	}
}

// skipPrediction passes over how the picture builds on others.
func (s *h265Slice) skipPrediction() {
	if s.lists() == 0 {
		return
	}
	s.refs = s.pps.refs
	if s.flag() {
		for n := range s.lists() {
			s.refs[n] = s.upTo(14) + 1
		}
	}
	if s.pps.modified && s.inUse > 1 {
		for n := range s.lists() {
			if s.flag() {
				s.skip(s.refs[n] * bits.Len(uint(s.inUse-1)))
			}
		}
	}
	if s.kind == h265B {
		s.flag() // mvd_l1_zero_flag
	}
	if s.pps.cabacInit {
		s.flag()
	}
	if s.motionFrom {
		from := 0
		if s.kind == h265B && !s.flag() {
			from = 1
		}
		if s.refs[from] > 1 {
			s.ue()
		}
	}
	if s.pps.weighted && s.kind == h265P || s.pps.weightedBi && s.kind == h265B {
		s.skipWeights()
	}
	s.ue() // candidates for merging
}

func (s *h265Slice) skipWeights() {
	s.ue() // denominators
	if !s.sps.grey {
		s.ue()
	}
	for n := range s.lists() {
		count := s.refs[n]
		luma, colour := s.bits(count), uint32(0)
		if !s.sps.grey {
			colour = s.bits(count)
		}
		for k := count - 1; k >= 0; k-- {
			if luma>>k&1 == 1 {
				skipNumbers(&s.reader, 2)
			}
			if colour>>k&1 == 1 {
				skipNumbers(&s.reader, 4)
			}
		}
	}
}
