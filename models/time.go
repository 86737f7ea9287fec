package models

import (
	"encoding/json"
	"fmt"
	"time"
)

// Time is an instant in UTC milliseconds since 1970, the form in which every time is stored. Zero means "not yet" and is
// null in JSON; other values are RFC 3339 with milliseconds ("2026-05-01T12:14:36.250Z").
type Time int64

const timeLayout = "2006-01-02T15:04:05.000Z"

// At cuts t to whole milliseconds. The zero time.Time becomes the zero Time.
func At(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMilli())
}

// Std returns t as a time.Time in UTC; the zero Time becomes the zero time.Time.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}

// IsZero tells whether t is "not yet".
func (t Time) IsZero() bool { return t == 0 }

// Add returns t + d, cut to whole milliseconds.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Milliseconds()) }

// Sub returns the duration t − u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t-u) * time.Millisecond }

// String returns t in RFC 3339 with milliseconds, or "" for the zero Time.
func (t Time) String() string {
	if t == 0 {
		return ""
	}
	return t.Std().Format(timeLayout)
}

// MarshalJSON writes t as an RFC 3339 string, the zero Time as null.
func (t Time) MarshalJSON() ([]byte, error) {
	if t == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(t.String())
}

// UnmarshalJSON reads an RFC 3339 string or null.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*t = 0
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("a time must be an RFC 3339 string: %w", err)
	}
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return fmt.Errorf("a time must be an RFC 3339 string: %w", err)
	}
	*t = At(v)
	return nil
}

// Duration is a time.Duration that reads and writes as text such as "0.5s" or "5m" in YAML and JSON.
type Duration time.Duration

// Std returns d as a time.Duration.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String returns d as time.Duration writes it.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText writes d as time.Duration does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what time.ParseDuration reads; a negative duration is an error.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil {
		return fmt.Errorf("%q is no duration, write one such as 500ms, 0.5s or 5m", b)
	}
	if v < 0 {
		return fmt.Errorf("%q is negative, a duration cannot be", b)
	}
	*d = Duration(v)
	return nil
}
