package main

import (
	"bytes"
	"errors"
)

// unit is one access unit of a clip, without what is made anew for each sending.
type unit struct {
	params [][]byte // VPS (H.265), SPS and PPS, in front of the number
	slices [][]byte
	key    bool
}

// footage is a clip in memory, shared by every camera that replays it. It starts with a keyframe.
type footage struct {
	codec  Codec
	params [][]byte // VPS (H.265), SPS, PPS: the first of each
	units  []unit
}

// keyBefore returns the index of the newest keyframe at or before i.
func (f *footage) keyBefore(i int) int {
	for i > 0 && !f.units[i].key {
		i--
	}
	return i
}

// nalKind is what a NAL unit is to a camera.
type nalKind uint8

const (
	nalOther nalKind = iota
	nalSlice
	nalKeySlice
	nalParams // nalParams, and what is above it, are the parameter sets in their order
)

// kind returns what a NAL unit is, and whether it is the first slice of its picture.
func (c Codec) kind(nalu []byte) (kind nalKind, first bool) {
	if c == CodecH265 {
		first = len(nalu) > 2 && nalu[2]&0x80 != 0 // first_slice_segment_in_pic_flag
		switch typ := nalu[0] >> 1 & 0x3f; {
		case typ >= 16 && typ <= 23:
			return nalKeySlice, first
		case typ < 32:
			return nalSlice, first
		case typ <= 34:
			return nalParams + nalKind(typ-32), false
		}
		return nalOther, false
	}
	first = len(nalu) > 1 && nalu[1]&0x80 != 0 // first_mb_in_slice is zero: one bit, 1
	switch typ := nalu[0] & 0x1f; typ {
	case 5:
		return nalKeySlice, first
	case 1:
		return nalSlice, first
	case 7, 8:
		return nalParams + nalKind(typ-7), false
	}
	return nalOther, false
}

// paramSets is how many kinds of parameter sets a stream needs.
func (c Codec) paramSets() int {
	if c == CodecH265 {
		return 3
	}
	return 2
}

// parseFootage cuts a raw file of the codec into access units. The NAL units are slices of the text.
func parseFootage(codec Codec, text []byte) (*footage, error) {
	f := footage{codec: codec, params: make([][]byte, codec.paramSets())}
	var u unit
	for _, nalu := range splitNALUs(text) {
		kind, first := codec.kind(nalu)
		isSlice := kind == nalSlice || kind == nalKeySlice
		if len(u.slices) > 0 && (!isSlice || first) {
			f.units, u = append(f.units, u), unit{}
		}
		switch {
		case isSlice:
			u.slices, u.key = append(u.slices, nalu), u.key || kind == nalKeySlice
		case kind >= nalParams:
			u.params = append(u.params, nalu)
			if n := kind - nalParams; f.params[n] == nil {
				f.params[n] = nalu
			}
		}
	}
	if len(u.slices) > 0 {
		f.units = append(f.units, u)
	}
	for _, p := range f.params {
		if p == nil || len(f.units) == 0 || !f.units[0].key {
			return nil, errors.New("no video that starts with its parameters and a keyframe")
		}
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
