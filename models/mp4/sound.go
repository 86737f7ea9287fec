package mp4

import (
	"bytes"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4"

	"zhihui/models"
)

// SoundSample is a piece of sound as it stands in a part.
type SoundSample struct {
	At      int64  // when it begins, in ticks of the sound's rate, on the line of the units' PTS
	Length  uint32 // ticks of the sound's rate
	Payload []byte
}

const (
	maxSoundRate   = 192000
	maxSoundFrames = 64                   // that come with one unit
	maxSoundFrame  = 1 << 16              // bytes
	slack          = 5 * time.Millisecond // of rounding; what is further off is a gap
)

// soundTrack is one coding of sound and where its time line stands.
type soundTrack struct {
	codec    models.SoundCodec
	setup    []byte
	rate     int
	channels int
	coding   mp4.Codec
}

// trackFor describes the frame's coding, nil when it is none that we can keep.
func trackFor(f *models.SoundFrame) *soundTrack {
	if f.Rate <= 0 || f.Rate > maxSoundRate || f.Channels < 1 || f.Channels > 8 {
		return nil
	}
	t := &soundTrack{codec: f.Codec, setup: f.Setup, rate: f.Rate, channels: f.Channels}
	switch f.Codec {
	case models.AAC:
		var c mpeg4audio.AudioSpecificConfig
		if err := c.Unmarshal(f.Setup); err != nil {
			return nil // a camera's sound that nobody can decode is left out; its picture goes before
		}
		t.coding = &mp4.CodecMPEG4Audio{Config: c}
	case models.Opus:
		t.coding = &mp4.CodecOpus{ChannelCount: f.Channels}
	case models.PCM:
		t.coding = &mp4.CodecLPCM{LittleEndian: true, BitDepth: 16, SampleRate: f.Rate, ChannelCount: f.Channels}
	default:
		return nil
	}
	return t
}

func (t *soundTrack) takes(f *models.SoundFrame) bool {
	return t != nil && t.codec == f.Codec && t.rate == f.Rate && t.channels == f.Channels && bytes.Equal(t.setup, f.Setup)
}

// soundLine puts frames one behind the other: clocks that jitter leave neither gaps nor overlaps.
type soundLine struct {
	end  int64 // where the frame before ends
	runs bool
}

// next places the frame; false where it would lie in what has been played already, or is nothing that can be played.
func (l *soundLine) next(t *soundTrack, f *models.SoundFrame) (SoundSample, bool) {
	if len(f.Payload) == 0 || len(f.Payload) > maxSoundFrame || f.Length <= 0 || f.Length > 10*time.Second {
		return SoundSample{}, false
	}
	rate := int64(t.rate)
	at, length, near := scale(f.PTS, rate), max(1, scale(f.Length+time.Second/time.Duration(2*rate), rate)), scale(slack, rate)
	switch {
	case l.runs && at < l.end-near:
		return SoundSample{}, false
	case l.runs && at <= l.end+near:
		at = l.end
	}
	l.end, l.runs = at+length, true
	return SoundSample{At: at, Length: uint32(length), Payload: f.Payload}, true
}
