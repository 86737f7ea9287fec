package ingest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// clocks are vitals of cameras by how many seconds they are ahead of ours; who keeps it to himself has 1e9.
func clocks(ahead ...float64) (all []models.StreamVital) {
	for _, s := range ahead {
		v := models.StreamVital{}
		if ms := 1000 * s; s < 1e9 {
			v.OffsetMs = &ms
		}
		all = append(all, v)
	}
	return all
}

func TestOurOwnClockIsWrong(t *testing.T) {
	fast := slices.Repeat([]float64{20, 20.5, 19.5, 20.2}, 3)
	for name, c := range map[string]struct {
		ahead   []float64
		want    time.Duration
		cameras int
	}{
		"nobody":                     {nil, 0, 0},
		"nobody tells":               {[]float64{1e9, 1e9}, 0, 0},
		"right":                      {slices.Repeat([]float64{0.1, -0.2}, 100), 0, 0},
		"most are ahead":             {append(fast, 0, 50, 1e9), 20 * time.Second, 12},
		"most are behind":            {slices.Repeat([]float64{-28_800}, 900), -8 * time.Hour, 900},
		"too few to be sure":         {fast[:7], 0, 0},
		"a half of them":             {append(slices.Repeat([]float64{0}, 13), fast...), 0, 0},
		"each another time":          {[]float64{5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60}, 0, 0},
		"not so far that it matters": {slices.Repeat([]float64{2.9}, 50), 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := agreementOf(clocks(c.ahead...))
			require.InDelta(t, c.want, is.ahead, float64(time.Second))
			require.Equal(t, c.cameras, is.cameras)
		})
	}
}

// Then each camera is held against the others.
func TestACameraBesideTheOthers(t *testing.T) {
	h := NewHub(DefaultConfig())
	ahead, cameras := h.Clocks()
	require.Zero(t, ahead)
	require.Zero(t, cameras)
	all := clocks(append(slices.Repeat([]float64{20}, 10), 50, 0, 1e9)...)
	h.agree(all)
	require.InDelta(t, 0, *all[0].OffsetMs, 0.001)
	require.InDelta(t, 30_000, *all[10].OffsetMs, 0.001)
	require.InDelta(t, -20_000, *all[11].OffsetMs, 0.001)
	require.Nil(t, all[12].OffsetMs)
	ahead, cameras = h.Clocks()
	require.Equal(t, 20*time.Second, ahead)
	require.Equal(t, 10, cameras)
	h.agree(clocks(0, 0, 0))
	ahead, _ = h.Clocks()
	require.Zero(t, ahead)
}

// As the hub's own look tells it.
func TestTheHubHoldsClocksAgainstEachOther(t *testing.T) {
	h := NewHub(DefaultConfig())
	now := time.Now()
	for i := range 10 {
		for second := range 8 {
			at := now.Add(time.Duration(second) * time.Second)
			h.Publish(&models.AccessUnit{Camera: string(rune('a' + i)), Session: 1, ReceivedAt: at, NTP: at.Add(time.Minute), NALUs: [][]byte{{0x41, 1}}})
		}
	}
	all := h.vitals(now.Add(8 * time.Second))
	require.Len(t, all, 10)
	for _, v := range all {
		require.InDelta(t, 0, *v.OffsetMs, 1)
	}
	ahead, _ := h.Clocks()
	require.InDelta(t, time.Minute, ahead, float64(time.Millisecond))
}
