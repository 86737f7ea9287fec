package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// clock is a store's time that a test moves.
type clock struct{ now time.Time }

// atNoon is a store with a site whose clock stands at noon.
func atNoon(t *testing.T) (*Store, *clock) {
	s, c := withSite(t), &clock{noon}
	s.now = func() time.Time { return c.now }
	return s, c
}

// level makes readings of level-1, one every step from an instant on; the values count up from 0.
func level(from time.Time, step time.Duration, n int) []models.Reading {
	all := make([]models.Reading, n)
	for i := range all {
		all[i] = models.Reading{Sensor: "level-1", Value: float64(i), At: models.At(from.Add(time.Duration(i) * step))}
	}
	return all
}

// trend reads the past of level-1.
func trend(t *testing.T, s *Store, f TrendFilter) models.Trend {
	t.Helper()
	got, err := s.In(Whole).Trend(t.Context(), "level-1", f)
	require.NoError(t, err)
	return got
}

func day1(step models.ReadingStep) TrendFilter {
	return TrendFilter{From: models.At(noon.Add(-day)), To: models.At(noon.Add(day)), Step: step, Limit: MaxTrend}
}

func count(t *testing.T, s *Store, table string) int {
	t.Helper()
	n, err := s.read.NewSelect().Table(table).Count(t.Context())
	require.NoError(t, err)
	return int(n)
}

// TestFoldingChangesNothing: what a page is told is the same before, between and after, whatever the step.
func TestFoldingChangesNothing(t *testing.T) {
	s, c := atNoon(t)
	for i := range 30 { // flushes
		require.NoError(t, s.AppendReadings(t.Context(), level(noon.Add(time.Duration(i)*10*time.Second), 100*time.Millisecond, 100)))
	}
	require.NoError(t, s.AppendReadings(t.Context(), nil))
	told := func() (all []models.Trend) {
		for _, step := range []models.ReadingStep{models.EveryReading, models.EveryMinute, models.EveryHour} {
			all = append(all, trend(t, s, day1(step)))
		}
		return all
	}
	before := told()
	require.Len(t, before[0].Items, 3000)
	require.Len(t, before[1].Items, 5)
	require.Equal(t, []models.Rollup{{Reading: models.Reading{Sensor: "level-1", Value: 49.5, At: models.At(noon)}, Max: 99, Count: 3000}}, before[2].Items)
	for chunks, past := range []time.Duration{0, 2*time.Minute + foldSettle, 3*time.Minute + foldSettle, 3*time.Minute + foldSettle} {
		c.now = noon.Add(past)
		require.NoError(t, s.foldReadings(t.Context()))
		require.InDelta(t, chunks, count(t, s, "reading_chunks"), 1, "a minute at a time")
		now := told()
		require.Equal(t, before[0], now[0])
		for i := range before[1].Items {
			require.InDelta(t, before[1].Items[i].Value, now[1].Items[i].Value, 1e-9)
		}
		require.InDelta(t, 49.5, now[2].Items[0].Value, 1e-9)
		require.EqualValues(t, 3000, now[2].Items[0].Count)
	}
	c.now = noon.Add(time.Hour)
	require.NoError(t, s.foldReadings(t.Context()))
	require.Equal(t, []int{0, 5, 5, 1}, []int{count(t, s, "reading_log"), count(t, s, "reading_chunks"), count(t, s, "reading_minutes"), count(t, s, "reading_hours")})
	require.Equal(t, before[0], told()[0])
}

// TestAMinuteThatComesAgain: our clock was set back behind a minute that was folded. Nothing of either is lost.
func TestAMinuteThatComesAgain(t *testing.T) {
	s, c := atNoon(t)
	for range 2 {
		require.NoError(t, s.AppendReadings(t.Context(), level(noon, time.Second, 3)))
		c.now = noon.Add(time.Hour)
		require.NoError(t, s.foldReadings(t.Context()))
	}
	require.Equal(t, 2, count(t, s, "reading_chunks"))
	require.Len(t, trend(t, s, day1(models.EveryReading)).Items, 6)
	minute := trend(t, s, day1(models.EveryMinute)).Items
	require.Equal(t, []models.Rollup{{Reading: models.Reading{Sensor: "level-1", Value: 1, At: models.At(noon)}, Max: 2, Count: 6}}, minute)
	v, err := s.In(Whole).Sensor(t.Context(), "level-1")
	require.NoError(t, err)
	require.Equal(t, []any{2.0, models.At(noon.Add(2 * time.Second))}, []any{*v.Value, v.At})
}

// TestAClockThatWasAhead: the machine began in 2100 and was then set right. What a sensor says since then is its newest word.
func TestAClockThatWasAhead(t *testing.T) {
	s, c := atNoon(t)
	c.now = noon.Add(74 * year)
	require.NoError(t, s.AppendReadings(t.Context(), level(c.now, time.Second, 2)))
	c.now = c.now.Add(2 * time.Minute)
	require.NoError(t, s.foldReadings(t.Context()))
	require.NoError(t, s.AppendReadings(t.Context(), level(c.now, time.Second, 3)))
	said := func() (float64, models.Time) {
		v, err := s.In(Whole).Sensor(t.Context(), "level-1")
		require.NoError(t, err)
		return *v.Value, v.At
	}
	value, _ := said()
	require.Equal(t, 2.0, value)
	c.now = noon
	require.NoError(t, s.AppendReadings(t.Context(), level(noon, 0, 9)))
	for _, folded := range []time.Duration{0, time.Hour} {
		c.now = noon.Add(folded)
		require.NoError(t, s.foldReadings(t.Context()))
		for range 2 { // and after a restart
			value, at := said()
			require.Equal(t, []any{8.0, models.At(noon)}, []any{value, at})
			s.latest.of = nil
			require.NoError(t, s.loadLatest(t.Context()))
		}
	}
}

// TestReadingsOutliveTheProcess: what was told to be written is there for the next one, folded or not.
func TestReadingsOutliveTheProcess(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	_, err := s.ApplySite(t.Context(), tree(), "test")
	require.NoError(t, err)
	require.NoError(t, s.AppendReadings(t.Context(), level(noon.Add(-time.Hour), time.Second, 100)))
	require.NoError(t, s.foldReadings(t.Context()))
	for _, more := range [][]models.Reading{nil, level(noon, time.Second, 7)} {
		require.NoError(t, s.AppendReadings(t.Context(), more))
		before, err := s.In(Whole).Sensor(t.Context(), "level-1")
		require.NoError(t, err)
		require.NotNil(t, before.Value)
		require.NoError(t, s.Close())
		s = openIn(t, dir)
		after, err := s.In(Whole).Sensor(t.Context(), "level-1")
		require.NoError(t, err)
		require.Equal(t, before, after)
	}
	require.Len(t, trend(t, s, day1(models.EveryReading)).Items, 107)
	require.NoError(t, s.Close())
}

// TestABrokenFoldIsDoneAgain: a part is folded whole or not at all.
func TestABrokenFoldIsDoneAgain(t *testing.T) {
	s, c := atNoon(t)
	require.NoError(t, s.AppendReadings(t.Context(), level(noon, time.Second, 3)))
	c.now = noon.Add(time.Hour)
	sql := func(query string) { put(t, s, func(tx *Tx) error { _, err := tx.db.Exec(query); return err }) }
	sql("CREATE TRIGGER full BEFORE INSERT ON reading_hours BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
	require.Error(t, s.foldReadings(t.Context()))
	require.Equal(t, []int{1, 0, 0}, []int{count(t, s, "reading_log"), count(t, s, "reading_chunks"), count(t, s, "reading_minutes")})
	sql("DROP TRIGGER full")
	require.NoError(t, s.foldReadings(t.Context()))
	require.Len(t, trend(t, s, day1(models.EveryReading)).Items, 3)
	require.EqualValues(t, 3, trend(t, s, day1(models.EveryHour)).Items[0].Count)
}

// TestNothingIsFoldedTwice: another process on the same folder was quicker.
func TestNothingIsFoldedTwice(t *testing.T) {
	s, c := atNoon(t)
	require.NoError(t, s.AppendReadings(t.Context(), level(noon, time.Second, 3)))
	c.now = noon.Add(time.Hour)
	due, err := s.parts(t.Context(), models.At(c.now))
	require.NoError(t, err)
	read, err := s.logged(t.Context(), due[0])
	require.NoError(t, err)
	require.NoError(t, s.fold(t.Context(), due[0]))
	require.Equal(t, models.Conflict, models.CodeOf(s.settle(t.Context(), due[0], read)))
	require.EqualValues(t, 3, trend(t, s, day1(models.EveryHour)).Items[0].Count)
}

// TestARowThatCannotBeReadStopsNobody: the disk has spoilt it.
func TestARowThatCannotBeReadStopsNobody(t *testing.T) {
	s, c := atNoon(t)
	require.NoError(t, s.AppendReadings(t.Context(), level(noon, time.Second, 3)))
	put(t, s, func(tx *Tx) error { _, err := tx.db.Exec("UPDATE reading_log SET packed = X'FF'"); return err })
	require.NoError(t, s.AppendReadings(t.Context(), level(noon.Add(3*time.Second), time.Second, 2)))
	c.now = noon.Add(time.Hour)
	require.NoError(t, s.foldReadings(t.Context()))
	require.Zero(t, count(t, s, "reading_log"))
	require.Len(t, trend(t, s, day1(models.EveryReading)).Items, 2)
}

func TestOnlyNumbersAreKept(t *testing.T) {
	s := withSite(t)
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		err := s.AppendReadings(t.Context(), append(level(noon, 1, 1), models.Reading{Sensor: "level-1", Value: bad, At: 1}))
		require.Equal(t, models.Invalid, models.CodeOf(err))
	}
	require.Zero(t, count(t, s, "reading_log"))
}

// TestGreatValuesHaveAMean: their sum has none.
func TestGreatValuesHaveAMean(t *testing.T) {
	s, c := atNoon(t)
	most := math.MaxFloat64
	for i := range 3 {
		at := models.At(noon.Add(time.Duration(i) * time.Minute))
		require.NoError(t, s.AppendReadings(t.Context(), []models.Reading{
			{Sensor: "level-1", Value: most, At: at}, {Sensor: "level-1", Value: most, At: at + 1}, {Sensor: "level-1", Value: -most, At: at + 2}, {Sensor: "level-1", Value: -most, At: at + 3}}))
	}
	c.now = noon.Add(time.Hour)
	require.NoError(t, s.foldReadings(t.Context()))
	hour := trend(t, s, day1(models.EveryHour)).Items[0]
	require.Equal(t, []any{-most, most, int64(12)}, []any{hour.Min, hour.Max, hour.Count})
	require.InDelta(t, 0, hour.Value/most, 1e-9)
}

func TestPrune(t *testing.T) {
	s, c := atNoon(t)
	old := noon.Add(-40 * day)
	require.NoError(t, s.AppendReadings(t.Context(), level(old, time.Minute, 500)))
	require.NoError(t, s.AppendReadings(t.Context(), []models.Reading{{Sensor: "gone", Value: 1, At: models.At(old)}}))
	require.NoError(t, s.AppendReadings(t.Context(), level(noon.Add(-2*day), time.Minute, 2*24*60)))
	c.now = noon.Add(time.Hour)
	require.NoError(t, s.foldReadings(t.Context()))
	c.now = noon
	require.Equal(t, 500+1+2880, count(t, s, "reading_chunks"))
	require.NoError(t, s.prune(t.Context(), models.At(c.now)))
	require.Equal(t, 1440, count(t, s, "reading_chunks"), "a day")
	require.Equal(t, 2880+1, count(t, s, "reading_minutes"), "30 days; the newest of each sensor stays")
	require.Equal(t, 9+1+48, count(t, s, "reading_hours"))
	c.now = noon.Add(6 * year)
	require.NoError(t, s.prune(t.Context(), models.At(c.now)))
	require.Equal(t, []int{0, 2, 2}, []int{count(t, s, "reading_chunks"), count(t, s, "reading_minutes"), count(t, s, "reading_hours")})
}

// TestAClockThatHasLeapt: what is kept is not too old because our clock begins in 2100.
func TestAClockThatHasLeapt(t *testing.T) {
	var c calendar
	at := models.At(noon)
	require.Equal(t, at, c.today(at), "there is nothing to hold it against")
	require.Equal(t, at.Add(20*day), c.today(at.Add(20*day)))
	ahead := at.Add(74 * year)
	require.Equal(t, at.Add(20*day), c.today(ahead))
	require.Equal(t, at.Add(21*day), c.today(at.Add(21*day)), "set right")
	for range leapDoubts {
		require.Equal(t, at.Add(21*day), c.today(ahead))
	}
	require.Equal(t, ahead, c.today(ahead), "so be it")
	require.Equal(t, at, c.today(at), "and back")
}

func TestALeapForgetsNothing(t *testing.T) {
	s, c := atNoon(t)
	require.NoError(t, s.AppendReadings(t.Context(), level(noon, time.Second, 2)))
	require.NoError(t, s.SaveSnapshot(t.Context(), models.NewID(noon), []byte("x")))
	c.now = noon.Add(74 * year)
	require.NoError(t, s.foldReadings(t.Context()))
	kept := func() []int {
		days, err := os.ReadDir(s.snapshots())
		require.NoError(t, err)
		return []int{count(t, s, "reading_chunks"), len(days)}
	}
	var day calendar
	now, err := s.today(t.Context(), &day)
	require.NoError(t, err)
	require.Equal(t, models.At(noon), now, "when the site was written")
	require.NoError(t, s.prune(t.Context(), now))
	require.Equal(t, []int{1, 1}, kept())
	require.NoError(t, s.prune(t.Context(), models.At(c.now)))
	require.Equal(t, []int{0, 0}, kept())
}

// TestTodayForOthers: footage is deleted by the same clock.
func TestTodayForOthers(t *testing.T) {
	s, c := atNoon(t)
	require.Zero(t, s.Today(), "nothing is old before the clock was judged")
	var day calendar
	_, err := s.today(t.Context(), &day)
	require.NoError(t, err)
	c.now = noon.Add(time.Hour)
	require.Equal(t, models.At(c.now), s.Today(), "between two looks")
	c.now = noon.Add(74 * year)
	require.Equal(t, models.At(noon), s.Today(), "a leap")
	c.now = noon.Add(-time.Hour)
	require.Equal(t, models.At(c.now), s.Today(), "and back")
}

// TestASweepStopsWithItsContext: a hall that closes does not wait for a year of readings to go.
func TestASweepStopsWithItsContext(t *testing.T) {
	s, _ := atNoon(t)
	require.NoError(t, s.AppendReadings(t.Context(), level(noon.Add(-2*day), time.Minute, 500)))
	require.NoError(t, s.foldReadings(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.pruneReadings(ctx, models.At(noon)), context.Canceled)
	require.Equal(t, 500, count(t, s, "reading_chunks"))
}

// TestOldReadingsArePacked: the tables of the program before, with more rows than are packed at once.
func TestOldReadingsArePacked(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	_, err := s.ApplySite(t.Context(), tree(), "test")
	require.NoError(t, err)
	put(t, s, func(tx *Tx) error {
		var errs []error
		for _, q := range append(slices.Clone(beforeRecording),
			"DROP TABLE reading_log", "DROP TABLE reading_chunks", "DROP TABLE reading_minutes", "DROP TABLE reading_hours",
			"DROP TABLE import_rows", "DROP TABLE imports", // of a later migration
			"DELETE FROM goose_db_version WHERE version_id >= 5",
			"CREATE TABLE readings (sensor TEXT NOT NULL, at BIGINT NOT NULL, value DOUBLE PRECISION NOT NULL, PRIMARY KEY (sensor, at)) WITHOUT ROWID",
			fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 11999)
				INSERT INTO readings SELECT 'level-1', %d + 1000 * i, i FROM n`, noon.Add(-time.Hour*4).UnixMilli()),
			"INSERT INTO readings VALUES ('rain', 5, 0.25)",
		) {
			_, err := tx.db.Exec(q)
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
	require.NoError(t, s.Close())
	s = openIn(t, dir)
	defer s.Close()
	all := TrendFilter{From: models.At(noon.Add(-5 * time.Hour)), To: models.At(noon), Step: models.EveryReading, Limit: MaxTrend}
	raw := trend(t, s, all)
	require.Len(t, raw.Items, MaxTrend)
	all.After = raw.Next
	raw.Items = append(trend(t, s, all).Items, raw.Items...)
	require.Len(t, raw.Items, 12000)
	for i, r := range raw.Items {
		require.True(t, r.Value == float64(i), "%v", r)
	}
	all.Step, all.After = models.EveryHour, ""
	hours := trend(t, s, all).Items
	require.Len(t, hours, 4)
	require.Equal(t, []any{3600.0, 7199.0, int64(3600)}, []any{hours[1].Min, hours[1].Max, hours[1].Count})
	require.InDelta(t, 5399.5, hours[1].Value, 1e-6)
	v, err := s.In(Whole).Sensor(t.Context(), "level-1")
	require.NoError(t, err)
	require.Equal(t, 11999.0, *v.Value)
	rain, err := s.read.NewSelect().Table("reading_hours").Where("sensor = 'rain'").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, rain)
	rain, err = s.read.NewSelect().Table("reading_chunks").Where("sensor = 'rain'").Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, rain, "what the first sweep would forget is not packed")
}

// BenchmarkReadings is what half a second of 20,000 readings a second costs from 500 sensors, with its part of the folding.
func BenchmarkReadings(b *testing.B) {
	s, c := open(b), &clock{noon}
	s.now = func() time.Time { return c.now }
	const sensors, each = 500, 20
	for b.Loop() {
		readings := make([]models.Reading, 0, sensors*each)
		for i := range each {
			for n := range sensors {
				at := models.At(c.now.Add(time.Duration(i) * 25 * time.Millisecond))
				readings = append(readings, models.Reading{Sensor: fmt.Sprintf("s%04d", n), Value: float64(n+i) / 10, At: at})
			}
		}
		c.now = c.now.Add(500 * time.Millisecond)
		require.NoError(b, s.AppendReadings(b.Context(), readings))
		require.NoError(b, s.foldReadings(b.Context()))
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/sensors/each, "us/reading")
}
