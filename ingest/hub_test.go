package ingest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"zhihui/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func unit(session uint64, key bool) *models.AccessUnit {
	return &models.AccessUnit{Camera: "gate", Session: session, Key: key, NALUs: [][]byte{make([]byte, 100)}}
}

// ready takes what waits in the reader without waiting.
func ready(r *Reader) (seqs []uint64) {
	for {
		u, _ := r.take()
		if u == nil {
			return seqs
		}
		seqs = append(seqs, u.Seq)
	}
}

func TestHubGivesANewReaderTheCurrentGOP(t *testing.T) {
	h := NewHub(DefaultConfig())
	early := h.Subscribe("gate", 8)
	defer early.Close()
	for _, key := range []bool{false, true, false, true, false, false} {
		h.Publish(unit(1, key))
	}
	late := h.Subscribe("gate", 1)
	defer late.Close()
	require.Equal(t, []uint64{2, 3, 4, 5, 6}, ready(early), "what cannot be decoded is not given")
	require.Equal(t, []uint64{4, 5, 6}, ready(late))
	require.Zero(t, h.dropped.Load())
	h.Publish(unit(1, false))
	require.Equal(t, []uint64{7}, ready(early))
	require.Equal(t, []uint64{7}, ready(late))
}

func TestHubShowsNoOldPicture(t *testing.T) {
	h := NewHub(DefaultConfig())
	h.Publish(unit(1, true))
	h.Rest("gate")
	r := h.Subscribe("gate", 4)
	defer r.Close()
	require.Empty(t, ready(r))
	h.Publish(unit(2, false))
	require.Empty(t, ready(r))
	h.Publish(unit(2, true))
	require.Equal(t, []uint64{3}, ready(r))
	h.Publish(unit(3, false)) // a renewed connection that begins in the middle of a GOP
	require.Empty(t, ready(r))
	require.Zero(t, h.dropped.Load())
}

func TestHubBoundsTheGOP(t *testing.T) {
	config := DefaultConfig()
	config.GOPUnits, config.GOPBytes = 3, 1000
	h := NewHub(config)
	kept := func() int {
		r := h.Subscribe("gate", 1)
		defer r.Close()
		return len(ready(r))
	}
	for i, want := range []int{1, 2, 3, 0, 0} {
		h.Publish(unit(1, i == 0))
		require.Equal(t, want, kept(), i)
	}
	large := unit(1, false)
	large.NALUs = [][]byte{make([]byte, 950)}
	h.Publish(unit(1, true))
	h.Publish(large)
	require.Zero(t, kept())
}

func TestReaderGoesOnAtAKeyUnitAfterADrop(t *testing.T) {
	h := NewHub(DefaultConfig())
	r := h.Subscribe("gate", 3)
	defer r.Close()
	for i := range 11 { // key units are 1, 5 and 9
		h.Publish(unit(1, i%4 == 0))
	}
	require.Equal(t, []uint64{9, 10, 11}, ready(r))
	require.Equal(t, uint64(8), h.dropped.Load())
}

func TestReaderIsBoundedByBytesToo(t *testing.T) {
	config := DefaultConfig()
	config.GOPBytes = 1000
	h := NewHub(config)
	r := h.Subscribe("gate", 64)
	defer r.Close()
	for i := range 30 { // of 100 bytes, a key unit every fourth
		h.Publish(unit(1, i%4 == 0))
	}
	require.LessOrEqual(t, r.bytes, 1000)
	seqs := ready(r)
	require.Equal(t, []uint64{21, 22, 23, 24, 25, 26, 27, 28, 29, 30}, seqs, "the newest that fit, from a key unit on")
	require.EqualValues(t, 20, h.dropped.Load())
	require.Zero(t, r.bytes)
	large := &models.AccessUnit{Camera: "gate", Session: 1, Key: true, NALUs: [][]byte{make([]byte, 5000)}}
	h.Publish(large)
	require.Equal(t, []uint64{31}, ready(r), "one that is too large by itself is given all the same")
}

func TestReaderNext(t *testing.T) {
	h := NewHub(DefaultConfig())
	r := h.Subscribe("gate", 3)
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := r.Next(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	go h.Publish(unit(1, true))
	u, err := r.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, uint64(1), u.Seq)
	go h.Remove("gate")
	_, err = r.Next(t.Context())
	require.Equal(t, models.NotFound, models.CodeOf(err))
	h.Publish(unit(2, true)) // the camera is back on the site
	again := h.Subscribe("gate", 1)
	require.Equal(t, []uint64{2}, ready(again), "the numbers go on")
	again.Close()
	again.Close()
	_, err = again.Next(t.Context())
	require.Error(t, err)
}

func TestHubForgetsCamerasThatNeverWere(t *testing.T) {
	h := NewHub(DefaultConfig())
	a, b := h.Subscribe("nobody", 1), h.Subscribe("nobody", 1)
	a.Close()
	require.Len(t, h.feeds, 1)
	b.Close()
	require.Empty(t, h.feeds)
}

// Whatever comes and however slow the reader is: it gets units in order, each decodable, and the rest is counted.
func TestReaderIsAlwaysDecodable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := NewHub(DefaultConfig())
		depth := rapid.IntRange(1, 6).Draw(t, "depth")
		r := h.Subscribe("gate", depth)
		defer r.Close()
		var session, last, lastSession uint64
		published, read := uint64(0), uint64(0)
		take := func(t *rapid.T) {
			u, _ := r.take()
			if u == nil {
				return
			}
			require.Greater(t, u.Seq, last)
			if u.Seq != last+1 || u.Session != lastSession {
				require.True(t, u.Key, "unit %d after %d", u.Seq, last)
			}
			last, lastSession, read = u.Seq, u.Session, read+1
		}
		t.Repeat(map[string]func(*rapid.T){
			"publish": func(t *rapid.T) { published++; h.Publish(unit(session, rapid.Bool().Draw(t, "key"))) },
			"renew":   func(*rapid.T) { session++ },
			"take":    take,
			"": func(t *rapid.T) {
				require.LessOrEqual(t, r.count, depth)
				require.LessOrEqual(t, read+h.dropped.Load()+uint64(r.count), published)
			},
		})
	})
}

// One camera with three readers of which none reads: the cost of a unit in the hub.
func BenchmarkHubPublish(b *testing.B) {
	h := NewHub(DefaultConfig())
	for range 3 {
		defer h.Subscribe("gate", 64).Close()
	}
	units := make([]*models.AccessUnit, 1024)
	for i := range units {
		units[i] = unit(1, i%20 == 0)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		h.Publish(units[i%len(units)])
	}
}

func TestPublishDoesNotAllocate(t *testing.T) {
	h := NewHub(DefaultConfig())
	for range 3 {
		defer h.Subscribe("gate", 8).Close()
	}
	key, small := unit(1, true), unit(1, false)
	publish := func() {
		h.Publish(key)
		for range 19 {
			h.Publish(small)
		}
	}
	publish()
	require.Zero(t, testing.AllocsPerRun(100, publish))
}

func TestTakeGivesAllThatWaits(t *testing.T) {
	h := NewHub(DefaultConfig())
	h.Publish(unit(1, true))
	r := h.Record("gate", 2*time.Second)
	defer r.Close()
	h.Publish(unit(1, false))
	units, missed, ended := r.Take(nil)
	require.Len(t, units, 2, "the GOP at the subscription and what has come since")
	require.Zero(t, missed)
	require.False(t, ended)
	units, missed, _ = r.Take(units[:0])
	require.Empty(t, units)
	require.Zero(t, missed)
	h.Publish(unit(1, false))
	h.Remove("gate")
	units, _, ended = r.Take(units)
	require.Len(t, units, 1)
	require.True(t, ended)
}

func TestARecordingReaderHoldsItsSpan(t *testing.T) {
	h := NewHub(DefaultConfig())
	r := h.Record("gate", 12*time.Second)
	defer r.Close()
	begun, sent := time.Now(), 0
	send := func(seconds int) {
		for range seconds * 10 {
			u := unit(1, sent%20 == 0)
			u.NALUs = [][]byte{make([]byte, 50_000)} // 4 Mbit/s: more than a hub keeps for others
			u.ReceivedAt = begun.Add(time.Duration(sent) * 100 * time.Millisecond)
			h.Publish(u)
			sent++
		}
	}
	send(12)
	units, missed, _ := r.Take(nil)
	require.Len(t, units, sent)
	require.Zero(t, missed)
	before := sent
	send(60)
	units, missed, _ = r.Take(nil)
	require.Equal(t, sent-before, len(units)+missed, "what is not there is counted")
	require.True(t, units[0].Key)
	require.GreaterOrEqual(t, len(units), 100, "10 s at least")
	require.LessOrEqual(t, len(units), 122, "12 s at most")
}
