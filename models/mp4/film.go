package mp4

import (
	"fmt"

	"zhihui/models"
)

// Sample is a unit as it stands in a part. It shares the unit's memory.
type Sample struct {
	DTS    int64  // when it is decoded, in Ticks, on the line of the units' PTS; grows until a sample is Fresh
	Offset int32  // it is shown so many Ticks after it is decoded, 0 or more
	Length uint32 // Ticks until the next is decoded: a guess, by the one before, for as long as the next has not come
	Key    bool
	Fresh  bool // it does not go on from the sample before: units are missing, or the session, the header or the clock is another
	NALUs  [][]byte
	Sound  []SoundSample
}

const (
	guess = Ticks / 10   // the length of a first picture
	leap  = 3600 * Ticks // a clock that leaps this far has been set
)

// Film turns the units of one camera into samples. After a gap (a lost unit, a new session) it waits for a key unit. The zero
// value is ready.
type Film struct {
	Mute bool // sound is left out

	params  parameters
	header  *Header // nil before the first complete parameters
	order   decodeOrder
	session uint64
	seq     uint64
	dts     int64 // of the sample before
	length  uint32
	broken  bool // units are missing: what follows cannot be decoded before the next key unit

	sound     *soundTrack // in the header
	nextSound *soundTrack // heard since: in the header from the next key unit on
	line      soundLine
}

// Header is what belongs before the last sample; it changes only where a sample is Fresh.
func (f *Film) Header() *Header { return f.header }

// Add returns the unit's sample, false when there is none.
func (f *Film) Add(u *models.AccessUnit) (Sample, bool, error) {
	if f.header == nil || u.Session != f.session || u.Seq != f.seq+1 {
		f.broken = true
	}
	f.session, f.seq = u.Session, u.Seq
	f.hear(u)
	if f.broken && !u.Key || !whole(u) {
		f.broken = true
		return Sample{}, false, nil
	}
	if u.Key {
		if err := f.begin(u); err != nil {
			f.broken = true
			return Sample{}, false, err
		}
	}
	return f.sample(u), true, nil
}

// hear notes the sound's coding: it comes into the header with the next key unit.
func (f *Film) hear(u *models.AccessUnit) {
	if f.Mute || len(u.Sound) == 0 {
		return
	}
	last := &u.Sound[len(u.Sound)-1]
	if f.sound.takes(last) || f.nextSound.takes(last) {
		return
	}
	if t := trackFor(last); t != nil {
		f.nextSound = t
	}
}

// begin takes over a key unit's parameters.
func (f *Film) begin(u *models.AccessUnit) error {
	p := f.params.find(u)
	if !p.complete() {
		return fmt.Errorf("a key picture without its parameter sets")
	}
	if f.header == nil || !p.equal(f.params) || f.nextSound != nil {
		sound := f.sound
		if f.nextSound != nil {
			sound = f.nextSound
		}
		h, err := makeHeader(p.coding(), sound)
		if err != nil {
			return err
		}
		f.params, f.header, f.sound, f.nextSound = p, h, sound, nil
		f.broken = true
	}
	return nil
}

func (f *Film) sample(u *models.AccessUnit) Sample {
	pts := scale(u.PTS, Ticks)
	if u.Key && !f.broken {
		f.broken = pts < f.dts || pts > f.dts+leap // the camera's clock was set
	}
	if f.broken {
		f.order = newDecodeOrder(u.Codec)
		f.line = soundLine{}
	}
	dts := f.order.decodeTime(u.NALUs, pts)
	if !f.broken {
		dts = min(max(dts, f.dts+1), f.dts+leap)
		f.length = uint32(dts - f.dts)
	} else if f.length == 0 {
		f.length = guess
	}
	s := Sample{DTS: dts, Offset: int32(min(max(pts-dts, 0), leap)), Length: f.length, Key: u.Key, Fresh: f.broken, NALUs: u.NALUs}
	f.dts, f.broken = dts, false
	s.Sound = f.play(u)
	return s
}

// play returns what the unit brings of the sound that the header describes.
func (f *Film) play(u *models.AccessUnit) []SoundSample {
	if f.Mute || f.sound == nil {
		return nil
	}
	var all []SoundSample
	for i := range min(len(u.Sound), maxSoundFrames) {
		if frame := &u.Sound[i]; f.sound.takes(frame) {
			if s, ok := f.line.next(f.sound, frame); ok {
				all = append(all, s)
			}
		}
	}
	return all
}

// whole tells whether the code below can take the unit.
func whole(u *models.AccessUnit) bool {
	for _, n := range u.NALUs {
		if len(n) == 0 {
			return false
		}
	}
	return len(u.NALUs) > 0 && u.Size() <= maxUnit && (u.Codec == models.H264 || u.Codec == models.H265)
}
