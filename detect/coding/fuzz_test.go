package coding

import (
	"testing"

	"zhihui/models"
)

// FuzzMeter reads pictures of files that are anything: whatever they hold, what is told is a number.
func FuzzMeter(f *testing.F) {
	for _, s := range samples {
		var file []byte
		for _, nalu := range unhex(f, append(s.sets, s.slices...)...) {
			file = append(append(file, 0, 0, 1), nalu...)
		}
		f.Add(file, s.codec == models.H265)
	}
	f.Fuzz(func(t *testing.T, file []byte, h265 bool) {
		codec := models.H264
		if h265 {
			codec = models.H265
		}
		var m Meter
		for n, p := range Cut(file, codec) {
			u := models.AccessUnit{Codec: codec, Session: 1, Seq: uint64(n + 1), Key: n == 0, NALUs: p.NALUs}
			if r, ok := m.Read(&u); ok && (r.Bytes <= 0 || !(r.QP >= lowestQP && r.QP <= highestQP)) {
				t.Fatalf("picture %d tells %+v", n, r)
			}
		}
	})
}
