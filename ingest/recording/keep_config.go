package recording

import (
	"time"

	"zhihui/models"
)

// Keep says how long footage is kept. Camera.Record may say otherwise for one camera; what a hold covers is kept until it is lifted.
type Keep struct {
	Footage models.Duration `yaml:"footage"` // what no clip covers, an hour to ten years
	Clips   models.Duration `yaml:"clips"`   // what one covers, from its end on; not shorter than Footage
	Bytes   int64           `yaml:"bytes"`   // most of one camera, clips and holds apart, 10 MB at least; 0 = no bound
	Free    int64           `yaml:"free"`    // of the disk, in bytes: with less, the oldest goes. 0 = 5 GB, or a hundredth of the disk where that is more
}

// The bounds of what stays free. On the store's disk it is twice what the store needs to be well at least.
const (
	freeUsual      = 5_000_000_000
	freeShare      = 100
	freeWithStore  = 1_000_000_000
	freeLeast      = 1_000_000
	leastOfCamera  = 10_000_000
	day            = 24 * time.Hour
	longestFootage = 3650 * day
)

// DefaultKeep keeps footage for 30 days and clips for 90, whatever a camera's come to.
func DefaultKeep() Keep {
	return Keep{Footage: models.Duration(30 * day), Clips: models.Duration(90 * day)}
}

// Validate tells everything that is wrong with k, by field.
func (k Keep) Validate() error {
	var f models.Faults
	f.Add(k.Footage.Std() >= time.Hour && k.Footage.Std() <= longestFootage, "keep.footage", "footage is kept for 1h to 87600h, not %s", k.Footage)
	f.Add(k.Clips >= k.Footage && k.Clips.Std() <= longestFootage, "keep.clips", "clips are kept for as long as footage at least and 87600h at most, not %s", k.Clips)
	f.Add(k.Bytes == 0 || k.Bytes >= leastOfCamera, "keep.bytes", "a camera needs %d bytes at least, or 0 for no bound; not %d", leastOfCamera, k.Bytes)
	f.Add(k.Free == 0 || k.Free >= freeLeast, "keep.free", "%d bytes have to stay free at least, or 0 for the usual; not %d", freeLeast, k.Free)
	return f.Err()
}

// floor is how much of a disk of so many bytes is to stay free.
func (k Keep) floor(total int64, withStore bool) int64 {
	floor := k.Free
	if floor == 0 {
		floor = max(freeUsual, total/freeShare)
	}
	if withStore {
		floor = max(floor, freeWithStore)
	}
	return floor
}
