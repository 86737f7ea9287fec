package main

import "encoding/binary"

// Every access unit that a camera sends holds, in front of its slices, one SEI NAL unit (H.264: type 6, H.265: prefix SEI,
// type 39) with one message user_data_unregistered (payload type 5) of 24 bytes: seiUUID, then the number of the unit as a big-endian uint64. The
// camera's first unit has the number 1, each further one the number before plus one, whatever session it went to. So a
// reader that sees a step of more than one has lost what lies between.
const seiUUID = "zhihui-sitesim-1" // 16 bytes

const (
	seiUserData = 5
	seiSize     = len(seiUUID) + 8
)

// seiHeader begins the NAL unit.
func (c Codec) seiHeader() []byte {
	if c == CodecH265 {
		return []byte{39 << 1, 1}
	}
	return []byte{6}
}

// header is how many bytes the header of a NAL unit has.
func (c Codec) header() int { return len(c.seiHeader()) }

// encodeSEI returns the NAL unit that numbers an access unit.
func encodeSEI(codec Codec, number uint64) []byte {
	raw := append(codec.seiHeader(), seiUserData, byte(seiSize))
	raw = append(raw, seiUUID...)
	raw = binary.BigEndian.AppendUint64(raw, number)
	return escape(append(raw, 0x80)) // rbsp_trailing_bits
}

// escape puts a 3 behind two zeros where a start code could be seen otherwise (H.264, 7.4.1).
func escape(raw []byte) []byte {
	out := make([]byte, 0, len(raw)+4)
	zeros := 0
	for _, b := range raw {
		if zeros == 2 && b <= 3 {
			out = append(out, 3)
			zeros = 0
		}
		if b == 0 {
			zeros++
		} else {
			zeros = 0
		}
		out = append(out, b)
	}
	return out
}
