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

// camera replays one clip to the sessions at its path. It sends only while somebody reads, and then from a keyframe on;
// its clip and its RTP clock run on all the time.
//
// sent counts the units of which at least one reader was given every packet, and is the number in the newest unit's SEI.
// So sent equals what a single reader has received that plays until the camera drops or the simulator ends, its earlier
// sessions cut by the camera. A reader that leaves by itself may miss the units that were on their way to it.
type camera struct {
	id      string
	clip    *footage
	server  *gortsplib.Server
	logger  *slog.Logger
	encoder *rtph264.Encoder
	media   *description.Media
	pos     int  // in the clip, of the next unit
	live    bool // the unit before this one went out whole

	mu       sync.Mutex
	mode     Mode
	stream   *gortsplib.ServerStream // nil while dropped
	readers  map[*gortsplib.ServerSession]bool
	joined   bool // somebody came to an empty camera since the newest unit
	sent     uint64
	sessions uint64
	overflow uint64 // packets that a slow reader's queue did not take
}

// newCamera makes the script's camera; clip is what its choice has become.
func newCamera(c Camera, phase time.Duration, clip *footage, server *gortsplib.Server, logger *slog.Logger) (*camera, error) {
	cam := &camera{
		id: c.ID, clip: clip, server: server, logger: logger,
		encoder: &rtph264.Encoder{PayloadType: 96, PacketizationMode: 1},
		pos:     int(phase/unitPeriod) % len(clip.units),
		mode:    cmp.Or(c.Mode, ModePlay),
		readers: map[*gortsplib.ServerSession]bool{},
	}
	return cam, cam.encoder.Init()
}

// run sends a unit every unitPeriod, the first after the delay, until ctx ends; then it closes the sessions.
func (c *camera) run(ctx context.Context, delay time.Duration) error {
	defer c.drop()
	start := time.Now().Add(delay)
	timer := time.NewTimer(delay)
	defer timer.Stop()
	for n := 0; ; n = pictureAfter(n, time.Since(start)) {
		timer.Reset(time.Until(start.Add(time.Duration(n) * unitPeriod)))
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if err := c.tick(uint32(n) * unitTicks); err != nil {
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
func (c *camera) tick(clock uint32) error {
	defer func() { c.pos = (c.pos + 1) % len(c.clip.units) }()
	mode, alone, joined := c.look()
	sends := !alone && (mode == ModePlay || mode == ModeGarbage)
	c.live = c.live && sends && !joined
	if mode == ModeDrop {
		c.drop()
		return nil
	}
	if err := c.open(); err != nil || !sends {
		return err
	}
	if !c.live {
		c.pos = c.clip.keyBefore(c.pos)
	}
	return c.send(clock, mode)
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
func (c *camera) send(clock uint32, mode Mode) error {
	pkts, err := c.encoder.Encode(c.accessUnit(mode))
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

// accessUnit returns the NAL units of the next picture, numbered.
func (c *camera) accessUnit(mode Mode) [][]byte {
	u := c.clip.units[c.pos]
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
