package detect

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestTally(t *testing.T) {
	var y tally
	for n := range 300 { // ten pictures a second for half a minute, a look in five of them
		at := noon.Add(time.Duration(n) * 100 * time.Millisecond)
		y.add(at, Result{Decoded: true, ReceivedAt: at.Add(-80 * time.Millisecond), HasObjects: n%5 == 0}, awakeMotion)
	}
	y.add(noon.Add(30*time.Second), Result{Decoded: true, ReceivedAt: noon}, catchUp)
	y.add(noon.Add(30*time.Second), Result{Fault: "broken"}, awakeMotion)
	y.add(noon.Add(29*time.Second), Result{}, awakeMotion)
	pictures, looks := y.rates(noon.Add(30 * time.Second))
	require.Equal(t, []float64{10, 2}, []float64{pictures, looks})
	require.Equal(t, 80*time.Millisecond, y.delay, "what was kept does not count")
	pictures, _ = y.rates(noon.Add(35 * time.Second))
	require.InDelta(t, 5, pictures, 0.2)
	pictures, _ = y.rates(noon.Add(41 * time.Second))
	require.Zero(t, pictures)
}

func TestMeasuresTellHowACameraIsLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.eye.script["c1"] = walker // comes at 5, stands in the yard from 11 to 40
		night := yard()
		night.ID, night.Rules[0].Hours = "c2", "22:00-23:00" // the bubble begins at midnight
		status := yard()
		status.ID, status.Analyse = "c3", false
		require.NoError(t, h.Apply([]models.Camera{yard(), night, status}, nil))
		h.start()
		is := func(second float64) models.AnalysisMeasure {
			h.until(second)
			all := h.Measures(time.Now())
			require.Len(t, all, 2, "of those that are analysed")
			require.Equal(t, models.AnalysisOff, all["c2"].State)
			return all["c1"]
		}
		require.Equal(t, models.AnalysisAwake, is(2).State)
		require.Equal(t, models.AnalysisAsleep, is(4.5).State)
		m := is(11.2)
		require.Equal(t, models.AnalysisAwake, m.State)
		require.Equal(t, int64(30), m.DelayMs)
		m = is(35)
		require.Equal(t, models.AnalysisWatching, m.State)
		require.Equal(t, []float64{0.5, 0.5}, []float64{m.Pictures, m.Looks}, "a key unit every two seconds")
		require.Equal(t, models.AnalysisAsleep, is(59).State)
		h.end()
	})
}
