package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/format/rtph264"
)

const (
	unitPeriod = time.Second / pictureRate
	unitTicks  = 90000 / pictureRate // of the RTP clock
	// linger is how long a camera stops sending before its sessions are closed, so that what was sent arrives.
	linger = 500 * time.Millisecond
)

// camera replays a scene to the sessions at its path. It sends only while somebody reads, and then from a keyframe on;
// its scene and its RTP clock run on all the time, so that a moment of the loop always shows the same picture. What it
// shows changes with a keyframe, within a running session.
//
// sent counts the units of which at least one reader was given every packet, and is the number in the newest unit's SEI.
// So sent equals what a single reader has received that plays until the camera drops or the simulator ends, its earlier
// sessions cut by the camera. A reader that leaves by itself may miss the units that were on their way to it.
type camera struct {
	id      string
	reels   map[string]reel
	server  *gortsplib.Server
	logger  *slog.Logger
	encoder *rtph264.Encoder
	media   *description.Media
	clip    *footage // what it sends now
	from    moment   // what clip is of
	lag     int      // units by which it is behind, because a session began with the keyframe before
	live    bool     // the unit before this one went out whole

	mu       sync.Mutex
	mode     Mode
	wanted   moment
	stream   *gortsplib.ServerStream // nil while dropped
	readers  map[*gortsplib.ServerSession]bool
	joined   bool // somebody came to an empty camera since the newest unit
	sent     uint64
	sessions uint64
	overflow uint64 // packets that a slow reader's queue did not take
}

// newCamera makes the script's camera; reels are its scenes, and the usual one begins at start.
func newCamera(c Camera, reels map[string]reel, start time.Time, server *gortsplib.Server, logger *slog.Logger) (*camera, error) {
	begin := moment{scene: usual, since: start}
	cam := &camera{
		id: c.ID, reels: reels, clip: reels[usual].fair, from: begin, wanted: begin, server: server, logger: logger,
		encoder: &rtph264.Encoder{PayloadType: 96, PacketizationMode: 1},
		mode:    cmp.Or(c.Mode, ModePlay),
		readers: map[*gortsplib.ServerSession]bool{},
	}
	return cam, cam.encoder.Init()
}

// run sends a unit every unitPeriod, the first at start, until ctx ends; then it closes the sessions.
func (c *camera) run(ctx context.Context, start time.Time) error {
	defer c.drop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 0; ; n = pictureAfter(n, time.Since(start)) {
		at := start.Add(time.Duration(n) * unitPeriod)
		timer.Reset(time.Until(at))
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if err := c.tick(at, uint32(n)*unitTicks); err != nil {
			return fmt.Errorf("camera %s: %w", c.id, err)
		}
	}
}

// pictureAfter returns the number of the picture that follows the nth: the next one, or, where the machine slept for more
// than a second, the one of now; those between never were.
func pictureAfter(n int, gone time.Duration) int {
	if now := int(gone / unitPeriod); now > n+pictureRate {
		return now
	}
	return n + 1
}

// tick is what happens at the time of one picture.
func (c *camera) tick(at time.Time, clock uint32) error {
	mode, wanted, alone, joined := c.look()
	c.turn(wanted, at)
	sends := !alone && (mode == ModePlay || mode == ModeGarbage)
	c.live = c.live && sends && !joined
	if mode == ModeDrop {
		c.drop()
		return nil
	}
	if err := c.open(); err != nil || !sends {
		return err
	}
	pos := c.place(c.from, at)
	if !c.live {
		c.lag = pos - c.clip.keyBefore(pos)
	}
	n := len(c.clip.units)
	return c.send(c.clip.units[(pos-c.lag+n)%n], clock, mode)
}

func (c *camera) open() error {
	if c.stream != nil { // only this goroutine sets it
		return nil
	}
	c.media = &description.Media{
		Type: description.MediaTypeVideo,
		Formats: []format.Format{&format.H264{
			PayloadTyp: c.encoder.PayloadType, PacketizationMode: 1, SPS: c.clip.sps, PPS: c.clip.pps,
		}},
	}
	stream := &gortsplib.ServerStream{Server: c.server, Desc: &description.Session{Medias: []*description.Media{c.media}}}
	if err := stream.Initialize(); err != nil {
		return err
	}
	c.setStream(stream)
	return nil
}

// drop refuses new sessions, lets what was sent arrive, and closes the sessions.
func (c *camera) drop() {
	if stream := c.stream; stream != nil {
		c.setStream(nil)
		time.Sleep(linger)
		stream.Close()
	}
}

// send writes one unit. A session that is still being opened takes none of it or, as the first packet shows, all of it.
func (c *camera) send(u unit, clock uint32, mode Mode) error {
	pkts, err := c.encoder.Encode(c.accessUnit(u, mode))
	if err != nil {
		return err
	}
	before := uint64(0)
	if !c.live {
		before = packets(c.stream)
	}
	for i, p := range pkts {
		p.Timestamp = clock
		if err := c.stream.WritePacketRTP(c.media, p); err != nil {
			return err
		}
		if i == 0 && !c.live && packets(c.stream) == before {
			return nil
		}
	}
	c.live = true
	c.countSent()
	return nil
}

// accessUnit returns the NAL units of a picture, numbered.
func (c *camera) accessUnit(u unit, mode Mode) [][]byte {
	au := append(u.params[:len(u.params):len(u.params)], encodeSEI(c.sent+1))
	if mode != ModeGarbage {
		return append(au, u.slices...)
	}
	for _, s := range u.slices {
		noise := make([]byte, len(s))
		rand.Read(noise[1:]) // never fails: see crypto/rand
		noise[0] = s[0]
		au = append(au, noise)
	}
	return au
}

func packets(stream *gortsplib.ServerStream) uint64 {
	var n uint64
	for _, m := range stream.Stats().Medias {
		for _, f := range m.Formats {
			n += f.RTPPacketsSent
		}
	}
	return n
}
