package live

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4/seekablebuffer"

	"zhihui/models"
)

// ticks is the time scale of all fragments, a second.
const ticks = 90000

// fragment is one picture as moof + mdat, at time 0: each viewer has its own time line, see place.
type fragment struct {
	bytes  []byte
	length int64 // ticks
}

// Where mediacommon puts the decode time: moof 8, mfhd 16, traf 8, tfhd 16, and 12 into tfdt.
const tfdtAt = 8 + 16 + 8 + 16 + 12

// place writes the fragment at time at into buf's memory and returns it.
func (f *fragment) place(buf []byte, at int64) []byte {
	buf = append(buf[:0], f.bytes...)
	binary.BigEndian.PutUint64(buf[tfdtAt:], uint64(at))
	return buf
}

// muxer makes fragments of the units of one camera. After a gap (a lost unit, a new session) it waits for a key picture.
type muxer struct {
	params  parameters
	header  *header // nil before the first complete parameters
	order   decodeOrder
	lengths lengths
	session uint64
	seq     uint64
	count   uint32
	broken  bool // pictures are missing: what follows cannot be decoded before the next key picture
}

// add returns the unit's fragment, nil when there is none; the header changes only with a key picture.
func (m *muxer) add(u *models.AccessUnit) (*fragment, error) {
	if m.header == nil || u.Session != m.session || u.Seq != m.seq+1 {
		m.broken = true
	}
	m.session, m.seq = u.Session, u.Seq
	if m.broken && !u.Key || !sound(u) {
		m.broken = true
		return nil, nil
	}
	if u.Key {
		if err := m.begin(u); err != nil {
			m.broken = true
			return nil, err
		}
	}
	return m.fragment(u)
}

// begin takes over a key picture's parameters.
func (m *muxer) begin(u *models.AccessUnit) error {
	p := m.params.find(u)
	if !p.complete() {
		return fmt.Errorf("a key picture without its parameter sets")
	}
	if m.header == nil || !p.equal(m.params) {
		h, err := p.header()
		if err != nil {
			return err
		}
		m.params, m.header = p, h
		m.broken = true
	}
	if m.broken {
		m.order = newDecodeOrder(u.Codec)
		m.lengths.pause()
		m.broken = false
	}
	return nil
}

func (m *muxer) fragment(u *models.AccessUnit) (*fragment, error) {
	pts := int64(u.PTS) * ticks / int64(time.Second)
	dts := m.order.decodeTime(u.NALUs, pts)
	length := m.lengths.next(dts)
	payload, err := h264.AVCC(u.NALUs).Marshal() // the same form for H.265
	if err != nil {
		return nil, fmt.Errorf("put an access unit into MP4: %w", err)
	}
	m.count++
	part := fmp4.Part{SequenceNumber: m.count, Tracks: []*fmp4.PartTrack{{ID: 1, Samples: []*fmp4.Sample{{
		Duration: uint32(length), PTSOffset: int32(pts - dts), IsNonSyncSample: !u.Key, Payload: payload,
	}}}}}
	var buf seekablebuffer.Buffer
	if err := part.Marshal(&buf); err != nil {
		return nil, fmt.Errorf("make a fragment: %w", err)
	}
	return &fragment{bytes: buf.Bytes(), length: length}, nil
}

// sound tells whether the code below can take the unit.
func sound(u *models.AccessUnit) bool {
	for _, n := range u.NALUs {
		if len(n) == 0 {
			return false
		}
	}
	return len(u.NALUs) > 0 && (u.Codec == models.H264 || u.Codec == models.H265)
}
