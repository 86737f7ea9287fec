package main

import (
	"cmp"
	"time"

	"github.com/bluenviron/gortsplib/v4"
)

// This file is what other goroutines do to a camera: the server's sessions, the director, the report.

// offer returns the stream for a session that asks, nil when the camera is dropped.
func (c *camera) offer() *gortsplib.ServerStream {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mode == ModeDrop {
		return nil
	}
	return c.stream
}

// enter counts a session in that plays, once.
func (c *camera) enter(session *gortsplib.ServerSession) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.readers[session] {
		return
	}
	c.joined = c.joined || len(c.readers) == 0
	c.readers[session] = true
	c.sessions++
}

func (c *camera) leave(session *gortsplib.ServerSession) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.readers, session)
}

// look tells what the camera is to do and to show, whether nobody reads, and whether somebody came to an empty camera
// since it last looked.
func (c *camera) look() (mode Mode, wanted moment, alone, joined bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	joined, c.joined = c.joined, false
	return c.mode, c.wanted, len(c.readers) == 0, joined
}

// show changes to a scene that begins at an instant.
func (c *camera) show(scene string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted.scene, c.wanted.since = scene, at
}

// weather changes how the scene looks; the scene itself goes on.
func (c *camera) weather(storm bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted.storm = storm
}

func (c *camera) setStream(stream *gortsplib.ServerStream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stream = stream
}

func (c *camera) countSent() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent++
}

func (c *camera) countOverflow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.overflow++
}

func (c *camera) setMode(m Mode) {
	m = cmp.Or(m, ModePlay)
	c.mu.Lock()
	defer c.mu.Unlock()
	if m != c.mode {
		c.logger.Info("camera changes its mode", "camera", c.id, "mode", string(m))
	}
	c.mode = m
}

func (c *camera) report() CameraReport {
	c.mu.Lock()
	defer c.mu.Unlock()
	return CameraReport{ID: c.id, Sent: c.sent, Sessions: c.sessions, Overflow: c.overflow}
}
