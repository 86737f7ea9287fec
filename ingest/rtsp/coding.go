package rtsp

import (
	"errors"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/format/rtpfragmented"
	"github.com/bluenviron/gortsplib/v4/pkg/format/rtpmpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/g711"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/opus"
	"github.com/pion/rtp"

	"zhihui/models"
)

// coding makes frames of the packets of a track of sound.
type coding struct {
	format format.Format
	rate   int // of the RTP clock
	like   models.SoundFrame

	split  func(*rtp.Packet) ([][]byte, error) // into frames as they are kept; errMore = the rest comes in other packets
	length func(frame []byte) time.Duration
}

// errMore: a packet holds a piece of a frame.
var errMore = errors.New("more packets belong to the frame")

// What a camera may say of its sound, and how large a frame may be: beyond, it is not understood.
const (
	rateMost     = 192_000
	channelsMost = 8
	frameMost    = 16 << 10
	headerMost   = 16 // bits of a length before a frame of AAC; larger ones overflow in gortsplib
)

// codingOf tells how a format of sound is kept; false = we have no place for it.
func codingOf(f format.Format) (c coding, ok bool) {
	switch f := f.(type) {
	case *format.MPEG4Audio:
		if f.SizeLength > headerMost || f.IndexLength > headerMost || f.IndexDeltaLength > headerMost {
			return c, false
		}
		c, ok = aac(f.Config)
		c.split = generic(f)
	case *format.MPEG4AudioLATM:
		if !plainLATM(f) {
			return c, false
		}
		c, ok = aac(f.StreamMuxConfig.Programs[0].Layers[0].AudioSpecificConfig)
		c.split = latm(int(f.StreamMuxConfig.NumSubFrames) + 1)
	case *format.Opus:
		ok = f.ChannelCount <= 2
		c = coding{rate: 48_000, like: models.SoundFrame{Codec: models.Opus, Rate: 48_000, Channels: f.ChannelCount}, split: whole}
		c.length = func(frame []byte) time.Duration { return lasting(int(opus.PacketDuration2(frame)), 48_000) }
	case *format.G711:
		ok = true
		c = coding{rate: f.SampleRate, like: models.SoundFrame{Codec: models.PCM, Rate: f.SampleRate, Channels: f.ChannelCount}, split: samples(f.MULaw)}
		c.length = func(frame []byte) time.Duration { return lasting(len(frame)/2/f.ChannelCount, f.SampleRate) }
	}
	c.format = f
	return c, ok && c.rate > 0 && c.rate <= rateMost && c.like.Rate > 0 && c.like.Channels > 0 && c.like.Channels <= channelsMost
}

// frames takes one packet. more tells that it gave none because it holds a piece of one.
func (c *coding) frames(p *rtp.Packet) (all []models.SoundFrame, more bool) {
	payloads, err := c.split(p)
	if err != nil {
		return nil, errors.Is(err, errMore)
	}
	for _, payload := range payloads {
		f := c.like
		f.Payload, f.Length = payload, c.length(payload)
		if len(payload) == 0 || len(payload) > frameMost || f.Length <= 0 || f.Length > soundWaits {
			return nil, false
		}
		all = append(all, f)
	}
	return all, false
}

func lasting(samples, rate int) time.Duration {
	return time.Duration(samples) * time.Second / time.Duration(rate)
}

// aac is all of AAC but how it is packed. The clock of one that doubles its rate (SBR) counts the doubled samples.
func aac(config *mpeg4audio.AudioSpecificConfig) (coding, bool) {
	setup, err := config.Marshal()
	if err != nil || config.SampleRate <= 0 {
		return coding{}, false
	}
	count := mpeg4audio.SamplesPerAccessUnit
	if config.FrameLengthFlag {
		count = 960
	}
	length := lasting(count, config.SampleRate)
	return coding{
		rate:   max(config.SampleRate, config.ExtensionSampleRate),
		like:   models.SoundFrame{Codec: models.AAC, Setup: setup, Rate: config.SampleRate, Channels: config.ChannelCount},
		length: func([]byte) time.Duration { return length },
	}, true
}

// piecesMost is how many packets may belong to one frame: gortsplib's decoders would keep empty ones without end.
const piecesMost = 64

// pieces watches over a decoder that joins packets, and begins with a new one where too many came to nothing.
func pieces[D any](renew func() D, decode func(D, *rtp.Packet) ([][]byte, error)) func(*rtp.Packet) ([][]byte, error) {
	decoder, came := renew(), 0
	return func(p *rtp.Packet) ([][]byte, error) {
		all, err := decode(decoder, p)
		if came++; err == nil {
			came = 0
		} else if came >= piecesMost {
			decoder, came = renew(), 0
		}
		if errors.Is(err, rtpmpeg4audio.ErrMorePacketsNeeded) || errors.Is(err, rtpfragmented.ErrMorePacketsNeeded) {
			err = errMore
		}
		return all, err
	}
}

// generic unpacks AAC as of RFC 3640.
func generic(f *format.MPEG4Audio) func(*rtp.Packet) ([][]byte, error) {
	renew := func() *rtpmpeg4audio.Decoder {
		return &rtpmpeg4audio.Decoder{SizeLength: f.SizeLength, IndexLength: f.IndexLength, IndexDeltaLength: f.IndexDeltaLength}
	}
	return pieces(renew, (*rtpmpeg4audio.Decoder).Decode)
}

// plainLATM tells whether the description names the one stream of AAC that is in a LATM, as cameras have it.
func plainLATM(f *format.MPEG4AudioLATM) bool {
	m := f.StreamMuxConfig
	return !f.CPresent && m != nil && !m.OtherDataPresent && len(m.Programs) == 1 && len(m.Programs[0].Layers) == 1 &&
		m.Programs[0].Layers[0].FrameLengthType == 0 && m.Programs[0].Layers[0].AudioSpecificConfig != nil
}

// latm unpacks AAC as of RFC 6416, 7.3, so many frames an element.
func latm(count int) func(*rtp.Packet) ([][]byte, error) {
	renew := func() *rtpfragmented.Decoder { return &rtpfragmented.Decoder{} }
	return pieces(renew, func(d *rtpfragmented.Decoder, p *rtp.Packet) ([][]byte, error) {
		element, err := d.Decode(p)
		if err != nil {
			return nil, err
		}
		return unwrap(element, count)
	})
}

var errLATM = errors.New("not an element of as many frames as were described")

// unwrap takes the frames out of an element: each is headed by its length, in bytes that are added up as far as one is not 255.
func unwrap(element []byte, count int) (frames [][]byte, err error) {
	for range count {
		size, head := 0, byte(255)
		for head == 255 {
			if len(element) == 0 {
				return nil, errLATM
			}
			head, element = element[0], element[1:]
			size += int(head)
		}
		if size > len(element) {
			return nil, errLATM
		}
		frames, element = append(frames, element[:size]), element[size:]
	}
	return frames, nil
}

func whole(p *rtp.Packet) ([][]byte, error) { return [][]byte{p.Payload}, nil }

// samples makes 16-bit little-endian samples of G.711, which MP4 has no name for.
func samples(mu bool) func(*rtp.Packet) ([][]byte, error) {
	return func(p *rtp.Packet) ([][]byte, error) {
		var pcm []byte // big-endian
		if mu {
			(*g711.Mulaw)(&pcm).Unmarshal(p.Payload)
		} else {
			(*g711.Alaw)(&pcm).Unmarshal(p.Payload)
		}
		for i := 0; i+1 < len(pcm); i += 2 {
			pcm[i], pcm[i+1] = pcm[i+1], pcm[i]
		}
		return [][]byte{pcm}, nil
	}
}
