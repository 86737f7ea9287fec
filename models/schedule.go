package models

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// MaxSchedule bounds the lines of a schedule: two for each day of a week.
const MaxSchedule = 14

const (
	dayMinutes  = 24 * 60
	weekMinutes = 7 * dayMinutes
)

// Schedule is the hours of a week in which something is on, by the clocks of a place. The zero Schedule is never on.
type Schedule struct {
	stretches []stretch
	loc       *time.Location
}

// stretch is a part of the week in minutes after the midnight that begins Sunday; it may run over the week's end.
type stretch struct{ from, length int }

// ParseSchedule reads lines such as "Mon-Fri 08:00-18:00", "Sat,Sun 00:00-24:00" or "22:00-06:00", which is each day and over
// midnight, in a place's time. Hours over midnight belong to the day on which they begin. What is wrong is an Invalid error whose
// field is schedule, or schedule[i] of one line.
func ParseSchedule(lines []string, loc *time.Location) (Schedule, error) {
	s := Schedule{loc: loc}
	if len(lines) > MaxSchedule {
		return s, FieldError("schedule", "write %d lines at most, not %d", MaxSchedule, len(lines))
	}
	for i, line := range lines {
		more, ok := stretches(line)
		if !ok {
			return Schedule{}, FieldError(fmt.Sprintf("schedule[%d]", i), "%.40q is no part of a week, write one such as Mon-Fri 08:00-18:00, Sat,Sun 00:00-24:00 or 22:00-06:00", line)
		}
		s.stretches = append(s.stretches, more...)
	}
	return s, nil
}

// stretches reads one line.
func stretches(line string) (all []stretch, ok bool) {
	days, hours, named := strings.Cut(strings.TrimSpace(line), " ")
	if !named {
		days, hours = "Sun-Sat", days
	}
	a, b, _ := strings.Cut(strings.TrimSpace(hours), "-")
	from, okA := minuteOfDay(a)
	to, okB := minuteOfDay(b)
	if !okA || !okB || from == to || from == dayMinutes || len(line) > MaxID {
		return nil, false
	}
	length := (to - from + dayMinutes) % dayMinutes
	if length == 0 { // 00:00-24:00
		length = dayMinutes
	}
	for part := range strings.SplitSeq(days, ",") {
		first, last, through := strings.Cut(part, "-")
		if !through {
			last = first
		}
		day, okA := weekday(first)
		end, okB := weekday(last)
		if !okA || !okB {
			return nil, false
		}
		for n := range (end-day+7)%7 + 1 {
			all = append(all, stretch{(day+n)%7*dayMinutes + from, length})
		}
	}
	return all, true
}

// minuteOfDay reads "HH:MM", "00:00" to "24:00".
func minuteOfDay(s string) (int, bool) {
	if s == "24:00" {
		return dayMinutes, true
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil && len(s) == len("15:04")
}

// weekday reads the first three letters of a day's English name.
func weekday(s string) (int, bool) {
	day := slices.Index([]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, strings.ToLower(s))
	return day, day >= 0
}

// Contains tells whether the schedule is on at an instant.
func (s Schedule) Contains(at time.Time) bool {
	return slices.ContainsFunc(s.stretches, func(x stretch) bool {
		return (s.minute(at)-x.from+weekMinutes)%weekMinutes < x.length
	})
}

// Next is the first instant after at from which Contains says otherwise; the zero time where there is none.
func (s Schedule) Next(at time.Time) time.Time {
	is := s.Contains(at)
	for t := at; len(s.stretches) > 0 && t.Sub(at) < 8*24*time.Hour; {
		if t = s.edge(t); s.Contains(t) != is {
			return t
		}
	}
	return time.Time{}
}

// edge is the first instant after t at which a stretch begins or ends, or the clocks are changed.
func (s Schedule) edge(t time.Time) time.Time {
	next := weekMinutes
	for _, x := range s.stretches {
		for _, m := range []int{x.from, x.from + x.length} {
			if d := (m - s.minute(t) + 2*weekMinutes) % weekMinutes; d > 0 {
				next = min(next, d)
			}
		}
	}
	local := t.In(s.loc)
	into := time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
	edge := t.Add(time.Duration(next)*time.Minute - into)
	if _, end := local.ZoneBounds(); !end.IsZero() && end.Before(edge) {
		return end
	}
	return edge
}

// minute is how many whole minutes of the week have gone by the clocks of the place.
func (s Schedule) minute(at time.Time) int {
	at = at.In(s.loc)
	return int(at.Weekday())*dayMinutes + at.Hour()*60 + at.Minute()
}
