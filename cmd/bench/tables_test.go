package main

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The keys that others read must stay.
func TestKeys(t *testing.T) {
	for want, r := range map[string]result{
		"bench cameras analysed sensors sent accepted lost cores_main cores_vision cores_sim rss_mb events_expected events_found": &ingested{},
		"bench cameras ours_pct_per_camera motion_pct ffmpeg_pct":                                                                 &analysed{},
		"bench returning p95_s noticed_p95_s healthy_lost":                                                                        &reconnected{},
		"bench cameras cores_extra lost seek_p95_ms timeline_p95_ms clip_ready_p95_s":                                             &recorded{},
	} {
		text, err := json.Marshal(r)
		require.NoError(t, err)
		var keys map[string]any
		require.NoError(t, json.Unmarshal(text, &keys))
		for _, k := range bytes.Fields([]byte(want)) {
			require.Contains(t, keys, string(k))
		}
	}
}

func TestTables(t *testing.T) {
	for want, r := range map[string]result{
		"units sent, accepted, lost; redials +9 8 1; 0 *\n":                                    &ingested{Sent: 9, Accepted: 8, Lost: 1},
		"% of a core a camera +0.4 +2 +3":                                                      &analysed{Ours: 0.4, Motion: 2, FFmpeg: 3},
		"by drop +1 +2 *\n(.*\n)*healthy.* 0 +7":                                               &reconnected{HealthyLost: 7, byWay: map[string]*wait{"drop": {[]time.Duration{time.Second}, []time.Duration{2 * time.Second}}}},
		"300 +0.5 +0.4 +0.2 +0.1 *\n.*core +0.02 *\ndearest above cheapest +5.0 %":             &scaled{Sizes: []int{100, 300}, Each: []float64{1, 0.5}, More: []float64{0.4}, Plain: []float64{1, 0.2}, PlainMore: []float64{0.1}, Spread: 5, Idle: 0.02},
		"cores of zhihui +0.1 +0.25 +0.15 +2 *\nunits sent, kept, lost; redials +9 8 1; 0 *\n": &recorded{Pulled: 0.1, Recorded: 0.25, Extra: 0.15, FFmpeg: 2, Sent: 9, Kept: 8, Lost: 1},
		"clerk /search\\?q=桥, ms p95 +12 *\n":                                                  &grown{pages: []page{{"clerk", "/search?q=%E6%A1%A5", 0.012}}},
	} {
		var out bytes.Buffer
		require.NoError(t, (&bench{out: &out}).print(r))
		require.Regexp(t, want, out.String())
	}
}

func TestPerCamera(t *testing.T) {
	each, more := perCamera([]int{100, 300}, []trace{{seen: []float64{60, 50, 500}}, {seen: []float64{110, 110, 110}}}, 10)
	require.Equal(t, []float64{0.5, 0.3333}, each)
	require.Equal(t, []float64{0.25}, more)
	require.InDelta(t, 50.0, apart(each), 0.1)
	require.Zero(t, apart(more))
}
