package coding

import "math/bits"

// h265SPS is what a slice header depends on in its sequence parameter set.
type h265SPS struct {
	id          int
	planes      bool // each colour is coded as a picture of its own
	grey        bool // there is no colour
	addressBits int  // of a coding tree block of the picture
	orderBits   int
	short       []refSet
	longOffered bool
	longUsed    []bool // for each long-term reference that is named here: whether it is used
	motionFrom  bool   // sps_temporal_mvp_enabled_flag
	sao         bool
}

// h265PPS is the same of its picture parameter set.
type h265PPS struct {
	id, sps    int
	dependent  bool // dependent_slice_segments_enabled_flag
	output     bool // output_flag_present_flag
	extraBits  int
	cabacInit  bool
	refs       [2]int // active by default
	qp         int
	weighted   bool
	weightedBi bool
	modified   bool // lists_modification_present_flag
}

func parseH265SPS(nalu []byte) (s h265SPS, ok bool) {
	r := reader{rest: nalu[2:]}
	r.bits(4) // video parameter set
	subLayers := int(r.bits(3))
	r.flag()
	skipProfile(&r, subLayers)
	s.id = r.upTo(15)
	format := r.upTo(3)
	if format == 3 {
		s.planes = r.flag()
	}
	s.grey = format == 0 || s.planes
	width, height := r.upTo(1<<16), r.upTo(1<<16)
	if r.flag() { // conformance window
		skipNumbers(&r, 4)
	}
	skipNumbers(&r, 2) // depths
	s.orderBits = r.upTo(12) + 4
	if r.flag() { // what follows is given for each sub-layer
		skipNumbers(&r, 3*subLayers)
	}
	skipNumbers(&r, 3)
	s.addressBits = addressBits(width, height, r.upTo(3)+3+r.upTo(3))
	skipNumbers(&r, 4) // transforms
	if r.flag() {      // scaling lists, and
		if given := r.flag(); given {
			skipH265ScalingLists(&r)
		}
	}
	r.flag()
	s.sao = r.flag()
	if r.flag() { // pulse code modulation
		r.skip(8)
		skipNumbers(&r, 2)
		r.flag()
	}
	s.readReferences(&r)
	s.motionFrom = r.flag()
	return s, !r.short
}

// readReferences reads the sets of reference pictures that slices name by their number.
func (s *h265SPS) readReferences(r *reader) {
	count := r.upTo(64)
	for range count {
		var set refSet
		set.read(r, s.short, false)
		if r.short {
			return
		}
		s.short = append(s.short, set)
	}
	if s.longOffered = r.flag(); !s.longOffered {
		return
	}
	for range r.upTo(32) {
		r.bits(s.orderBits)
		s.longUsed = append(s.longUsed, r.flag())
	}
}

// addressBits is how many bits name one of a picture's blocks of 2^log pixels.
func addressBits(width, height, log int) int {
	across, down := (width+1<<log-1)>>log, (height+1<<log-1)>>log
	return bits.Len(uint(max(across*down-1, 0)))
}

// skipProfile passes over profile_tier_level.
func skipProfile(r *reader, subLayers int) {
	r.skip(88 + 8)
	if subLayers == 0 {
		return
	}
	there := r.bits(16)
	for n := range subLayers {
		if there&(0x8000>>(2*n)) != 0 {
			r.skip(88)
		}
		if there&(0x4000>>(2*n)) != 0 {
			r.skip(8)
		}
	}
}

func skipNumbers(r *reader, n int) {
	for range n {
		r.ue()
	}
}

func skipH265ScalingLists(r *reader) {
	for size := range 4 {
		step := 1
		if size == 3 {
			step = 3
		}
		for n := 0; n < 6; n += step {
			if !r.flag() {
				r.ue()
				continue
			}
			if size > 1 {
				r.ue()
			}
			skipNumbers(r, min(64, 16<<(2*size)))
		}
	}
}

func parseH265PPS(nalu []byte) (p h265PPS, ok bool) {
	r := reader{rest: nalu[2:]}
	p.id, p.sps = r.upTo(63), r.upTo(15)
	p.dependent, p.output = r.flag(), r.flag()
	p.extraBits = int(r.bits(3))
	r.flag()
	p.cabacInit = r.flag()
	p.refs = [2]int{r.upTo(14) + 1, r.upTo(14) + 1}
	p.qp = 26 + int(r.se())
	r.skip(2)
	if r.flag() { // the quantiser may change within a slice
		r.ue()
	}
	skipNumbers(&r, 2) // of colours
	r.flag()
	p.weighted, p.weightedBi = r.flag(), r.flag()
	r.flag()
	tiles := r.flag()
	r.flag()
	if tiles {
		skipTiles(&r)
	}
	r.flag()
	if r.flag() { // deblocking
		r.flag()
		if !r.flag() {
			skipNumbers(&r, 2)
		}
	}
	if r.flag() {
		skipH265ScalingLists(&r)
	}
	p.modified = r.flag()
	return p, !r.short
}

func skipTiles(r *reader) {
	columns, rows := r.upTo(19), r.upTo(21)
	if !r.flag() {
		skipNumbers(r, columns+rows)
	}
	r.flag()
}
