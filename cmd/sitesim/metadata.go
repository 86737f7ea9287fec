package main

import (
	"encoding/binary"
	mathrand "math/rand/v2"
)

const (
	metadataType  = 107 // of the RTP packets
	metadataTrack = "/trackID=1"
	toldMost      = 64 // documents that wait for the next picture. Overflow: the oldest goes
)

// teller sends documents of metadata beside a camera's pictures.
type teller struct {
	ssrc     uint32
	sequence uint16
}

func newTeller() teller { return teller{ssrc: mathrand.Uint32()} }

// documentOf wraps a notification as it goes beside a stream.
func documentOf(notification string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?><tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2"` +
		` xmlns:tns1="http://www.onvif.org/ver10/topics"><tt:Event>` + notification + `</tt:Event></tt:MetadataStream>`)
}

// frames are the packets of a document, the last one marked, one behind the other as they go into a connection.
func (t *teller) frames(document []byte, channel byte, clock uint32) (b []byte) {
	for len(document) > 0 {
		n := min(len(document), maxPayload)
		kind := byte(metadataType)
		if n == len(document) {
			kind |= 0x80
		}
		size := rtpHeader + n
		b = append(b, '$', channel, byte(size>>8), byte(size), 2<<6, kind)
		b = binary.BigEndian.AppendUint16(b, t.sequence)
		b = binary.BigEndian.AppendUint32(b, clock)
		b = binary.BigEndian.AppendUint32(b, t.ssrc)
		b = append(b, document[:n]...)
		t.sequence, document = t.sequence+1, document[n:]
	}
	return b
}

// tell sends what the camera has to tell to those of its readers who asked for it.
func (c *camera) tell(see glance, clock uint32) {
	for _, document := range see.told {
		begin := c.teller.sequence
		for _, l := range see.readers {
			if l.hears {
				c.teller.sequence = begin
				l.write(c.teller.frames(document, l.told, clock)) // what a slow reader misses, it misses
			}
		}
	}
}
