package storetest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
	"zhihui/models/store/storetest"
)

func TestDistrictIsAValidSite(t *testing.T) {
	site := storetest.District(33_000, 104, 500)
	require.NoError(t, store.ValidateSite(site))
	require.Len(t, site.Areas, 1+30+300+3000)
	require.Len(t, site.Sensors, 500)
	pulled, in := 0, map[string]int{}
	for _, c := range site.Cameras {
		in[c.Area]++
		if !c.Disabled {
			pulled++
		}
	}
	require.Equal(t, 104, pulled)
	require.Len(t, in, 3000, "every grid has cameras")
	require.Equal(t, site, storetest.District(33_000, 104, 500), "nothing is random")
}

func TestHistoryEndsNow(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	alerts, orders, live := 0, 0, 0
	var last models.Alert
	for a, o := range storetest.History(storetest.District(100, 0, 0), 1000, now) {
		require.Greater(t, a.ID, last.ID)
		alerts, last = alerts+1, a
		if a.State.Live() {
			live++
		}
		if o != nil {
			orders++
			require.Equal(t, a.State.Live(), !o.State.Done())
		}
	}
	require.Equal(t, []int{1000, 200, storetest.Live}, []int{alerts, orders, live})
	require.Less(t, last.OpenedAt, models.At(now))
}
