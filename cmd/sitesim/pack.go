package main

import (
	"cmp"
	"encoding/binary"
	"time"

	"github.com/pion/rtcp"
)

const (
	payloadType = 96
	maxPayload  = 1450 // bytes of an RTP packet's payload, as cameras have it that could send by UDP too
	frameHeader = 4    // $, channel, size: RTP within RTSP (RFC 2326, 10.12)
	rtpHeader   = 12
)

// packer turns access units into RTP packets (RFC 6184, RFC 7798), one behind the other as they go into a connection. What
// it made stays valid until the next reset. It copies each byte once and makes nothing anew: a thousand cameras share one.
type packer struct {
	buf     []byte
	packets int

	codec       Codec
	channel     byte
	kind        uint8  // payload type; 0 = that of video
	sequence    uint16 // of the next packet
	clock, ssrc uint32
}

func (p *packer) reset() { p.buf, p.packets = p.buf[:0], 0 }

// unit appends the NAL units of one picture: several in a packet where they fit, in fragments where they do not.
func (p *packer) unit(nalus [][]byte) {
	for len(nalus) > 0 {
		n := p.together(nalus)
		last := n == len(nalus)
		switch {
		case n > 1:
			p.aggregate(nalus[:n], last)
		case len(nalus[0]) <= maxPayload:
			p.packet(last, nalus[0])
		default:
			p.fragment(nalus[0], last)
		}
		nalus = nalus[n:]
	}
}

// together returns how many of the first units go into one packet, at least 1.
func (p *packer) together(nalus [][]byte) int {
	size := p.codec.header()
	for n, nalu := range nalus {
		if size += 2 + len(nalu); size > maxPayload {
			return max(1, n)
		}
	}
	return len(nalus)
}

func (p *packer) aggregate(nalus [][]byte, last bool) {
	parts := make([][]byte, 0, 1+2*4)
	if p.codec == CodecH265 {
		parts = append(parts, []byte{48 << 1, 1})
	} else {
		parts = append(parts, []byte{3<<5 | 24})
	}
	for _, nalu := range nalus {
		parts = append(parts, binary.BigEndian.AppendUint16(nil, uint16(len(nalu))), nalu)
	}
	p.packet(last, parts...)
}

func (p *packer) fragment(nalu []byte, last bool) {
	head, typ := []byte{nalu[0]&0xe0 | 28}, nalu[0]&0x1f
	if p.codec == CodecH265 {
		head, typ = []byte{nalu[0]&0x81 | 49<<1, nalu[1]}, nalu[0]>>1&0x3f
	}
	rest := nalu[len(head):]
	mark := byte(0x80) // of the first
	for len(rest) > 0 {
		n := min(len(rest), maxPayload-len(head)-1)
		if n == len(rest) {
			mark |= 0x40 // of the last
		}
		p.packet(last && n == len(rest), head, []byte{mark | typ}, rest[:n])
		rest, mark = rest[n:], 0
	}
}

// packet appends a packet of these parts, marked where it is the unit's last.
func (p *packer) packet(last bool, parts ...[]byte) {
	size := rtpHeader
	for _, part := range parts {
		size += len(part)
	}
	kind := cmp.Or(p.kind, payloadType)
	if last {
		kind |= 0x80
	}
	b := append(p.buf, '$', p.channel, byte(size>>8), byte(size), 2<<6, kind)
	b = binary.BigEndian.AppendUint16(b, p.sequence)
	b = binary.BigEndian.AppendUint32(b, p.clock)
	b = binary.BigEndian.AppendUint32(b, p.ssrc)
	for _, part := range parts {
		b = append(b, part...)
	}
	p.buf = b
	p.sequence++
	p.packets++
}

// half cuts off half of the packets, at least one.
func (p *packer) half() {
	p.packets -= max(1, p.packets/2)
	end := 0
	for range p.packets {
		end += frameHeader + int(binary.BigEndian.Uint16(p.buf[end+2:]))
	}
	p.buf = p.buf[:end]
}

// toChannel readdresses what was made.
func (p *packer) toChannel(channel byte) {
	if p.channel == channel {
		return
	}
	p.channel = channel
	for at := 0; at < len(p.buf); at += frameHeader + int(binary.BigEndian.Uint16(p.buf[at+2:])) {
		p.buf[at+1] = channel
	}
}

// senderReport returns a frame that tells which wall time an RTP clock is.
func senderReport(channel byte, ssrc, clock uint32, at time.Time, packets, octets uint32) ([]byte, error) {
	const from1900 = 2208988800 // seconds between the epochs of NTP and Unix
	text, err := rtcp.SenderReport{
		SSRC: ssrc, NTPTime: uint64(at.Unix()+from1900)<<32 | uint64(at.Nanosecond())<<32/1e9, RTPTime: clock,
		PacketCount: packets, OctetCount: octets,
	}.Marshal()
	return append([]byte{'$', channel, byte(len(text) >> 8), byte(len(text))}, text...), err
}
