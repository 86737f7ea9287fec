package coding

// h264SPS is what a slice header depends on in its sequence parameter set.
type h264SPS struct {
	id           int
	planes       bool // each colour is coded as a picture of its own
	grey         bool // there is no colour
	frameNumBits int
	orderType    int // pic_order_cnt_type
	orderBits    int
	orderFixed   bool // delta_pic_order_always_zero_flag
	framesOnly   bool
}

// h264PPS is the same of its picture parameter set.
type h264PPS struct {
	id, sps     int
	cabac       bool
	fieldOrder  bool   // bottom_field_pic_order_in_frame_present_flag
	refs        [2]int // active by default
	weighted    bool
	weightedBi  bool // with weights in the header
	qp          int
	redundant   bool
	sliceGroups bool // flexible macroblock order, of a profile that no camera speaks
}

func parseH264SPS(nalu []byte) (s h264SPS, ok bool) {
	r := reader{rest: nalu[1:]}
	profile := r.bits(8)
	r.skip(16)
	s.id = r.upTo(31)
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		s.readColour(&r)
	}
	s.frameNumBits = r.upTo(12) + 4
	s.orderType = r.upTo(2)
	switch s.orderType {
	case 0:
		s.orderBits = r.upTo(12) + 4
	case 1:
		s.orderFixed = r.flag()
		r.se()
		r.se()
		for range r.upTo(255) {
			r.se()
		}
	}
	r.ue() // reference frames
	r.flag()
	r.ue() // width
	r.ue() // height
	s.framesOnly = r.flag()
	return s, !r.short
}

// readColour reads what only the high profiles have.
func (s *h264SPS) readColour(r *reader) {
	format := r.upTo(3)
	if format == 3 {
		s.planes = r.flag()
	}
	s.grey = format == 0 || s.planes
	r.ue() // depths
	r.ue()
	r.flag()
	if !r.flag() {
		return
	}
	lists := 8
	if format == 3 {
		lists = 12
	}
	for n := range lists {
		if r.flag() {
			size := 16
			if n >= 6 {
				size = 64
			}
			skipScalingList(r, size)
		}
	}
}

func skipScalingList(r *reader, size int) {
	last, next := int32(8), int32(8)
	for range size {
		if next != 0 {
			next = (last + r.se()) & 0xff
		}
		if next != 0 {
			last = next
		}
	}
}

func parseH264PPS(nalu []byte) (p h264PPS, ok bool) {
	r := reader{rest: nalu[1:]}
	p.id = r.upTo(255)
	p.sps = r.upTo(31)
	p.cabac = r.flag()
	p.fieldOrder = r.flag()
	if p.sliceGroups = r.ue() > 0; p.sliceGroups {
		return p, !r.short
	}
	p.refs = [2]int{r.upTo(31) + 1, r.upTo(31) + 1}
	p.weighted = r.flag()
	p.weightedBi = r.bits(2) == 1
	p.qp = 26 + int(r.se())
	r.se() // of switching pictures
	r.se() // of colours
	r.skip(2)
	p.redundant = r.flag()
	return p, !r.short
}
