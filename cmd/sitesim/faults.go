package main

import (
	"crypto/rand"
	"time"
)

// This file is how connections misbehave. What a mode means is at the modes; how a port does is at port.

// babbleSize is how much comes at a time that is no RTSP.
const babbleSize = 1000

// noise returns bytes that begin no frame.
func noise() []byte {
	b := make([]byte, babbleSize)
	rand.Read(b) // never fails: see crypto/rand
	b[0] = '#'
	return b
}

// babbleTo gives noise to who plays.
func babbleTo(readers []*link) {
	b := noise()
	for _, l := range readers {
		l.write(b) // what a slow reader misses of it is no loss
	}
}

// babble answers with noise until the connection is left or ended.
func (l *link) babble() {
	for l.write(noise()) == nil && l.wait(unitPeriod) {
	}
}

// trickle answers one byte a second until the answer is told or the connection is left or ended.
func (l *link) trickle(answer []byte) {
	for len(answer) > 0 && l.write(answer[:1]) == nil && l.wait(time.Second) {
		answer = answer[1:]
	}
}

// wait tells whether the time passed without the connection being left.
func (l *link) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-l.left:
		return false
	case <-timer.C:
		return true
	}
}

// middle tells whether a unit stands in the middle of its group of pictures.
func (f *footage) middle(i int) bool {
	first, next := f.gop(i)
	return 2*(i-first) >= next-first-1
}
