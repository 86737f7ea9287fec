package main

import (
	"encoding/binary"
)

// startsPicture tells whether a fragment (moof, mdat) of H.264 holds a picture that is decoded without any other: an IDR.
func startsPicture(fragment []byte) bool {
	for len(fragment) >= 8 {
		size := int(binary.BigEndian.Uint32(fragment))
		if size < 8 || size > len(fragment) {
			return false
		}
		if string(fragment[4:8]) == "mdat" {
			return hasIDR(fragment[8:size])
		}
		fragment = fragment[size:]
	}
	return false
}

// hasIDR looks through NAL units that each have their length in front of them.
func hasIDR(nalus []byte) bool {
	for len(nalus) > 4 {
		size := int(binary.BigEndian.Uint32(nalus))
		if size < 1 || size > len(nalus)-4 {
			return false
		}
		if nalus[4]&0x1f == 5 {
			return true
		}
		nalus = nalus[4+size:]
	}
	return false
}
