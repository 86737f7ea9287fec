package rtsp

import (
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/format/rtph264"
	"github.com/bluenviron/gortsplib/v4/pkg/format/rtph265"
	"github.com/pion/rtp"

	"zhihui/models"
)

// decoder makes access units of packets, one for each coding.
type decoder interface {
	Decode(*rtp.Packet) ([][]byte, error)
}

// video is the one track of a camera that we play, with what is known of it so far. Its packet method runs on
// gortsplib's reading goroutine, so nothing in it waits.
type video struct {
	media   *description.Media
	format  format.Format
	renew   func() (decoder, error)
	decoder decoder
	parts   assembler
	loss    lossMeter
	clock   rtpClock
	own     ownClock
	before  uint32 // RTP time of the packet before
}

// findVideo picks the first H.264 or H.265 track that the camera sends.
func findVideo(session *description.Session) (*video, error) {
	none := errNoVideo
	for _, media := range session.Medias {
		if media.Type == description.MediaTypeVideo {
			media.IsBackChannel = false // some cameras say sendonly of what they send; there is no way back for pictures
		}
		if media.IsBackChannel {
			continue
		}
		for _, f := range media.Formats {
			v := &video{media: media, format: f}
			switch f := f.(type) {
			case *format.H264:
				v.renew = func() (decoder, error) { return f.CreateDecoder() }
				v.parts = assembler{codec: models.H264, sps: set(f.SPS), pps: set(f.PPS)}
			case *format.H265:
				v.renew = func() (decoder, error) { return f.CreateDecoder() }
				v.parts = assembler{codec: models.H265, vps: set(f.VPS), sps: set(f.SPS), pps: set(f.PPS)}
			default:
				if media.Type == description.MediaTypeVideo {
					none = errWrongCodec
				}
				continue
			}
			var err error
			v.decoder, err = v.renew()
			return v, err
		}
	}
	return nil, none
}

func set(nalu []byte) [][]byte {
	if len(nalu) == 0 {
		return nil
	}
	return [][]byte{nalu}
}

// packet takes one RTP packet. unit is nil while the access unit is not complete; lost counts the units missing since
// the last whole one.
func (v *video) packet(p *rtp.Packet) (unit *models.AccessUnit, lost int) {
	if v.loss.packet(p.SequenceNumber, p.Timestamp, p.Marker) {
		v.restart()
	}
	stamp := p.Timestamp
	if !p.Marker { // then a unit that is complete now is the one before: the camera does not mark the ends
		stamp = v.before
	}
	v.before = p.Timestamp
	nalus, err := v.decoder.Decode(p)
	switch err {
	case nil:
		unit, lost = v.unit(nalus, stamp)
		if unit != nil && unit.Key && p.Marker {
			v.restart() // the old decoder would keep every packet of its largest unit, the key unit's, for as long as it lives
		}
		return unit, lost
	case rtph264.ErrMorePacketsNeeded, rtph265.ErrMorePacketsNeeded,
		rtph264.ErrNonStartingPacketAndNoPrevious, rtph265.ErrNonStartingPacketAndNoPrevious:
	default:
		v.loss.broken(p.Timestamp)
		v.restart()
	}
	return nil, 0
}

func (v *video) unit(nalus [][]byte, stamp uint32) (*models.AccessUnit, int) {
	nalus, key := v.parts.take(nalus)
	if nalus == nil {
		return nil, 0
	}
	intact, lost := v.loss.unit(stamp)
	if !intact {
		return nil, 0
	}
	return &models.AccessUnit{Codec: v.parts.codec, Key: key, PTS: v.clock.at(stamp), NALUs: nalus}, lost
}

// restart throws away what the decoder holds: of a unit that can no longer be completed, or that is done.
func (v *video) restart() {
	if d, err := v.renew(); err == nil { // it worked once with the same settings
		v.decoder = d
	}
}
