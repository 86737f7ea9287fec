package mp4

import (
	"encoding/binary"
)

// Bounds of a part. A camera's unit is 16 MiB at most before it comes here; more is no picture.
const (
	MaxUnits = 512      // in one part
	maxUnit  = 64 << 20 // bytes of NAL units
	maxHead  = 1 << 20  // bytes of a moof: 512 units, or their sound
)

// Entry is one sample as a part's head describes it.
type Entry struct {
	Length uint32 // ticks of its track until the next one
	Size   uint32 // bytes
	Offset int32  // it is shown so many Ticks after it is decoded
	Key    bool
}

// Where the decode time lies: moof 8, mfhd 16, traf 8, tfhd 16, and 12 into tfdt; and in mfhd the number.
const (
	tfdtAt = 8 + 16 + 8 + 16 + 12
	mfhdAt = 8 + 12
)

// What a trun says of each of its samples, and what tells a sample that needs others.
const (
	trunData, trunLength, trunSize, trunFlags, trunOffset = 0x1, 0x100, 0x200, 0x400, 0x800
	needsOthers                                           = 1 << 16
)

// AppendPart lays samples down behind buf as one part, at most MaxUnits of them, and their sound, if any, as a part behind it.
// h is the samples' header; zero is what the file's time 0 is on the line of their DTS. The parts take the numbers seq and
// seq+1: give seq+2 to the next. Sound from before zero is left out, as it belongs to the file before: see Sample.Until.
func (h *Header) AppendPart(buf []byte, seq uint32, zero int64, samples []Sample) []byte {
	entries := make([]Entry, len(samples))
	for i, s := range samples {
		entries[i] = Entry{Length: s.Length, Offset: s.Offset, Key: s.Key}
		for _, n := range s.NALUs {
			entries[i].Size += uint32(4 + len(n))
		}
	}
	buf = AppendHead(buf, seq, Video, samples[0].DTS-zero, entries)
	for _, s := range samples {
		for _, n := range s.NALUs {
			buf = append(binary.BigEndian.AppendUint32(buf, uint32(len(n))), n...)
		}
	}
	return h.appendSound(buf, seq+1, zero, samples)
}

// appendSound stretches a frame over what is missing behind it.
func (h *Header) appendSound(buf []byte, seq uint32, zero int64, samples []Sample) []byte {
	zero = zero/Ticks*h.rate + zero%Ticks*h.rate/Ticks
	var entries []Entry
	var all []SoundSample
	for _, s := range samples {
		for _, f := range s.Sound {
			if f.At < zero || len(all) > 0 && f.At <= all[len(all)-1].At {
				continue
			}
			if n := len(all); n > 0 {
				entries[n-1].Length = uint32(f.At - all[n-1].At)
			}
			all, entries = append(all, f), append(entries, Entry{Length: f.Length, Size: uint32(len(f.Payload)), Key: true})
		}
	}
	if len(all) == 0 {
		return buf
	}
	buf = AppendHead(buf, seq, Sound, all[0].At-zero, entries)
	for _, f := range all {
		buf = append(buf, f.Payload...)
	}
	return buf
}

// AppendHead writes a moof and the head of its mdat behind buf: the samples' bytes are to follow it, in their order.
func AppendHead(buf []byte, seq uint32, track uint32, at int64, entries []Entry) []byte {
	flags, each := uint32(trunData|trunLength|trunSize), 8
	if track == Video {
		flags, each = flags|trunFlags|trunOffset, 16
	}
	trun, be, media := 20+each*len(entries), binary.BigEndian, uint32(8)
	for _, e := range entries {
		media += e.Size
	}
	box := func(size int, name string, words ...uint32) {
		buf = append(be.AppendUint32(buf, uint32(size)), name...)
		for _, w := range words {
			buf = be.AppendUint32(buf, w)
		}
	}
	moof := tfdtAt + 8 + trun
	box(moof, "moof")
	box(16, "mfhd", 0, seq)
	box(moof-8-16, "traf")
	box(16, "tfhd", 0x020000, track) // offsets are from the moof
	box(20, "tfdt", 1<<24, uint32(uint64(at)>>32), uint32(at))
	box(trun, "trun", 1<<24|flags, uint32(len(entries)), uint32(moof+8))
	for _, e := range entries {
		buf = be.AppendUint32(be.AppendUint32(buf, e.Length), e.Size)
		if track == Video {
			buf = be.AppendUint32(be.AppendUint32(buf, flagsOf(e.Key)), uint32(e.Offset))
		}
	}
	box(int(media), "mdat")
	return buf
}

func flagsOf(key bool) uint32 {
	if key {
		return 0
	}
	return needsOthers
}

// Place gives the part of ours that part begins with another number and time, in ticks of its track.
func Place(part []byte, seq uint32, at int64) {
	binary.BigEndian.PutUint32(part[mfhdAt:], seq)
	binary.BigEndian.PutUint64(part[tfdtAt:], uint64(at))
}

// Until says that next follows s: s lasts until then, and what was heard before next was heard during s.
func (s *Sample) Until(next *Sample) {
	s.Length = uint32(next.DTS - s.DTS)
	s.Sound, next.Sound = append(s.Sound, next.Sound...), nil
}
