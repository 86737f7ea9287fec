package main

import (
	mathrand "math/rand/v2"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
)

// Sound is how a camera codes what its microphone hears: a beep at each whole second of the loop, and silence between.
type Sound string

// The codings. The empty word is a camera without a microphone.
const (
	SoundAAC  Sound = "aac"
	SoundOpus Sound = "opus"
	SoundPCMA Sound = "pcma" // G.711 A-law
	SoundPCMU Sound = "pcmu" // G.711 µ-law
)

func (s Sound) valid() bool {
	switch s {
	case "", SoundAAC, SoundOpus, SoundPCMA, SoundPCMU:
		return true
	}
	return false
}

const soundTrack = "/trackID=2"

// voice sends a tape beside a camera's pictures.
type voice struct {
	*tape // nil = the camera has no sound
	start time.Time
	base  uint32 // RTP time of start
	next  int64  // the first frame since start that was not sent
	flow  flow
}

func newVoice(t *tape, start time.Time) voice {
	return voice{tape: t, start: start, base: mathrand.Uint32(), flow: flow{ssrc: mathrand.Uint32()}}
}

// media describes the sound.
func (v *voice) media() *description.Media {
	return &description.Media{Type: description.MediaTypeAudio, Control: soundTrack[1:], Formats: []format.Format{v.format}}
}

// due are the frames that have ended at a time since start, and were not sent: those of the newest picture, where nothing was
// sent before it.
func (v *voice) due(at time.Duration) (from, until int64) {
	until = v.frameAt(at)
	if least := v.frameAt(at - unitPeriod); v.next > until || v.next < v.frameAt(at-time.Second) {
		v.next = least
	}
	from, v.next = v.next, until
	return from, until
}

// speak sends the sound up to the picture of now to those of its readers who asked for it: as far behind as that is.
func (c *camera) speak(see glance, at time.Time) error {
	v := &c.voice
	if v.tape == nil {
		return nil
	}
	heard := at.Sub(v.start).Truncate(unitPeriod) - time.Duration(c.lag)*unitPeriod // as a picture's place in its clip is
	from, until := v.due(heard)
	given := uint64(0)
	begin := v.flow.sequence
	for _, l := range see.readers {
		if !l.listens {
			continue
		}
		v.flow.sequence = begin
		if l.write(v.frames(l.heard, from, until)) == nil { // what a slow reader misses, it misses
			given = uint64(until - from)
		}
		if at.Before(v.flow.report) && see.mode.fast() == v.flow.fast {
			continue
		}
		b, err := senderReport(l.heard+1, v.flow.ssrc, v.base+v.ticks(heard), at.Add(see.mode.fast()), v.flow.packets, v.flow.octets)
		if err != nil {
			return err
		}
		l.write(b) // one that is lost is no loss
	}
	v.flow.sequence = begin + uint16(until-from)
	if !at.Before(v.flow.report) {
		v.flow.report = at.Add(reportTicked)
	}
	v.flow.fast = see.mode.fast()
	v.flow.packets += uint32(given)
	c.spoke(given)
	return nil
}

// frames are the packets of some frames, one behind the other as they go into a connection.
func (v *voice) frames(channel byte, from, until int64) []byte {
	p := packer{channel: channel, ssrc: v.flow.ssrc, sequence: v.flow.sequence, kind: v.format.PayloadType()}
	for n := from; n < until; n++ {
		p.clock = v.base + uint32(n*v.step)
		p.packet(true, v.payloads[n%int64(len(v.payloads))])
	}
	return p.buf
}
