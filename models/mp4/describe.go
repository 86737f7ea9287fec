package mp4

import (
	"encoding/binary"
	"fmt"
)

// describe takes over what a moof says. It knows the form in which we write and no other.
func (p *Part) describe(moof []byte) error {
	traf := Inside(moof, "traf")
	tfhd, tfdt, trun := Inside(traf, "tfhd"), Inside(traf, "tfdt"), Inside(traf, "trun")
	if len(tfhd) != 8 || len(tfdt) != 12 || len(trun) < 12 {
		return fmt.Errorf("a part's head that is not ours")
	}
	be := binary.BigEndian
	p.Track, p.At = be.Uint32(tfhd[4:]), int64(be.Uint64(tfdt[4:]))
	flags, each := uint32(trunData|trunLength|trunSize), 8
	if p.Track == Video {
		flags, each = flags|trunFlags|trunOffset, 16
	}
	count, offset, list := be.Uint32(trun[4:]), be.Uint32(trun[8:]), trun[12:]
	switch {
	case p.Track != Video && p.Track != Sound, be.Uint32(trun)&0xffffff != flags, offset != uint32(p.Head):
		return fmt.Errorf("a part's head that is not ours")
	case count == 0 || uint64(count)*uint64(each) != uint64(len(list)):
		return fmt.Errorf("a part whose head counts wrongly")
	case p.At < 0:
		return fmt.Errorf("a part before the file's beginning")
	}
	return p.list(list, each)
}

func (p *Part) list(list []byte, each int) error {
	be, media := binary.BigEndian, int64(p.Head)
	for ; len(list) > 0; list = list[each:] {
		e := Entry{Length: be.Uint32(list), Size: be.Uint32(list[4:]), Key: true}
		if each == 16 {
			e.Key, e.Offset = be.Uint32(list[8:])&needsOthers == 0, int32(be.Uint32(list[12:]))
		}
		p.Entries = append(p.Entries, e)
		p.Length += int64(e.Length)
		media += int64(e.Size)
	}
	if media != p.Size {
		return fmt.Errorf("a part whose media is not what its head says")
	}
	return nil
}
