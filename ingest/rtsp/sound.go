package rtsp

import (
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/pion/rtp"

	"zhihui/models"
)

// What of the sound may wait for the unit that it goes with. Overflow: the oldest frames are left out, and that is counted.
const (
	soundWaits = 2 * time.Second
	soundBytes = 64 << 10
)

// garbageMost is how many packets of sound in a row may be of no use before the sound is called garbage.
const garbageMost = 50

// sound is the track of sound beside the video. Its packets and those of the video may come on different goroutines.
type sound struct {
	media  *description.Media
	coding coding
	name   string
	own    ownClock

	mu      sync.Mutex
	line    soundLine
	waiting []models.SoundFrame
	bytes   int // of waiting
	useless int // packets in a row
}

// soundOf tells what sound the camera sends, and whether it could be kept. track is nil where it cannot.
func soundOf(session *description.Session) (found models.SoundMeasure, track *sound) {
	for _, media := range session.Medias {
		if media.Type != description.MediaTypeAudio || media.IsBackChannel {
			continue
		}
		for _, f := range media.Formats {
			if c, ok := codingOf(f); ok {
				s := &sound{media: media, coding: c, name: f.Codec(), line: soundLine{clock: rtpClock{rate: int64(c.rate)}}}
				return models.SoundMeasure{Codec: s.name, Kept: true}, s
			}
			if found.Codec == "" {
				found = models.SoundMeasure{Codec: f.Codec(), Code: models.SoundCoding}
			}
		}
	}
	return found, nil
}

// hearSound asks for the sound, where somebody wants it and the camera has any that can be kept. A camera that refuses it is
// played without; the error says that asking has upset the connection.
func (p *playback) hearSound(session *description.Session) error {
	if p.sink.Sound == nil {
		return nil
	}
	found, s := soundOf(session)
	if s == nil {
		p.sink.Sound(found)
		return nil
	}
	s.media.Formats = []format.Format{s.coding.format}
	err := p.setup(session, s.media)
	switch {
	case is[liberrors.ErrClientBadStatusCode](err):
		p.sink.Sound(models.SoundMeasure{Codec: s.name, Code: models.SoundRefused})
		return nil
	case err != nil:
		p.upset = s.giveUp
		return err
	}
	p.sound = s
	p.sink.Sound(found)
	p.client.OnPacketRTCP(s.media, s.own.hear)
	p.client.OnPacketRTP(s.media, s.coding.format, func(packet *rtp.Packet) { p.takeSound(s, packet) })
	return nil
}

// giveUp makes a sink one that wants no sound: the picture goes before it.
func (s *sound) giveUp(sink *Sink) {
	sink.Sound(models.SoundMeasure{Codec: s.name, Code: models.SoundRefused})
	sink.Sound = nil
}

func (p *playback) takeSound(s *sound, packet *rtp.Packet) {
	now := p.source.Now()
	if p.way != gortsplib.TransportTCP && !p.arrived.Load() && now.Sub(p.began) > p.source.AnswerTimeout/2 {
		p.end(&Fault{Reason: Silent}) // or sound that comes would keep a way open on which no picture does
		return
	}
	lost, news := s.packet(packet, now)
	if lost > 0 && p.sink.Unheard != nil {
		p.sink.Unheard(lost)
	}
	if news != nil {
		p.sink.Sound(*news)
	}
}

// packet takes one RTP packet. lost is how many frames were left out for it; news is what has become of the sound, where
// that is otherwise than before.
func (s *sound) packet(packet *rtp.Packet, now time.Time) (lost int, news *models.SoundMeasure) {
	frames, more := s.coding.frames(packet)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(frames) == 0 {
		if more {
			return 0, nil
		}
		if s.useless++; s.useless == garbageMost {
			news = &models.SoundMeasure{Codec: s.name, Code: models.SoundGarbage}
		}
		return 1, news
	}
	if s.useless >= garbageMost {
		news = &models.SoundMeasure{Codec: s.name, Kept: true}
	}
	s.useless = 0
	return s.queue(frames, packet.Timestamp, now), news
}

// queue puts frames on the units' time line, and lets them wait for a unit. What comes before the first one is nobody's loss.
func (s *sound) queue(frames []models.SoundFrame, stamp uint32, now time.Time) (lost int) {
	length := time.Duration(0)
	for _, f := range frames {
		length += f.Length
	}
	at, known := s.line.start(stamp, length, now, &s.own)
	if !known {
		return 0
	}
	for _, f := range frames {
		pts, fits := s.line.follow(at, f.Length)
		at += f.Length
		if !fits {
			lost++
			continue
		}
		f.PTS = pts
		s.bytes += len(f.Payload)
		if n := len(s.waiting); n == 0 || !lengthen(&s.waiting[n-1], f) {
			s.waiting = append(s.waiting, f)
		}
	}
	for s.bytes > soundBytes || len(s.waiting) > 0 && s.line.end-s.waiting[0].PTS > soundWaits {
		s.bytes -= len(s.waiting[0].Payload)
		s.waiting = s.waiting[1:]
		lost++
	}
	return lost
}

// lengthen adds to a frame of samples those that follow it: packets hold as little as 10 ms of them.
func lengthen(last *models.SoundFrame, f models.SoundFrame) bool {
	if f.Codec != models.PCM || f.PTS != last.PTS+last.Length || len(last.Payload)+len(f.Payload) > frameMost {
		return false
	}
	last.Payload, last.Length = append(last.Payload, f.Payload...), last.Length+f.Length
	return true
}

// take gives what waits to a unit, by whose time and clock what comes next is placed.
func (s *sound) take(u *models.AccessUnit, clock *rtpClock, own *ownClock) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line.pictures(u, clock, own)
	u.Sound, s.waiting, s.bytes = s.waiting, nil, 0
}
