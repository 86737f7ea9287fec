package main

import "time"

// This file is what is wrong with the pictures of a camera that plays. How connections misbehave is at faults.

// skewedBy is how fast a clock is that nobody has set.
const skewedBy = 30 * time.Second

// leakEvery is which unit of a clip leak loses, unless it is a keyframe: more than one in ten.
const leakEvery = 6

// withholds tells whether a camera leaves out a unit of its clip.
func (m Mode) withholds(f *footage, i int) bool {
	switch m {
	case ModeThin:
		first, next := f.gop(i)
		return 3*(i-first) >= next-first
	case ModeKeyless:
		return f.units[i].key
	}
	return false
}

// loses tells whether a unit that a camera sends never arrives.
func (m Mode) loses(f *footage, i int) bool {
	return m == ModeLeak && i%leakEvery == leakEvery-1 && !f.units[i].key
}

// fast is by how much a camera's clock is fast.
func (m Mode) fast() time.Duration {
	if m == ModeSkew {
		return skewedBy
	}
	return 0
}

// gop returns where a unit's group of pictures begins, and where the next does.
func (f *footage) gop(i int) (first, next int) {
	first, next = f.keyBefore(i), i+1
	for next < len(f.units) && !f.units[next].key {
		next++
	}
	return first, next
}
