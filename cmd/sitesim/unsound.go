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

// shows is the variant that a camera sends all the while.
func (m Mode) shows() variant {
	switch m {
	case ModeFreeze:
		return frozen
	case ModeBlack:
		return black
	case ModeCover:
		return covered
	case ModeBlur:
		return blurred
	case ModeTurn:
		return turned
	}
	return plain
}

// spoils is ffmpeg's filter for what comes of a picture; "" = it stays as it is.
func (v variant) spoils() string {
	switch v {
	case black:
		return "lutyuv=y=18:u=128:v=128,noise=c0s=4:c0f=t"
	case covered:
		return "split[seen][near];[near]gblur=sigma=60,eq=brightness=-0.2,crop=iw*0.85:ih:0:0[hand];[seen][hand]overlay=0:0,format=yuv420p"
	case blurred:
		return "gblur=sigma=6"
	case turned:
		return "rotate=12*PI/180,crop=iw*0.8:ih*0.7,scale=640:360,setsar=1"
	}
	return ""
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
