package store

import (
	"time"

	"zhihui/models"
)

// Config says where the store lives and how long it keeps what it may forget.
type Config struct {
	Dir  string `yaml:"dir"`  // holds zhihui.db, key and snapshots/; made when missing
	Keep Keep   `yaml:"keep"` // retention

	Now func() time.Time `yaml:"-"` // nil = time.Now
}

// Keep says how long things are kept.
type Keep struct {
	Readings       models.Duration `yaml:"readings"`        // every one, an hour to 31 days
	ReadingMinutes models.Duration `yaml:"reading_minutes"` // what those of a minute come to, a day to 400 days
	ReadingHours   models.Duration `yaml:"reading_hours"`   // what those of an hour come to, 30 days to 20 years
	Changes        models.Duration `yaml:"changes"`
	Snapshots      models.Duration `yaml:"snapshots"`
	SnapshotBytes  int64           `yaml:"snapshot_bytes"` // of all snapshots together
}

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// DefaultConfig keeps everything under ./data: readings a day, by the minute 30 days and by the hour 5 years, changes 7 days,
// snapshots 90 days or 20 GB.
func DefaultConfig() Config {
	return Config{Dir: "data", Keep: Keep{
		Readings:       models.Duration(day),
		ReadingMinutes: models.Duration(30 * day),
		ReadingHours:   models.Duration(5 * year),
		Changes:        models.Duration(7 * day),
		Snapshots:      models.Duration(90 * day),
		SnapshotBytes:  20e9,
	}}
}

// Validate tells everything that is wrong with c, by field.
func (c Config) Validate() error {
	var f models.Faults
	k := c.Keep
	f.Add(c.Dir != "", "dir", "the store needs a folder, such as /var/lib/zhihui")
	f.Add(in(k.Readings, time.Hour, 31*day), "keep.readings", "readings are kept for an hour to 744h, not %s", k.Readings)
	f.Add(in(k.ReadingMinutes, day, 400*day), "keep.reading_minutes", "minutes of readings are kept for 24h to 9600h, not %s", k.ReadingMinutes)
	f.Add(in(k.ReadingHours, 30*day, 20*year), "keep.reading_hours", "hours of readings are kept for 720h to 175200h, not %s", k.ReadingHours)
	f.Add(k.Changes.Std() >= time.Hour, "keep.changes", "changes are kept for an hour at least, not %s", k.Changes)
	f.Add(k.Snapshots.Std() >= time.Hour, "keep.snapshots", "snapshots are kept for an hour at least, not %s", k.Snapshots)
	f.Add(k.SnapshotBytes >= 1e6, "keep.snapshot_bytes", "snapshots need 1000000 bytes at least, not %d", k.SnapshotBytes)
	return f.Err()
}

func in(d models.Duration, least, most time.Duration) bool {
	return least <= d.Std() && d.Std() <= most
}
