package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/g711"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"

	"zhihui/models"
)

// tape is a sound in frames of equal length, played again and again.
type tape struct {
	format   format.Format
	rate     int64    // of the RTP clock
	step     int64    // of it, a frame
	payloads [][]byte // of the RTP packets, one a frame
}

func (t *tape) ticks(d time.Duration) uint32 { return uint32(int64(d) / 1000 * t.rate / 1e6) }

// frameAt is how many frames have ended at a time.
func (t *tape) frameAt(d time.Duration) int64 { return max(0, int64(d)/1000*t.rate/1e6) / t.step }

const (
	beepLength = 100 * time.Millisecond
	beepHertz  = 1000
	beepTape   = 8 * time.Second // a whole number of frames in each coding
	beepLead   = 8 * time.Second // is coded before, so that the tape's end goes on with its beginning
	soundType  = 97              // of the RTP packets
)

// beeps are 16-bit samples, most significant byte first: a beep at each whole second.
func beeps(rate int, length time.Duration) []byte {
	var b []byte
	for i := range rate * int(length/time.Second) {
		v := 0.0
		if second := i % rate; second < rate*int(beepLength/time.Millisecond)/1000 {
			v = 20_000 * math.Sin(2*math.Pi*beepHertz*float64(second)/float64(rate))
		}
		b = binary.BigEndian.AppendUint16(b, uint16(int16(v)))
	}
	return b
}

// record makes the tape of a coding; nil = none.
func (s *studio) record(ctx context.Context, sound Sound) (*tape, error) {
	switch sound {
	case SoundPCMA:
		text, err := g711.Alaw(beeps(8000, beepTape)).Marshal()
		return &tape{&format.G711{PayloadTyp: 8, SampleRate: 8000, ChannelCount: 1}, 8000, 160, pieces(text, 160)}, err
	case SoundPCMU:
		text, err := g711.Mulaw(beeps(8000, beepTape)).Marshal()
		return &tape{&format.G711{PayloadTyp: soundType, MULaw: true, SampleRate: 8000, ChannelCount: 1}, 8000, 160, pieces(text, 160)}, err
	case SoundOpus:
		frames, err := s.encode(ctx, 48000, 960, "-c:a libopus -b:a 24k -vbr off -frame_duration 20")
		return &tape{&format.Opus{PayloadTyp: soundType, ChannelCount: 1}, 48000, 960, frames}, err
	case SoundAAC:
		f := &format.MPEG4Audio{PayloadTyp: soundType, SizeLength: 13, IndexLength: 3, IndexDeltaLength: 3,
			Config: &mpeg4audio.AudioSpecificConfig{Type: mpeg4audio.ObjectTypeAACLC, SampleRate: 16000, ChannelCount: 1}}
		frames, err := s.encode(ctx, 16000, 1024, "-c:a aac -b:a 32k")
		for i, frame := range frames { // RFC 3640: the headers' length in bits, and of each frame its length
			frames[i] = append([]byte{0, 16, byte(len(frame) >> 5), byte(len(frame) << 3)}, frame...)
		}
		return &tape{f, 16000, 1024, frames}, err
	}
	return nil, nil
}

func pieces(b []byte, size int) (all [][]byte) {
	for len(b) > 0 {
		all, b = append(all, b[:size]), b[size:]
	}
	return all
}

// encode lets ffmpeg code the beeps, once, and takes the frames of a tape's length from the middle. A coder's first frame
// holds what was before the first sample, so a tape begins one frame later than it is long.
func (s *studio) encode(ctx context.Context, rate, step int, coder string) ([][]byte, error) {
	cached := filepath.Join(s.cache, "beeps-"+strings.Join(strings.Fields(strings.ReplaceAll(coder, "-", "")), "-")+".mp4")
	if _, err := os.Stat(cached); errors.Is(err, os.ErrNotExist) {
		args := fmt.Sprintf("-nostdin -v error -f s16be -ar %d -ac 1 -i pipe: %s -movflags empty_moov+default_base_moof+frag_keyframe -f mp4 -y", rate, coder)
		cmd := exec.CommandContext(ctx, "ffmpeg", append(strings.Fields(args), cached+".new")...)
		cmd.Stdin = bytes.NewReader(beeps(rate, beepLead+beepTape+time.Second))
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, models.Errorf(models.Unavailable, "ffmpeg cannot make the sound of cameras: %v: %.300s", err, out)
		}
		if err := os.Rename(cached+".new", cached); err != nil {
			return nil, err
		}
	}
	text, err := os.ReadFile(cached)
	if err != nil {
		return nil, err
	}
	return cut(text, step, rate)
}

func cut(text []byte, step, rate int) (frames [][]byte, err error) {
	var parts fmp4.Parts
	if err := parts.Unmarshal(text); err != nil {
		return nil, err
	}
	for _, part := range parts {
		for _, track := range part.Tracks {
			for _, sample := range track.Samples {
				frames = append(frames, sample.Payload)
			}
		}
	}
	first := int(beepLead/time.Second)*rate/step + 1
	last := first + int(beepTape/time.Second)*rate/step
	if len(frames) < last {
		return nil, models.Errorf(models.Invalid, "ffmpeg has made %d frames of sound, not %d; empty the cache and try again", len(frames), last)
	}
	return frames[first:last], nil
}
