package rules

import (
	"strings"
	"time"

	"zhihui/models"
)

// hours are a span of the day in minutes after midnight, from inclusive, to exclusive; to < from runs over midnight. The
// zero hours are always.
type hours struct {
	from, to int
	loc      *time.Location
}

// parseHours reads "22:00-06:00"; "" is always. "24:00" is allowed as an end.
func parseHours(s string, loc *time.Location) (hours, error) {
	if s == "" {
		return hours{}, nil
	}
	a, b, _ := strings.Cut(s, "-")
	from, okA := minutes(strings.TrimSpace(a))
	to, okB := minutes(strings.TrimSpace(b))
	if !okA || !okB || from == to || from == 24*60 {
		return hours{}, models.FieldError("hours", "%.20q is no span of the day, write one such as 22:00-06:00", s)
	}
	return hours{from: from, to: to, loc: loc}, nil
}

// minutes reads "HH:MM", "00:00" to "24:00".
func minutes(s string) (int, bool) {
	if s == "24:00" {
		return 24 * 60, true
	}
	if len(s) != 5 {
		return 0, false
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil
}

func (h hours) contain(at time.Time) bool {
	if h == (hours{}) {
		return true
	}
	at = at.In(h.loc)
	m := at.Hour()*60 + at.Minute()
	if h.from < h.to {
		return h.from <= m && m < h.to
	}
	return m >= h.from || m < h.to
}
