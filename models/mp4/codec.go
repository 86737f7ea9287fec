package mp4

import (
	"bytes"
	"fmt"
	"math/bits"
	"strings"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4"

	"zhihui/models"
)

// parameters are the parameter sets of a stream; vps is nil for H.264.
type parameters struct {
	codec         models.Codec
	vps, sps, pps []byte
}

func (p parameters) equal(q parameters) bool {
	return p.codec == q.codec && bytes.Equal(p.vps, q.vps) && bytes.Equal(p.sps, q.sps) && bytes.Equal(p.pps, q.pps)
}

func (p parameters) complete() bool {
	return p.sps != nil && p.pps != nil && (p.codec == models.H264 || p.vps != nil)
}

// find returns the parameter sets in the unit, and those of p for what it does not bring.
func (p parameters) find(u *models.AccessUnit) parameters {
	if p.codec != u.Codec {
		p = parameters{codec: u.Codec}
	}
	for _, n := range u.NALUs {
		switch {
		case u.Codec == models.H264 && n[0]&0x1f == byte(h264.NALUTypeSPS):
			p.sps = n
		case u.Codec == models.H264 && n[0]&0x1f == byte(h264.NALUTypePPS):
			p.pps = n
		case u.Codec == models.H265 && n[0]>>1&0x3f == byte(h265.NALUType_VPS_NUT):
			p.vps = n
		case u.Codec == models.H265 && n[0]>>1&0x3f == byte(h265.NALUType_SPS_NUT):
			p.sps = n
		case u.Codec == models.H265 && n[0]>>1&0x3f == byte(h265.NALUType_PPS_NUT):
			p.pps = n
		}
	}
	return p
}

// coding is what the header says of the video.
func (p parameters) coding() mp4.Codec {
	if p.codec == models.H264 {
		return &mp4.CodecH264{SPS: p.sps, PPS: p.pps}
	}
	return &mp4.CodecH265{VPS: p.vps, SPS: p.sps, PPS: p.pps}
}

// name is the name of a coding by RFC 6381, as MediaSource.isTypeSupported wants it.
func name(c mp4.Codec) (string, error) {
	switch c := c.(type) {
	case *mp4.CodecH264:
		return nameH264(c.SPS)
	case *mp4.CodecH265:
		return nameH265(c.SPS)
	case *mp4.CodecMPEG4Audio:
		return fmt.Sprintf("mp4a.40.%d", c.Config.Type), nil
	case *mp4.CodecOpus:
		return "opus", nil
	case *mp4.CodecLPCM:
		return pcm, nil
	}
	return "", fmt.Errorf("%T is no coding of ours", c)
}

// nameH264 is the codec's name by RFC 6381, such as avc1.42c01e.
func nameH264(sps []byte) (string, error) {
	if len(sps) < 4 {
		return "", fmt.Errorf("an H.264 SPS of %d bytes", len(sps))
	}
	return fmt.Sprintf("avc1.%02x%02x%02x", sps[1], sps[2], sps[3]), nil
}

// nameH265 is the codec's name by ISO/IEC 14496-15 annex E, such as hvc1.1.6.L93.B0.
func nameH265(sps []byte) (string, error) {
	b := h264.EmulationPreventionRemove(sps)
	if len(b) < 15 {
		return "", fmt.Errorf("an H.265 SPS of %d bytes", len(sps))
	}
	space, tier, profile := b[3]>>6, "LH"[b[3]>>5&1], b[3]&0x1f
	compatible := bits.Reverse32(uint32(b[4])<<24 | uint32(b[5])<<16 | uint32(b[6])<<8 | uint32(b[7]))
	name := fmt.Sprintf("hvc1.%s%d.%X.%c%d", []string{"", "A", "B", "C"}[space], profile, compatible, tier, b[14])
	constraints := bytes.TrimRight(b[8:14], "\x00")
	var s strings.Builder
	for _, c := range constraints {
		fmt.Fprintf(&s, ".%X", c)
	}
	return name + s.String(), nil
}
