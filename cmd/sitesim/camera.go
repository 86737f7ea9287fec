package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"sync"
	"time"
)

const (
	unitPeriod   = time.Second / pictureRate
	unitTicks    = 90000 / pictureRate // of the RTP clock
	reportTicked = 10 * time.Second    // between two sender reports
)

// camera replays a scene to the sessions at its path. It sends only while somebody reads, and then from a keyframe on, or
// where it begins live from the picture of now on; its scene and its RTP clock run on all the time, so that a moment of
// the loop always shows the same picture. What it shows changes with a keyframe, within a running session.
//
// sent counts the units that were due to at least one reader who was still there, and is the number in the newest unit's
// SEI. A reader is given all packets of a unit, when the kernel takes them or its queue does, or none, when it has not taken
// enough of what came before: these are overflow, and sent all the same, for they are lost. So sent equals what a single
// reader has received that takes what comes and plays until the camera drops or the simulator ends, its earlier sessions cut
// by the camera. A reader that leaves by itself may miss the units that were on their way to it. It counts as well what a
// reader cannot use:
//   - the units before the first keyframe of a session that began live; headless counts these alone;
//   - garbage, and in recode the units of the codec that was not described.
//
// It does not count babble, nor the unit that stall breaks off or leak loses: that one's number is given again.
type camera struct {
	id     string
	reels  map[string]reel
	begin  Begin
	port   *port // its own; nil where it has none
	board  *board
	tells  bool   // it has metadata beside its pictures
	teller teller // of those
	voice  voice
	logger *slog.Logger

	clip *footage  // what it sends now; this and what follows is the ticking goroutine's
	from moment    // what clip is of
	lag  int       // units by which it is behind, because a session began with the keyframe before
	live bool      // the unit before this one went out
	last time.Time // of the tick before
	flow flow

	mu        sync.Mutex
	mode      Mode
	since     time.Time // when the mode began
	wanted    moment
	described variant        // to new sessions
	links     map[*link]bool // who asked for it
	readers   []*link        // who plays; never changed, only replaced
	joined    bool           // somebody came to an empty camera since the newest unit
	told      [][]byte       // metadata that wait for the next picture
	tally     CameraReport
}

// flow is what its RTP stream has come to.
type flow struct {
	ssrc     uint32
	sequence uint16 // of the next packet
	packets  uint32
	octets   uint32
	report   time.Time     // of the next sender report
	fast     time.Duration // by how much its clock was in the newest one
	headed   bool          // a keyframe went out since somebody came to the empty camera
	stalled  bool          // it broke off a unit
}

// newCamera makes the script's camera; reels are its scenes, and the usual one begins at start.
func newCamera(c Camera, reels map[string]reel, start time.Time, logger *slog.Logger) *camera {
	begin := moment{scene: usual, since: start}
	return &camera{
		id: c.ID, reels: reels, clip: reels[usual].takes[take{}], from: begin, wanted: begin, begin: c.Begin, logger: logger, board: newBoard(), tells: c.Metadata, teller: newTeller(), voice: newVoice(c.tape, start),
		mode: cmp.Or(c.Mode, ModePlay), since: start, flow: flow{ssrc: mathrand.Uint32()},
		links: map[*link]bool{}, tally: CameraReport{ID: c.ID},
	}
}

// tick is what happens at the time of one picture. It never waits.
func (c *camera) tick(p *packer, at time.Time, clock uint32) error {
	see := c.look(at)
	c.turn(see.wanted, at)
	sends := len(see.readers) > 0 && see.mode.sends()
	c.live = c.live && sends && !see.joined && (see.mode == ModeStall || !c.flow.stalled) && at.Sub(c.last) <= unitPeriod
	c.last = at
	if !c.live {
		c.flow.headed, c.flow.stalled = false, false
	}
	if !sends {
		return nil
	}
	if see.mode == ModeBabble {
		babbleTo(see.readers)
		return nil
	}
	pos := c.place(c.from, at)
	if !c.live {
		if c.lag = 0; c.begin != BeginLive {
			c.lag = pos - c.clip.keyBefore(pos)
		}
	}
	n := len(c.clip.units)
	p.clock, p.ssrc, p.sequence, p.codec = clock, c.flow.ssrc, c.flow.sequence, c.clip.codec
	c.send(p, (pos-c.lag+n)%n, see)
	c.tell(see, clock)
	return errors.Join(c.speak(see, at), c.sendReport(see, clock, at))
}

// send gives the unit at a position to the readers; where it stalls, half of it and then none.
func (c *camera) send(p *packer, pos int, see glance) {
	u := c.clip.units[pos]
	if see.mode.withholds(c.clip, pos) && c.live {
		return
	}
	stalls := see.mode == ModeStall && (c.flow.stalled || c.clip.middle(pos))
	if stalls && c.flow.stalled {
		return
	}
	p.reset()
	p.unit(c.accessUnit(u, see.mode))
	if stalls {
		p.half()
	}
	c.flow.stalled = stalls
	c.flow.sequence += uint16(p.packets)
	if see.mode.loses(c.clip, pos) && c.live {
		return
	}
	given, lost := 0, 0
	for _, l := range see.readers {
		p.toChannel(l.channel)
		switch err := l.write(p.buf); {
		case err == nil:
			given++
		case errors.Is(err, errSlow):
			lost += p.packets
		}
	}
	sent := given > 0 || lost > 0
	c.live = c.live || sent
	c.flow.headed = c.flow.headed || u.key
	if given > 0 {
		c.flow.packets += uint32(p.packets)
		c.flow.octets += uint32(len(p.buf) - p.packets*(frameHeader+rtpHeader))
	}
	c.count(sent && !stalls, !c.flow.headed, lost)
}

// sendReport tells the readers the wall time of the RTP clock, now and then.
func (c *camera) sendReport(see glance, clock uint32, at time.Time) error {
	fast := see.mode.fast()
	if at.Before(c.flow.report) && fast == c.flow.fast {
		return nil
	}
	c.flow.report, c.flow.fast = at.Add(reportTicked), fast
	for _, l := range see.readers {
		b, err := senderReport(l.channel+1, c.flow.ssrc, clock, at.Add(fast), c.flow.packets, c.flow.octets)
		if err != nil {
			return err
		}
		l.write(b) // one that is lost is no loss
	}
	return nil
}

// accessUnit returns the NAL units of a picture, numbered.
func (c *camera) accessUnit(u unit, mode Mode) [][]byte {
	au := append(u.params[:len(u.params):len(u.params)], encodeSEI(c.clip.codec, c.tally.Sent+1))
	if mode != ModeGarbage {
		return append(au, u.slices...)
	}
	for _, s := range u.slices {
		noise := make([]byte, len(s))
		rand.Read(noise) // never fails: see crypto/rand
		copy(noise, s[:c.clip.codec.header()])
		au = append(au, noise)
	}
	return au
}
