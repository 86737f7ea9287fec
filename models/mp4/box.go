package mp4

import (
	"encoding/binary"
	"iter"
	"slices"
)

// Boxes are the boxes that lie one behind the other in b: name and content. It ends where b is no longer boxes.
func Boxes(b []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for len(b) >= 8 {
			size := binary.BigEndian.Uint32(b)
			if size < 8 || uint64(size) > uint64(len(b)) || !yield(string(b[4:8]), b[8:size]) {
				return
			}
			b = b[size:]
		}
	}
}

// Inside returns the content of the first box on the way of names, nil where there is none.
func Inside(b []byte, names ...string) []byte {
	for _, want := range names {
		var found []byte
		for name, content := range Boxes(b) {
			if name == want {
				found = content
				break
			}
		}
		if b = found; b == nil {
			return nil
		}
	}
	return b
}

func appendBox(b []byte, name string, content []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(8+len(content)))
	return append(append(b, name...), content...)
}

// withoutTrack is the initialisation segment without one of its tracks.
func withoutTrack(init []byte, track uint32) []byte {
	var all []byte
	for name, content := range Boxes(init) {
		if name == "moov" || name == "mvex" {
			content = withoutTrack(content, track)
		}
		if name == "trak" && trackOf(Inside(content, "tkhd"), 12) == track || name == "trex" && trackOf(content, 4) == track {
			continue
		}
		all = appendBox(all, name, content)
	}
	return slices.Clip(all)
}

// trackOf reads a track's number out of a box, 0 where it is too short.
func trackOf(content []byte, at int) uint32 {
	if len(content) < at+4 {
		return 0
	}
	return binary.BigEndian.Uint32(content[at:])
}
