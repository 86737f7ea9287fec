package rtsp

// lossMeter finds the access units that never arrived whole. RTP numbers packets, not pictures, so the number of missing
// units is estimated from the time between the units on both sides of the gap.
type lossMeter struct {
	started  bool
	sequence uint16 // of the newest packet
	stamp    uint32 // RTP time of the newest packet
	whole    bool   // the newest packet ended its unit
	gap      bool   // packets are missing since the last whole unit
	damaged  uint32 // RTP time of the unit that the gap cut; meaningful while gap
	cut      bool   // damaged is set
	last     uint32 // RTP time of the last whole unit
	haveLast bool
	period   uint32 // RTP time between the last two units without a gap between them; pictures out of order do not count
}

// maxLost bounds the units that one gap can count, so that a jump of the camera's clock does not look like a disaster.
const maxLost = 250

// packet notes one packet and tells whether others are missing in front of it.
func (m *lossMeter) packet(sequence uint16, stamp uint32, marker bool) (missing bool) {
	missing = m.started && sequence != m.sequence+1
	if missing {
		m.gap = true
		if !m.whole {
			m.damaged, m.cut = m.stamp, true
		}
	}
	m.started, m.sequence, m.stamp, m.whole = true, sequence, stamp, marker
	return missing
}

// broken notes that the packet could not be decoded: the unit that it belongs to is lost.
func (m *lossMeter) broken(stamp uint32) {
	m.gap, m.damaged, m.cut = true, stamp, true
}

// unit notes a decoded unit. intact is false for the remains of a unit that the gap cut; lost is how many units are
// missing since the last whole one.
func (m *lossMeter) unit(stamp uint32) (intact bool, lost int) {
	if m.cut && stamp == m.damaged {
		return false, 0
	}
	if m.gap {
		lost = m.missing(stamp)
	} else if step := stamp - m.last; m.haveLast && step-1 < jumpSeconds*rtpRate {
		m.period = step
	}
	m.gap, m.cut, m.last, m.haveLast = false, false, stamp, true
	return true, lost
}

func (m *lossMeter) missing(stamp uint32) int {
	cut := 0
	if m.cut {
		cut = 1
	}
	elapsed := stamp - m.last
	if !m.haveLast || m.period == 0 || int32(elapsed) <= 0 {
		return 1
	}
	periods := (uint64(elapsed) + uint64(m.period)/2) / uint64(m.period)
	return int(min(max(periods, uint64(cut)+1)-1, maxLost))
}
