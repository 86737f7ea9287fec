package main

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func box(name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	return append(append(b, name...), body...)
}

func nalus(all ...[]byte) (b []byte) {
	for _, n := range all {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(n))), n...)
	}
	return b
}

func TestStartsPicture(t *testing.T) {
	idr, other := []byte{0x65, 1, 2}, []byte{0x41, 3}
	for name, c := range map[string]struct {
		fragment []byte
		want     bool
	}{
		"IDR behind its sets":  {append(box("moof", []byte("x")), box("mdat", nalus([]byte{0x67}, []byte{0x68}, idr))...), true},
		"not a key":            {append(box("moof", nil), box("mdat", nalus(other))...), false},
		"no data":              {box("moof", []byte("x")), false},
		"empty":                {nil, false},
		"a size of nothing":    {[]byte{0, 0, 0, 0, 'm', 'd', 'a', 't'}, false},
		"a size beyond":        {[]byte{0, 0, 1, 0, 'm', 'd', 'a', 't'}, false},
		"a unit beyond":        {box("mdat", []byte{0, 0, 0, 9, 0x65}), false},
		"a unit of nothing":    {box("mdat", []byte{0, 0, 0, 0, 0x65}), false},
		"a box that is no box": {[]byte{1, 2, 3}, false},
	} {
		require.Equal(t, c.want, startsPicture(c.fragment), name)
	}
}

func TestWatchFindsTheFirstOfWhatItSaw(t *testing.T) {
	w := newWatch(t.Context())
	defer w.stop()
	begun := time.Now()
	w.change([]byte(`{"topic":"camera","entity":"c1","data":{"state":"online"}}`))
	w.change([]byte(`{"topic":"alert","entity":"c1","data":{"state":"offline"}}`))
	w.change([]byte(`{"at":"…","last":3}`))
	w.change([]byte(`no JSON`))
	_, ok := w.offline("c1", begun)
	require.False(t, ok)
	w.change([]byte(`{"topic":"camera","entity":"c1","data":{"state":"offline"}}`))
	at, ok := w.offline("c1", begun)
	require.True(t, ok)
	require.WithinDuration(t, time.Now(), at, time.Minute)
	_, ok = w.offline("c1", time.Now().Add(time.Hour))
	require.False(t, ok, "that was before")
	_, ok = w.pictured("c1", begun)
	require.False(t, ok)
}

// A camera that is noticed only once it is back was not noticed.
func TestTake(t *testing.T) {
	last := time.UnixMilli(1_000_000)
	back := last.Add(12 * time.Second)
	at := func(s float64) []time.Time { return []time.Time{last.Add(time.Duration(s * float64(time.Second)))} }
	w := &watch{
		wentDown: map[string][]time.Time{"a": at(5), "b": at(12.5)},
		pictures: map[string][]time.Time{"a": at(13), "b": at(-1)},
	}
	r := &reconnected{byWay: map[string]*wait{}}
	away, now := report{}, report{}
	for _, id := range []string{"a", "b", "healthy"} {
		away.Cameras = append(away.Cameras, cameraReport{ID: id, LastAt: last.UnixMilli()})
		now.Cameras = append(now.Cameras, cameraReport{ID: id, BackAt: back.UnixMilli()})
	}
	r.take(w, map[string]string{"a": "drop", "b": "silent"}, away, now, 30*time.Second)
	require.Equal(t, []int{1, 1}, []int{r.Unnoticed, r.Unreturned})
	require.Equal(t, &wait{[]time.Duration{5 * time.Second}, []time.Duration{time.Second}}, r.byWay["drop"])
	require.Equal(t, &wait{[]time.Duration{30 * time.Second}, []time.Duration{30 * time.Second}}, r.byWay["silent"])
	r.sum()
	require.Equal(t, []float64{30, 30}, []float64{r.NoticedP95, r.P95})
}
