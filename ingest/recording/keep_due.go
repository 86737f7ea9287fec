package recording

import (
	"cmp"
	"slices"
	"time"

	"zhihui/models"
	"zhihui/models/store"
)

// cause is why footage is deleted.
type cause string

const (
	byAge   cause = "age"
	byBytes cause = "bytes" // its camera has more than it may
	byFree  cause = "free"  // of the disk there is too little
)

// due is footage that is to go: the oldest of a camera, or ("") of all, that had ended by an instant, until so many bytes are gone
// (0 = all of it).
type due struct {
	camera string
	before models.Time
	bytes  int64
	cause  cause
}

// endOfTime is after everything that was recorded, whatever our clock said then.
const endOfTime = models.Time(1 << 62)

// ageOf is how long a camera's footage is kept that no clip covers.
func (k Keep) ageOf(r models.Recording) time.Duration {
	if r.KeepDays > 0 {
		return time.Duration(r.KeepDays) * day
	}
	return k.Footage.Std()
}

// tooOld is what has reached its age today; 0 makes nothing old. Cameras that the site no longer has age as the settings say.
func (k Keep) tooOld(recorded map[string]store.Footage, cameras map[string]models.Recording, today models.Time) (all []due) {
	for camera, f := range recorded {
		before := today.Add(-k.ageOf(cameras[camera]))
		if f.Loose > 0 && f.Oldest < before {
			all = append(all, due{camera: camera, before: before, cause: byAge})
		}
	}
	return inOrder(all)
}

// tooMuch is what cameras have beyond their bytes.
func (k Keep) tooMuch(recorded map[string]store.Footage, cameras map[string]models.Recording) (all []due) {
	for camera, f := range recorded {
		most := cmp.Or(cameras[camera].KeepBytes, k.Bytes)
		if most > 0 && f.Loose > most {
			all = append(all, due{camera: camera, before: endOfTime, bytes: f.Loose - most, cause: byBytes})
		}
	}
	return inOrder(all)
}

func inOrder(all []due) []due {
	slices.SortFunc(all, func(a, b due) int { return cmp.Compare(a.camera, b.camera) })
	return all
}

// tooFull is what has to go so that there is room again: a tenth more than the floor, so that it is not asked for at each look.
func (r Room) tooFull() []due {
	if r.Total == 0 || r.Free >= r.Floor {
		return nil
	}
	return []due{{before: endOfTime, bytes: r.Floor + r.Floor/10 - r.Free, cause: byFree}}
}

// oldest takes from the beginning of what is loose, oldest first, until a due's bytes are reached; what is in the writer's hand is
// passed over.
func (d due) oldest(loose []models.Segment, inHand func(file string) bool) (taken []models.Segment) {
	var bytes int64
	for _, s := range loose {
		if d.bytes > 0 && bytes >= d.bytes {
			break
		}
		if !inHand(s.File()) {
			taken, bytes = append(taken, s), bytes+s.Bytes
		}
	}
	return taken
}

// Short is footage that was deleted for want of room before it had reached its age; the zero Short is none.
type Short struct {
	At     models.Time   // of the newest such deletion
	Age    time.Duration // least of those in the last day
	Wanted time.Duration // how old it should have got
}

const shortFor = day // after the last deletion of that kind

// after takes in that segments were deleted for want of room.
func (s Short) after(deleted []models.Segment, wanted func(camera string) time.Duration, today models.Time) Short {
	if today.Sub(s.At) > shortFor {
		s = Short{}
	}
	for _, x := range deleted {
		age := max(0, today.Sub(x.To))
		if age < wanted(x.Camera) && (s.At == 0 || age <= s.Age) {
			s.Age, s.Wanted = age, wanted(x.Camera)
		}
		if age < wanted(x.Camera) {
			s.At = today
		}
	}
	return s
}
