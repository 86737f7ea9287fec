package coding

// The kinds of slice of H.264, modulo 5, and the types of NAL unit that matter here.
const (
	h264P, h264B, h264I, h264SP, h264SI = 0, 1, 2, 3, 4

	h264NonIDR, h264IDR, h264SPSUnit, h264PPSUnit = 1, 5, 7, 8
)

// h264Slice is a slice header on its way to slice_qp_delta.
type h264Slice struct {
	reader
	sps  *h264SPS
	pps  *h264PPS
	kind uint32
	refs [2]int
}

// readH264Slice returns what a slice of a known picture parameter set tells.
func readH264Slice(nalu []byte, sets *h264Sets) (slice, bool) {
	s := h264Slice{reader: reader{rest: nalu[1:]}}
	idr, reference := nalu[0]&0x1f == h264IDR, nalu[0]&0x60 != 0
	s.ue() // first macroblock
	s.kind = s.ue() % 5
	if s.pps, s.sps = sets.find(s.upTo(255), (*h264PPS).sequence); s.pps == nil || s.pps.sliceGroups || s.short {
		return slice{}, false
	}
	s.skipOrder(idr)
	if s.kind == h264B {
		s.flag() // direct_spatial_mv_pred_flag
	}
	s.readRefs()
	s.skipModifications()
	if s.pps.weighted && (s.kind == h264P || s.kind == h264SP) || s.pps.weightedBi && s.kind == h264B {
		s.skipWeights()
	}
	if reference {
		s.skipMarking(idr)
	}
	if s.pps.cabac && !s.intra() {
		s.ue() // cabac_init_idc
	}
	qp := s.pps.qp + int(s.se())
	return slice{qp: qp, intra: s.intra()}, !s.short && qp >= lowestQP && qp <= highestQP
}

func (s *h264Slice) intra() bool { return s.kind == h264I || s.kind == h264SI }

// lists is how many lists of reference pictures the slice has.
func (s *h264Slice) lists() int {
	switch s.kind {
	case h264B:
		return 2
	case h264P, h264SP:
		return 1
	}
	return 0
}

// skipOrder passes over the numbers and the order of the picture.
func (s *h264Slice) skipOrder(idr bool) {
	if s.sps.planes {
		s.bits(2)
	}
	s.bits(s.sps.frameNumBits)
	field := false
	if !s.sps.framesOnly {
		if field = s.flag(); field {
			s.flag()
		}
	}
	if idr {
		s.ue()
	}
	both := s.pps.fieldOrder && !field
	switch {
	case s.sps.orderType == 0:
		s.bits(s.sps.orderBits)
		if both {
			s.se()
		}
	case s.sps.orderType == 1 && !s.sps.orderFixed:
		s.se()
		if both {
			s.se()
		}
	}
	if s.pps.redundant {
		s.ue()
	}
}

func (s *h264Slice) readRefs() {
	s.refs = s.pps.refs
	if s.lists() > 0 && s.flag() {
		for n := range s.lists() {
			s.refs[n] = s.upTo(31) + 1
		}
	}
}

// skipModifications passes over the changes of order in the lists.
func (s *h264Slice) skipModifications() {
	for range s.lists() {
		if !s.flag() {
			continue
		}
		for !s.short && s.upTo(3) != 3 {
			s.ue()
		}
	}
}

func (s *h264Slice) skipWeights() {
	s.ue() // denominators
	if !s.sps.grey {
		s.ue()
	}
	for n := range s.lists() {
		for range s.refs[n] {
			s.skipWeight(1)
			if !s.sps.grey {
				s.skipWeight(2)
			}
		}
	}
}

func (s *h264Slice) skipWeight(colours int) {
	if !s.flag() {
		return
	}
	for range colours {
		s.se()
		s.se()
	}
}

// skipMarking passes over which pictures are kept as references.
func (s *h264Slice) skipMarking(idr bool) {
	if idr {
		s.skip(2)
		return
	}
	if !s.flag() {
		return
	}
	for !s.short {
		switch s.upTo(6) {
		case 0:
			return
		case 1, 2, 4, 6:
			s.ue()
		case 3:
			s.ue()
			s.ue()
		}
	}
}
