package ingest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// pass publishes units of 1,000 bytes from an instant on, ten a second, the first of every twenty a key unit.
func pass(h *Hub, session uint64, from time.Time, n int) {
	for i := range n {
		at := time.Duration(i) * 100 * time.Millisecond
		u := &models.AccessUnit{Camera: "gate", Codec: models.H264, Session: session, PTS: at, ReceivedAt: from.Add(at), NALUs: [][]byte{make([]byte, 1000)}}
		if u.Key = i%20 == 0; u.Key {
			sps := rtsptest.SPS()
			u.NALUs = [][]byte{sps, make([]byte, 1000-len(sps))}
		}
		h.Publish(u)
	}
}

func TestMeasures(t *testing.T) {
	h := NewHub(DefaultConfig())
	require.Empty(t, h.Measures(noon))
	pass(h, 1, noon, 300)
	h.Lose("gate", 3)
	h.Lose("nobody", 1)
	at := func(s float64) models.CameraMeasure {
		all := h.Measures(noon.Add(time.Duration(s * float64(time.Second))))
		require.Len(t, all, 1)
		return all[0]
	}
	want := models.CameraMeasure{Camera: "gate", Codec: "H.264 High", Width: 352, Height: 288, FPS: 10, BitRate: 80_000, GOPMs: 2000,
		Units: 300, Lost: 3, LastAt: models.At(noon.Add(29900 * time.Millisecond))}
	require.Equal(t, want, at(30))
	require.InDelta(t, 5, at(35).FPS, 0.01, "what does not come counts")
	require.Zero(t, at(50).FPS)
	require.Zero(t, at(50).BitRate)
}

func TestMeasuresOfAFreshStream(t *testing.T) {
	h := NewHub(DefaultConfig())
	rate := func(after time.Duration) float64 { return h.Measures(noon.Add(after))[0].FPS }
	pass(h, 1, noon, 4)
	require.Zero(t, rate(400*time.Millisecond), "no whole second yet")
	pass(h, 2, noon.Add(500*time.Millisecond), 35)
	require.InDelta(t, 10, rate(3900*time.Millisecond), 0.01, "the second in which it began is not counted")
	require.Equal(t, int64(2000), h.Measures(noon)[0].GOPMs)
	pass(h, 3, noon.Add(5*time.Second), 1)
	require.Zero(t, h.Measures(noon)[0].GOPMs, "of another session")
}

func TestTheNewestKeyUnitStays(t *testing.T) {
	h := NewHub(DefaultConfig())
	require.Nil(t, h.Newest("gate"))
	pass(h, 1, noon, 25)
	h.Rest("gate")
	require.Equal(t, noon.Add(2*time.Second), h.Newest("gate").ReceivedAt)
	h.Remove("gate")
	require.Nil(t, h.Newest("gate"))
	require.Empty(t, h.Measures(noon))
	pass(h, 2, noon, 1)
	require.Equal(t, int64(1), h.Measures(noon)[0].Units)
}
