package main

import (
	"cmp"
	"slices"
	"time"
)

// This file is what other goroutines do to a camera: the server's connections, the director, the report.

// glance is what the camera sees when it looks up from its pictures.
type glance struct {
	mode    Mode
	wanted  moment
	readers []*link
	joined  bool // somebody came to an empty camera since it last looked
	told    [][]byte
}

// look tells what the camera is to do and to show, and to whom. Where it has to describe itself anew, its sessions end.
func (c *camera) look(at time.Time) glance {
	c.mu.Lock()
	defer c.mu.Unlock()
	var described variant
	described, c.wanted.variant = c.mode.stepAfter(at.Sub(c.since))
	if described != c.described {
		c.described = described
		c.hangUp()
	}
	g := glance{c.mode, c.wanted, c.readers, c.joined, c.told}
	c.joined, c.told = false, nil
	return g
}

// meet notes a connection that asks for this camera.
func (c *camera) meet(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.links[l] = true
}

// enter counts a session in that plays, once. One that was left meanwhile has come too late.
func (c *camera) enter(l *link, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.Contains(c.readers, l) || !c.links[l] {
		return
	}
	c.joined = c.joined || len(c.readers) == 0
	c.readers = append(slices.Clone(c.readers), l)
	for _, news := range c.board.holding(c.id, at) {
		c.note(news)
	}
	c.tally.Sessions++
	c.tally.LiveAt = at.UnixMilli()
}

func (c *camera) leave(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.links, l)
	c.readers = slices.DeleteFunc(slices.Clone(c.readers), func(x *link) bool { return x == l })
}

// hangUp ends every connection once what was sent had its time to arrive. It needs the lock.
func (c *camera) hangUp() {
	for l := range c.links {
		l.leave()
	}
	clear(c.links)
	c.readers = nil
}

// now returns what a connection meets that asks: the mode, and what the camera describes.
func (c *camera) now() (Mode, *footage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mode, c.reels[usual].takes[take{variant: c.described}]
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

// count notes what became of a unit.
func (c *camera) count(sent, headless bool, lost int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tally.Overflow += uint64(lost)
	if sent {
		c.tally.Sent++
		c.tally.LastAt = time.Now().UnixMilli()
		if headless {
			c.tally.Headless++
		}
	}
}

// spoke counts frames of sound that went out.
func (c *camera) spoke(frames uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tally.Sound += frames
}

// setMode changes what the camera does from an instant on, its connections and its own port included.
func (c *camera) setMode(m Mode, at time.Time) {
	m = cmp.Or(m, ModePlay)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.port != nil {
		c.port.wish(m.port())
	}
	if m == c.mode {
		return
	}
	c.logger.Info("camera changes its mode", "camera", c.id, "mode", string(m))
	if m.hangsUp() || c.mode.breaks() {
		c.hangUp()
	}
	if m == ModePlay {
		c.tally.BackAt = time.Now().UnixMilli()
	}
	c.mode, c.since = m, at
}

// raise lets the camera report that an alarm begins or ends. One that sends nothing tells of no beginning.
func (c *camera) raise(a Alarm, on bool, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if on && !c.mode.sends() {
		return
	}
	c.logger.Info("camera reports an alarm", "camera", c.id, "kind", string(a.Kind), "name", a.Name, "on", on)
	c.board.tell(c.id, a, on, at)
	c.note(a.notification(c.id, "Changed", on, at))
}

// note lets a notification wait for the next picture. It needs the lock.
func (c *camera) note(news string) {
	if !c.tells {
		return
	}
	if len(c.told) == toldMost {
		c.told = c.told[1:]
	}
	c.told = append(c.told, documentOf(news))
}

func (c *camera) report() CameraReport {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tally
}
