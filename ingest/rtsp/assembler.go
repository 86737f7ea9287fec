package rtsp

import (
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"

	"zhihui/models"
)

// role is what a NAL unit is for.
type role int

const (
	roleOther role = iota
	roleNone       // an access unit delimiter, which would stand wrong behind the parameter sets, or a NAL unit without content
	roleVPS
	roleSPS
	rolePPS
	roleSlice // part of a picture that needs earlier pictures
	roleKey   // part of a picture that needs none
)

// assembler puts the parameter sets in front of every picture that decoding can start with, whether the camera sends
// them in the SDP, in band, or both. The newest ones win.
type assembler struct {
	codec         models.Codec
	vps, sps, pps [][]byte
}

// take orders the NAL units of one access unit, in their own slice where nothing is added. It returns nil when they hold
// no whole picture.
func (a *assembler) take(nalus [][]byte) (unit [][]byte, key bool) {
	var vps, sps, pps [][]byte
	rest := nalus[:0]
	first := true
	for _, nalu := range nalus {
		switch r := a.role(nalu); r {
		case roleVPS:
			vps = append(vps, nalu)
		case roleSPS:
			sps = append(sps, nalu)
		case rolePPS:
			pps = append(pps, nalu)
		case roleSlice, roleKey:
			if first && !a.startsPicture(nalu) {
				return nil, false
			}
			first, key = false, r == roleKey || key
			rest = append(rest, nalu)
		case roleOther:
			rest = append(rest, nalu)
		}
	}
	a.vps, a.sps, a.pps = newer(a.vps, vps), newer(a.sps, sps), newer(a.pps, pps)
	switch {
	case first:
		return nil, false
	case key && a.complete():
		return join(a.vps, a.sps, a.pps, rest), true
	case len(vps)+len(sps)+len(pps) == 0:
		return rest, false
	}
	return join(vps, sps, pps, rest), false
}

// complete tells whether a decoder could start with what is known.
func (a *assembler) complete() bool {
	return len(a.sps) > 0 && len(a.pps) > 0 && (a.codec == models.H264 || len(a.vps) > 0)
}

func (a *assembler) role(nalu []byte) role {
	if a.codec == models.H265 {
		return roleH265(nalu)
	}
	return roleH264(nalu)
}

func roleH264(nalu []byte) role {
	if len(nalu) < 2 {
		return roleNone
	}
	switch h264.NALUType(nalu[0] & 0x1F) {
	case h264.NALUTypeAccessUnitDelimiter:
		return roleNone
	case h264.NALUTypeSPS:
		return roleSPS
	case h264.NALUTypePPS:
		return rolePPS
	case h264.NALUTypeIDR:
		return roleKey
	case h264.NALUTypeNonIDR, h264.NALUTypeDataPartitionA:
		return roleSlice
	}
	return roleOther
}

func roleH265(nalu []byte) role {
	if len(nalu) < 3 {
		return roleNone
	}
	switch typ := h265.NALUType(nalu[0] >> 1 & 0x3F); {
	case typ == h265.NALUType_AUD_NUT:
		return roleNone
	case typ == h265.NALUType_VPS_NUT:
		return roleVPS
	case typ == h265.NALUType_SPS_NUT:
		return roleSPS
	case typ == h265.NALUType_PPS_NUT:
		return rolePPS
	case typ >= h265.NALUType_BLA_W_LP && typ <= h265.NALUType_CRA_NUT:
		return roleKey
	case typ < h265.NALUType_BLA_W_LP:
		return roleSlice
	}
	return roleOther
}

// startsPicture reads the slice header's first bit: first_mb_in_slice = 0 in H.264, first_slice_segment_in_pic_flag in
// H.265. Without it the head of the picture was lost on the way.
func (a *assembler) startsPicture(nalu []byte) bool {
	if a.codec == models.H265 {
		return nalu[2]&0x80 != 0
	}
	return nalu[1]&0x80 != 0
}

func newer(known, found [][]byte) [][]byte {
	if len(found) > 0 {
		return found
	}
	return known
}

func join(groups ...[][]byte) [][]byte {
	n := 0
	for _, g := range groups {
		n += len(g)
	}
	all := make([][]byte, 0, n)
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}
