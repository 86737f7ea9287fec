package ingest

import (
	"context"
	"slices"
	"time"

	"zhihui/models"
)

// Reader takes the access units of one camera, for one goroutine. What it gives can always be decoded: it begins with a
// key unit, and after it was too slow, or the camera's connection was renewed, it goes on with the next one.
type Reader struct {
	hub    *Hub
	camera string
	feed   *feed
	wake   chan struct{} // holds one token while something may be waiting

	// Under feed.mu:
	backlog []*models.AccessUnit // the GOP at the subscription, before anything in ring
	ring    []*models.AccessUnit
	head    int // of the oldest unit in ring
	count   int
	bytes   int           // of the units in ring
	most    int           // … at most
	span    time.Duration // from the oldest unit in ring to the newest, at most; 0 = as many as there is room for
	skip    skip
	missed  int // dropped since the last Take
	ended   bool
}

// skip tells why a reader passes over units until the next key unit.
type skip int

const (
	skipNone  skip = iota
	skipStart      // a stream has begun, nothing is missed
	skipSlow       // the reader was too slow: what it passes over is counted
)

// push queues the unit. When the ring is full, by units or by bytes, the oldest units go, up to the next key unit: those
// between cannot be decoded without them. A unit that is too large for the ring by itself is queued alone.
func (r *Reader) push(u *models.AccessUnit, fresh bool) {
	if fresh && r.skip == skipNone {
		r.skip = skipStart
	}
	size := u.Size()
	for r.full(u, size) && (u.Key || r.skip == skipNone) {
		r.overflow()
	}
	if u.Key {
		r.skip = skipNone
	}
	switch r.skip {
	case skipSlow:
		r.drop(1)
		return
	case skipStart:
		return
	}
	r.ring[(r.head+r.count)%len(r.ring)] = u
	r.count++
	r.bytes += size
	r.signal()
}

func (r *Reader) full(u *models.AccessUnit, size int) bool {
	return r.count == len(r.ring) || r.count > 0 && (r.bytes+size > r.most || r.span > 0 && u.ReceivedAt.Sub(r.ring[r.head].ReceivedAt) > r.span)
}

func (r *Reader) drop(units int) {
	r.hub.dropped.Add(uint64(units))
	r.missed += units
}

// overflow drops at least one unit, and all up to the next key unit. The backlog is older than any of them.
func (r *Reader) overflow() {
	r.drop(len(r.backlog))
	r.backlog = nil
	for {
		r.pop()
		r.drop(1)
		if r.count == 0 {
			r.skip = skipSlow
			return
		}
		if r.ring[r.head].Key {
			return
		}
	}
}

func (r *Reader) pop() *models.AccessUnit {
	u := r.ring[r.head]
	r.ring[r.head] = nil
	r.head = (r.head + 1) % len(r.ring)
	r.count--
	r.bytes -= u.Size()
	return u
}

func (r *Reader) signal() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *Reader) end() {
	r.ended = true
	r.signal()
}

// Next waits for the next unit. It returns ctx's error when ctx ends first, and a models.Error with the code NotFound
// when the camera was removed or the reader closed.
func (r *Reader) Next(ctx context.Context) (*models.AccessUnit, error) {
	for {
		u, ended := r.take()
		switch {
		case u != nil:
			return u, nil
		case ended:
			return nil, models.Errorf(models.NotFound, "摄像机 %s 已被移除", r.camera)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-r.wake:
		}
	}
}

func (r *Reader) take() (u *models.AccessUnit, ended bool) {
	r.feed.mu.Lock()
	defer r.feed.mu.Unlock()
	switch {
	case r.ended:
		return nil, true
	case len(r.backlog) > 0:
		u, r.backlog[0] = r.backlog[0], nil
		r.backlog = r.backlog[1:]
		return u, false
	case r.count > 0:
		return r.pop(), false
	}
	return nil, false
}

// Take appends to units all that wait, without waiting for more. Missed is how many were dropped since the Take before because
// they had waited for too long, or hung on one that had; ended says that the camera was removed: a new reader is needed.
func (r *Reader) Take(units []*models.AccessUnit) (all []*models.AccessUnit, missed int, ended bool) {
	r.feed.mu.Lock()
	defer r.feed.mu.Unlock()
	units = append(units, r.backlog...)
	for r.backlog = nil; r.count > 0; {
		units = append(units, r.pop())
	}
	missed, r.missed = r.missed, 0
	return units, missed, r.ended
}

// Close ends the reader. It may be called more than once and beside Next.
func (r *Reader) Close() {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	f := r.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	r.end()
	r.backlog, r.count, r.bytes = nil, 0, 0
	clear(r.ring)
	f.readers = slices.DeleteFunc(f.readers, func(other *Reader) bool { return other == r })
	if len(f.readers) == 0 && f.seq == 0 && r.hub.feeds[r.camera] == f {
		delete(r.hub.feeds, r.camera) // a camera that never was must not stay here for ever
	}
}
