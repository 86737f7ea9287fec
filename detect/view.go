package detect

import (
	"time"
)

// view is something that a camera usually shows, such as its street by night: the means of some glances. 9 KB.
type view struct {
	energy, coarse []uint16        // of each cell, in 1/256; coarse is how its brightness differs from its neighbours'
	spread         [blocks]float64 // standard deviation of the brightness in each block
	luma           float64         // of the whole picture
	glances        int             // that it is made of
	since, last    time.Time
}

// learn takes a glance in. Of the first ones what all show is kept, so that who passes by is no part of it; from then on the
// means follow slowly.
func (v *view) learn(k sketch, at time.Time) {
	if v.glances == 0 {
		v.energy, v.coarse, v.luma, v.since = widened(k.energy), widened(k.coarse), k.luma, at
	}
	v.glances++
	v.last = at
	take := func(mean []uint16, now []byte) {
		for i, p := range now {
			if v.glances <= firstGlances {
				mean[i] = min(mean[i], uint16(p)<<8)
			} else {
				mean[i] = uint16(int(mean[i]) + (int(p)<<8-int(mean[i]))/slowest)
			}
		}
	}
	take(v.energy, k.energy)
	take(v.coarse, k.coarse)
	v.luma += (k.luma - v.luma) / float64(min(v.glances, slowest))
	for b := range v.spread {
		v.spread[b] += (k.spread[b] - v.spread[b]) / float64(min(v.glances, slowest))
	}
}

func widened(now []byte) []uint16 {
	wide := make([]uint16, len(now))
	for i, p := range now {
		wide[i] = uint16(p) << 8
	}
	return wide
}
