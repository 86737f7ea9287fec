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
		"units sent, accepted, lost; redials +9 8 1; 0 *\n":                    &ingested{Sent: 9, Accepted: 8, Lost: 1},
		"% of a core a camera +0.4 +2 +3":                                      &analysed{Ours: 0.4, Motion: 2, FFmpeg: 3},
		"by drop +1 +2 *\n(.*\n)*healthy.* 0 +7":                               &reconnected{HealthyLost: 7, byWay: map[string]*wait{"drop": {[]time.Duration{time.Second}, []time.Duration{2 * time.Second}}}},
		"300 +0.5 +0.3 +0.2 *\n.*cores +0.02 *\ndearest above cheapest +5.0 %": &scaled{Sizes: []int{300}, Milli: []float64{0.5}, Pulled: []float64{0.3}, Plain: []float64{0.2}, Spread: 5, Idle: 0.02},
		"clerk /search\\?q=桥, ms p95 +12 *\n":                                  &grown{pages: []page{{"clerk", "/search?q=%E6%A1%A5", 0.012}}},
	} {
		var out bytes.Buffer
		require.NoError(t, (&bench{out: &out}).print(r))
		require.Regexp(t, want, out.String())
	}
}
