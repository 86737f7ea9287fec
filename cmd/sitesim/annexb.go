package main

import (
	"bytes"
	"errors"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
)

// unit is one access unit of a clip, without what is made anew for each sending.
type unit struct {
	params [][]byte // SPS and PPS, in front of the number
	slices [][]byte
}

func (u unit) key() bool { return h264.IsRandomAccess(u.slices) }

// footage is a clip in memory, shared by every camera that replays it. It starts with a keyframe.
type footage struct {
	sps, pps []byte
	units    []unit
}

// keyBefore returns the index of the newest keyframe at or before i.
func (f *footage) keyBefore(i int) int {
	for i > 0 && !f.units[i].key() {
		i--
	}
	return i
}

// parseFootage cuts a raw H.264 file into access units. The NAL units are slices of the text.
func parseFootage(text []byte) (*footage, error) {
	var f footage
	var u unit
	for _, nalu := range splitNALUs(text) {
		typ := h264.NALUType(nalu[0] & 0x1f)
		isSlice := typ == h264.NALUTypeIDR || typ == h264.NALUTypeNonIDR
		// first_mb_in_slice is zero, one bit 1, in the first slice of a picture
		if len(u.slices) > 0 && (!isSlice || len(nalu) > 1 && nalu[1]&0x80 != 0) {
			f.units, u = append(f.units, u), unit{}
		}
		switch {
		case isSlice:
			u.slices = append(u.slices, nalu)
		case typ == h264.NALUTypeSPS:
			f.sps, u.params = nalu, append(u.params, nalu)
		case typ == h264.NALUTypePPS:
			f.pps, u.params = nalu, append(u.params, nalu)
		}
	}
	if len(u.slices) > 0 {
		f.units = append(f.units, u)
	}
	if len(f.units) == 0 || !f.units[0].key() || f.sps == nil || f.pps == nil {
		return nil, errors.New("no H.264 that starts with its parameters and a keyframe")
	}
	return &f, nil
}

// splitNALUs returns the NAL units of an Annex-B text, each with at least its header.
func splitNALUs(text []byte) [][]byte {
	var out [][]byte
	start := []byte{0, 0, 1}
	_, rest, found := bytes.Cut(text, start)
	for found {
		var nalu []byte
		nalu, rest, found = bytes.Cut(rest, start)
		if nalu = bytes.TrimRight(nalu, "\x00"); len(nalu) > 0 {
			out = append(out, nalu)
		}
	}
	return out
}
