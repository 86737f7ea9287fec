package models

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func instant(t *testing.T, at string, loc *time.Location) time.Time {
	t.Helper()
	v, err := time.ParseInLocation(time.DateTime, at, loc)
	require.NoError(t, err)
	return v
}

// 2026-05-01 is a Friday.
func TestSchedule(t *testing.T) {
	for name, c := range map[string]struct {
		lines      []string
		at         string
		on         bool
		nextChange string // "" = never
	}{
		"nothing":                      {nil, "2026-05-01 12:00:00", false, ""},
		"by day, before":               {[]string{"Mon-Fri 08:00-18:00"}, "2026-05-01 07:59:59", false, "2026-05-01 08:00:00"},
		"by day, at its start":         {[]string{"Mon-Fri 08:00-18:00"}, "2026-05-01 08:00:00", true, "2026-05-01 18:00:00"},
		"by day, at its end":           {[]string{"Mon-Fri 08:00-18:00"}, "2026-05-01 18:00:00", false, "2026-05-04 08:00:00"},
		"not on a Saturday":            {[]string{"Mon-Fri 08:00-18:00"}, "2026-05-02 12:00:00", false, "2026-05-04 08:00:00"},
		"whole days, in one":           {[]string{"Sat,Sun 00:00-24:00"}, "2026-05-02 12:00:00", true, "2026-05-04 00:00:00"},
		"whole days, at their end":     {[]string{"Sat,Sun 00:00-24:00"}, "2026-05-04 00:00:00", false, "2026-05-09 00:00:00"},
		"over midnight, late":          {[]string{"22:00-06:00"}, "2026-05-01 23:30:00", true, "2026-05-02 06:00:00"},
		"over midnight, early":         {[]string{"22:00-06:00"}, "2026-05-01 05:59:59", true, "2026-05-01 06:00:00"},
		"over midnight, noon":          {[]string{"22:00-06:00"}, "2026-05-01 12:00:00", false, "2026-05-01 22:00:00"},
		"the night of the day before":  {[]string{"Sat 22:00-06:00"}, "2026-05-03 05:00:00", true, "2026-05-03 06:00:00"},
		"the morning is another day's": {[]string{"Sat 22:00-06:00"}, "2026-05-02 05:00:00", false, "2026-05-02 22:00:00"},
		"a week that never ends":       {[]string{"00:00-24:00"}, "2026-05-01 12:00:00", true, ""},
		"days over the weekend":        {[]string{"fri-MON 10:00-11:00"}, "2026-05-03 10:30:00", true, "2026-05-03 11:00:00"},
		"one line follows another":     {[]string{"Fri 08:00-12:00", "Fri 12:00-18:00"}, "2026-05-01 09:00:00", true, "2026-05-01 18:00:00"},
		"lines that overlap":           {[]string{"Fri 08:00-13:00", "12:00-18:00"}, "2026-05-01 09:00:00", true, "2026-05-01 18:00:00"},
		"midnight as an end":           {[]string{"Fri 18:00-00:00"}, "2026-05-01 23:59:59", true, "2026-05-02 00:00:00"},
		"blanks around":                {[]string{"  Fri  18:00-19:00 "}, "2026-05-01 18:00:00", true, "2026-05-01 19:00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			loc := time.FixedZone("site", 8*60*60)
			s, err := ParseSchedule(c.lines, loc)
			require.NoError(t, err)
			at := instant(t, c.at, loc)
			require.Equal(t, c.on, s.Contains(at.UTC()))
			next := s.Next(at.UTC())
			if c.nextChange == "" {
				require.Zero(t, next)
				return
			}
			require.Equal(t, c.nextChange, next.In(loc).Format(time.DateTime))
		})
	}
}

// Where the clocks are changed, the schedule is what they show: an hour that there is twice is in it twice.
func TestScheduleWhereClocksChange(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("this machine has no time zones:", err)
	}
	s, err := ParseSchedule([]string{"Sun 02:30-02:45"}, loc)
	require.NoError(t, err)
	at := time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC) // 02:00 in summer time, an hour before the clocks go back
	for _, minutes := range []int{30, 45, 90, 105} {
		next := s.Next(at)
		require.Equal(t, time.Date(2026, 10, 25, 0, minutes, 0, 0, time.UTC), next.UTC())
		at = next
	}
	s, err = ParseSchedule([]string{"Sun 01:00-02:30"}, loc)
	require.NoError(t, err)
	forward := time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC) // 02:00, which becomes 03:00
	require.Equal(t, forward, s.Next(forward.Add(-time.Minute)).UTC())
}

func TestNoSchedule(t *testing.T) {
	for _, line := range []string{"", "22:00", "Mon", "Mon 8:00-9:00", "Mon 08:00-08:00", "Mon 24:00-06:00", "Mon- 08:00-09:00", "Mon,,Tue 08:00-09:00",
		"Mon-Fri-Sat 08:00-09:00", "Monday 08:00-09:00", "08:00 - 18:00", "08:00-18:00 Mon", "Mon 25:00-26:00", "周一 08:00-18:00"} {
		_, err := ParseSchedule([]string{"00:00-24:00", line}, time.UTC)
		require.ErrorContains(t, err, "schedule[1]: ", line)
		require.ErrorContains(t, err, "is no part of a week", line)
	}
	_, err := ParseSchedule(make([]string, MaxSchedule+1), time.UTC)
	require.EqualError(t, err, "schedule: write 14 lines at most, not 15")
}

// What is read as a schedule begins and ends as it says, and each change is one.
func FuzzSchedule(f *testing.F) {
	for _, s := range []string{"22:00-06:00", "Mon-Fri 08:00-18:00", "Sat,Sun 00:00-24:00", "fri-mon 23:59-00:00", ",-,", "Mon 0:0-1:1"} {
		f.Add(s, int64(1_777_636_800))
	}
	f.Fuzz(func(t *testing.T, line string, unix int64) {
		s, err := ParseSchedule([]string{line}, time.UTC)
		if err != nil {
			return
		}
		at := time.Unix(unix%(1<<33), 0)
		next := s.Next(at)
		if next.IsZero() {
			require.True(t, s.Contains(at), "%q is never off, or never on", line)
			return
		}
		require.True(t, next.After(at))
		require.NotEqual(t, s.Contains(at), s.Contains(next))
		require.Equal(t, s.Contains(at), s.Contains(next.Add(-time.Nanosecond)))
	})
}
