package live

import (
	"testing"
	"time"

	"zhihui/models"
)

// One picture of a sub-stream (384 kbit/s, 10 a second), muxed once for all viewers, and placed for one of them.
func BenchmarkMuxer(b *testing.B) {
	m := newMuxer()
	sps := []byte{0x67, 0x64, 0x00, 0x0c, 0xac, 0x3b, 0x50, 0xb0, 0x4b, 0x42, 0x00, 0x00, 0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x3d, 0x08}
	slice := append([]byte{0x65, 0x88}, make([]byte, 4800)...)
	var buf []byte
	for i := 0; b.Loop(); i++ {
		u := &models.AccessUnit{Codec: models.H264, Seq: uint64(i + 1), Session: 1, Key: true, PTS: time.Duration(i) * 100 * time.Millisecond,
			NALUs: [][]byte{sps, {0x68, 0xce, 0x3c, 0x80}, slice}}
		part, err := m.add(u)
		if err != nil {
			b.Fatal(err)
		}
		buf = part.place(buf, int64(i)*9000)
	}
}
