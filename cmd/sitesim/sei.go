package main

import (
	"encoding/binary"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
)

// Every access unit that a camera sends holds, in front of its slices, one SEI NAL unit (type 6) with one message
// user_data_unregistered (payload type 5) of 24 bytes: seiUUID, then the number of the unit as a big-endian uint64. The
// camera's first unit has the number 1, each further one the number before plus one, whatever session it went to. So a
// reader that sees a step of more than one has lost what lies between.
const seiUUID = "zhihui-sitesim-1" // 16 bytes

const (
	seiUserData = 5
	seiSize     = len(seiUUID) + 8
)

// encodeSEI returns the NAL unit that numbers an access unit.
func encodeSEI(number uint64) []byte {
	raw := append([]byte{byte(h264.NALUTypeSEI), seiUserData, byte(seiSize)}, seiUUID...)
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
