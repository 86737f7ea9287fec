package coding

import (
	"bytes"

	"zhihui/models"
)

// Picture is one coded picture of a file.
type Picture struct {
	Key   bool     // decodable without earlier ones
	NALUs [][]byte // slices of the file, parameter sets included, delimiters left out
}

// Cut returns the pictures of a raw H.264 or H.265 file (Annex B) in the order of decoding. What is not well formed is passed
// over: a file of something else has no pictures.
func Cut(file []byte, codec models.Codec) []Picture {
	var all []Picture
	var p Picture
	begun := false // p has a slice
	start := []byte{0, 0, 1}
	_, rest, found := bytes.Cut(file, start)
	for found {
		var nalu []byte
		nalu, rest, found = bytes.Cut(rest, start)
		nalu = bytes.TrimRight(nalu, "\x00")
		if len(nalu) < 3 {
			continue
		}
		isSlice, first, key := kindOf(nalu, codec)
		if begun && (first || !isSlice) {
			all, p, begun = append(all, p), Picture{}, false
		}
		if !isSlice && !isSet(nalu, codec) {
			continue
		}
		begun = begun || isSlice
		p.Key = p.Key || key
		p.NALUs = append(p.NALUs, nalu)
	}
	if begun {
		all = append(all, p)
	}
	return all
}

// kindOf tells whether a NAL unit is a slice, the first of its picture, and one of a key picture.
func kindOf(nalu []byte, codec models.Codec) (isSlice, first, key bool) {
	if codec == models.H265 {
		typ := nalu[0] >> 1 & 0x3f
		return isH265Slice(typ), nalu[2]&0x80 != 0, isH265Key(typ)
	}
	typ := nalu[0] & 0x1f
	return typ == h264NonIDR || typ == h264IDR, nalu[1]&0x80 != 0, typ == h264IDR
}

func isSet(nalu []byte, codec models.Codec) bool {
	if codec == models.H265 {
		typ := nalu[0] >> 1 & 0x3f
		return typ == h265VPSUnit || typ == h265SPSUnit || typ == h265PPSUnit
	}
	typ := nalu[0] & 0x1f
	return typ == h264SPSUnit || typ == h264PPSUnit
}
