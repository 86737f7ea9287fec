package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

func TestReferenceLoad(t *testing.T) {
	l := reference(1043, 104, 500)
	require.Equal(t, l, reference(1043, 104, 500), "nothing is random")
	require.NoError(t, store.ValidateSite(l.withURLs()))
	require.Len(t, l.script.Cameras, 1043)
	require.Len(t, l.script.Sensors, 500)
	require.Equal(t, []string{asphalt, room, street}, (&bed{load: l}).clips())
	analysed, crowds, scenes := 0, 0, 0
	for i, c := range l.site.Cameras {
		require.Equal(t, c.ID, l.script.Cameras[i].ID)
		if c.Analyse {
			analysed++
		}
	}
	for _, o := range l.expected {
		require.Less(t, o.until, referenceLoop, "%s ends within the round", o.source)
		switch {
		case o.always:
			crowds++
		case o.source[0] == 'c':
			scenes++
		}
	}
	require.Equal(t, []int{104, 10, 8}, []int{analysed, crowds, scenes})
	require.Len(t, l.expected, 10+8+20)
	require.Len(t, l.script.Events, 2*8)
}

// withURLs is the site as a bed tells zhihui of it.
func (l load) withURLs() (s models.Site) {
	s = l.site
	for i := range s.Cameras {
		s.Cameras[i].URL = "rtsp://127.0.0.1:8554/" + s.Cameras[i].ID
	}
	return s
}

func TestMix(t *testing.T) {
	require.Equal(t, []int{0, 10, 11, 12, 13, 14, 15, 16, 17, 18}, mix(104, 10))
	require.Equal(t, []int{0, 1, 2, 3}, mix(4, 8))
	require.Len(t, mix(200, 200), 200)
}

func TestTroubledLoad(t *testing.T) {
	l, ways := reconnectCmd{Cameras: 1000, Round: 30 * time.Second}.troubled()
	d := &bed{load: l}
	require.Len(t, ways, 200)
	require.Len(t, d.healthy(), 700)
	modes, leaving := map[string]int{}, map[string]int{}
	for _, a := range l.script.Cameras {
		modes[a.Mode]++
		require.Equal(t, ownPort(a.Mode) || ownPort(ways[a.ID]), a.own, a.ID)
	}
	for _, way := range ways {
		leaving[way]++
	}
	require.Len(t, modes, 1+len(faults()), "each of them, and none")
	require.Len(t, leaving, len(departures()))
	for _, n := range leaving {
		require.GreaterOrEqual(t, n, 33)
	}
}
