package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestTheStepFollowsTheSpan(t *testing.T) {
	keep := DefaultConfig().Keep
	for name, c := range map[string]struct {
		back, span time.Duration // from when, and for how long
		want       models.ReadingStep
	}{
		"an hour":                      {time.Hour, time.Hour, models.EveryReading},
		"two hours":                    {2 * time.Hour, 2 * time.Hour, models.EveryReading},
		"a day":                        {day, day, models.EveryMinute},
		"a week":                       {7 * day, 7 * day, models.EveryHour},
		"an hour that is packed away":  {2 * day, time.Hour, models.EveryMinute},
		"an hour of the month before":  {40 * day, time.Hour, models.EveryHour},
		"a day of the month before":    {40 * day, day, models.EveryHour},
		"the last years":               {4 * year, 4 * year, models.EveryHour},
		"a span that ends after today": {time.Hour, 3 * time.Hour, models.EveryMinute},
	} {
		from := noon.Add(-c.back)
		require.Equal(t, c.want, keep.step(models.At(from), models.At(from.Add(c.span)), models.At(noon)), name)
	}
}

// TestPagesGoBack: all pages together tell each reading once, folded or not, also where many come at one instant.
func TestPagesGoBack(t *testing.T) {
	for name, step := range map[string]time.Duration{"one at a time": time.Second, "seven at a time": time.Second / 7} {
		s, c := atNoon(t)
		all := level(noon, step, 400)
		for i := range all {
			all[i].At = floor(all[i].At, 1000)
		}
		for _, part := range [][]models.Reading{all[:150], all[150:151], all[151:]} {
			require.NoError(t, s.AppendReadings(t.Context(), part))
		}
		for _, folded := range []time.Duration{0, 3 * time.Minute, day} {
			c.now = noon.Add(folded)
			require.NoError(t, s.foldReadings(t.Context()))
			var told []models.Rollup
			pages := 0
			f := day1(models.EveryReading)
			for f.Limit = 30; ; pages++ {
				page := trend(t, s, f)
				require.LessOrEqual(t, len(page.Items), 30)
				told = append(page.Items, told...)
				if f.After = page.Next; f.After == "" {
					break
				}
			}
			require.Len(t, told, 400, name)
			for i, r := range told {
				require.Equal(t, rollup(all[i]), r)
			}
			require.InDelta(t, 14, pages, 2)
		}
	}
}

func TestPagesOfHoursGoBack(t *testing.T) {
	s, c := atNoon(t)
	require.NoError(t, s.AppendReadings(t.Context(), level(noon.Add(-30*time.Hour), 30*time.Minute, 70)))
	c.now = noon.Add(time.Minute)
	require.NoError(t, s.foldReadings(t.Context()))
	f := TrendFilter{From: models.At(noon.Add(-30*time.Hour + time.Minute)), To: models.At(noon.Add(time.Hour)), Step: models.EveryHour, Limit: 20}
	newer := trend(t, s, f)
	require.Equal(t, models.At(noon), newer.Items[19].At)
	f.After = newer.Next
	older := trend(t, s, f)
	require.Empty(t, older.Next)
	require.Len(t, older.Items, 11, "the hour that reaches into the span, too")
	require.Equal(t, newer.Items[0].At-hourLong, older.Items[10].At)
}

func TestASpanEndsBeforeItsEnd(t *testing.T) {
	s, c := atNoon(t)
	require.NoError(t, s.AppendReadings(t.Context(), level(noon, time.Second, 100)))
	for range 2 {
		at := models.At(noon)
		got := trend(t, s, TrendFilter{From: at + 10_000, To: at + 20_000, Limit: 1000})
		require.Equal(t, models.EveryReading, got.Step)
		require.Len(t, got.Items, 10)
		require.Equal(t, []float64{10, 19}, []float64{got.Items[0].Value, got.Items[9].Value})
		require.Len(t, trend(t, s, TrendFilter{From: at, To: at + 200_000, Step: models.EveryReading}).Items, DefaultLimit)
		c.now = noon.Add(time.Hour)
		require.NoError(t, s.foldReadings(t.Context()))
	}
	_, err := s.In(Whole).Trend(t.Context(), "none", TrendFilter{})
	require.Equal(t, models.NotFound, models.CodeOf(err))
	_, err = s.In(Whole).Trend(t.Context(), "level-1", TrendFilter{After: "yesterday"})
	require.ErrorContains(t, err, "after: ")
}
