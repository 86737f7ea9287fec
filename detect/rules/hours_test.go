package rules

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHours(t *testing.T) {
	for name, c := range map[string]struct {
		hours, at string
		want      bool
	}{
		"always":               {"", "12:00", true},
		"by day, before":       {"08:00-18:00", "07:59", false},
		"by day, at its start": {"08:00-18:00", "08:00", true},
		"by day, at its end":   {"08:00-18:00", "18:00", false},
		"over midnight, late":  {"22:00-06:00", "23:59", true},
		"over midnight, early": {"22:00-06:00", "05:59", true},
		"over midnight, noon":  {"22:00-06:00", "12:00", false},
		"to the end of day":    {"18:00-24:00", "23:59", true},
		"spaces":               {"08:00 - 18:00", "09:00", true},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := parseHours(c.hours, time.UTC)
			require.NoError(t, err)
			at, err := time.Parse("15:04", c.at)
			require.NoError(t, err)
			require.Equal(t, c.want, h.contain(at))
		})
	}
}

func TestBadHours(t *testing.T) {
	for _, s := range []string{"22:00", "22-06", "25:00-06:00", "08:00-08:00", "24:00-06:00", "8:00-9:00", "a-b", "-"} {
		_, err := parseHours(s, time.UTC)
		require.ErrorContains(t, err, "no span of the day", s)
	}
}

func FuzzParseHours(f *testing.F) {
	f.Add("22:00-06:00")
	f.Add("00:00-24:00")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHours(s, time.UTC)
		if err != nil || s == "" {
			return
		}
		if h.from < 0 || h.from >= 24*60 || h.to < 0 || h.to > 24*60 || h.from == h.to {
			t.Fatalf("%q gave %+v", s, h)
		}
		midnight := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		if !h.contain(midnight.Add(time.Duration(h.from) * time.Minute)) {
			t.Fatalf("%q does not contain its own start", s)
		}
	})
}
