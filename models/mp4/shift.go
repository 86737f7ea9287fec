package mp4

import "encoding/binary"

// Shift gives parts of AppendPart, that were laid down with zero 0, the numbers from seq on and another zero. What would begin before
// it begins with it. False: these are not such parts, and nothing of them is to be used.
func (h *Header) Shift(parts []byte, seq uint32, zero int64) bool {
	for ; len(parts) > 0; seq++ {
		size := uint64(0) // of moof and mdat
		if len(parts) >= tfdtAt+8 && string(parts[4:8]) == "moof" {
			size = uint64(binary.BigEndian.Uint32(parts))
		}
		if size < tfdtAt+8 || size+8 > uint64(len(parts)) {
			return false
		}
		size += uint64(binary.BigEndian.Uint32(parts[size:]))
		if size > uint64(len(parts)) {
			return false
		}
		at, off := int64(binary.BigEndian.Uint64(parts[tfdtAt:])), zero
		if binary.BigEndian.Uint32(parts[trackAt:]) == Sound {
			off = zero/Ticks*h.rate + zero%Ticks*h.rate/Ticks
		}
		Place(parts, seq, max(0, at-off))
		parts = parts[size:]
	}
	return true
}

// trackAt is where a part's head names its track: moof 8, mfhd 16, traf 8, and 12 into tfhd.
const trackAt = 8 + 16 + 8 + 12
