package mp4

import "encoding/binary"

// Shift gives parts of AppendPart, that were laid down with zero 0, the numbers from seq on and another zero. What would begin before
// it begins with it.
func (h *Header) Shift(parts []byte, seq uint32, zero int64) {
	for len(parts) > tfdtAt+8 {
		moof := int(binary.BigEndian.Uint32(parts))
		at, off := int64(binary.BigEndian.Uint64(parts[tfdtAt:])), zero
		if binary.BigEndian.Uint32(parts[trackAt:]) == Sound {
			off = zero/Ticks*h.rate + zero%Ticks*h.rate/Ticks
		}
		Place(parts, seq, max(0, at-off))
		seq++
		parts = parts[moof+int(binary.BigEndian.Uint32(parts[moof:])):]
	}
}

// trackAt is where a part's head names its track: moof 8, mfhd 16, traf 8, and 12 into tfhd.
const trackAt = 8 + 16 + 8 + 12
