package coding

import "zhihui/models"

// lowestQP and highestQP bound what a slice may say: more than 8 bits a colour go below zero.
const lowestQP, highestQP = -48, 51

// slice is what the header of one slice tells.
type slice struct {
	qp    int
	intra bool // built on no other picture
}

// Meter reads the units of one camera. Its zero value is ready; it is for one goroutine at a time.
type Meter struct {
	codec   models.Codec
	session uint64
	h264    h264Sets
	h265    h265Sets
}

// Reading is what a picture that is built on others tells.
type Reading struct {
	Bytes int     // of its slices
	QP    float64 // the mean of theirs, by size
}

// Read takes a unit. It is false where that says nothing of change, as in a picture that is built on no other, and where
// it cannot be known: a unit that cannot be read, or whose parameter sets have not come.
func (m *Meter) Read(u *models.AccessUnit) (Reading, bool) {
	if m.codec != u.Codec || m.session != u.Session {
		if !u.Key {
			return Reading{}, false
		}
		*m = Meter{codec: u.Codec, session: u.Session}
	}
	bytes, sum, intra := 0, 0, true
	for _, nalu := range u.NALUs {
		s, is, ok := m.read(nalu)
		if !ok {
			return Reading{}, false
		}
		if is {
			bytes, sum = bytes+len(nalu), sum+len(nalu)*s.qp
			intra = intra && s.intra
		}
	}
	if u.Key || intra {
		return Reading{}, false
	}
	return Reading{Bytes: bytes, QP: float64(sum) / float64(bytes)}, true
}

// read takes one NAL unit: of a parameter set it learns, of a slice it tells, the rest it passes over. It is not ok when a
// slice cannot be read.
func (m *Meter) read(nalu []byte) (s slice, is, ok bool) {
	switch {
	case m.codec == models.H264 && len(nalu) > 1:
		return m.h264.read(nalu)
	case m.codec == models.H265 && len(nalu) > 2:
		return m.h265.read(nalu)
	}
	return slice{}, false, true
}
