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
	Readings      models.Duration `yaml:"readings"`
	Changes       models.Duration `yaml:"changes"`
	Snapshots     models.Duration `yaml:"snapshots"`
	SnapshotBytes int64           `yaml:"snapshot_bytes"` // of all snapshots together
}

const day = 24 * time.Hour

// DefaultConfig keeps everything under ./data: readings 30 days, changes 7, snapshots 90 or 20 GB.
func DefaultConfig() Config {
	return Config{Dir: "data", Keep: Keep{
		Readings:      models.Duration(30 * day),
		Changes:       models.Duration(7 * day),
		Snapshots:     models.Duration(90 * day),
		SnapshotBytes: 20e9,
	}}
}

// Validate tells everything that is wrong with c, by field.
func (c Config) Validate() error {
	var f models.Faults
	k := c.Keep
	f.Add(c.Dir != "", "dir", "the store needs a folder, such as /var/lib/zhihui")
	f.Add(k.Readings.Std() >= time.Hour, "keep.readings", "readings are kept for an hour at least, not %s", k.Readings)
	f.Add(k.Changes.Std() >= time.Hour, "keep.changes", "changes are kept for an hour at least, not %s", k.Changes)
	f.Add(k.Snapshots.Std() >= time.Hour, "keep.snapshots", "snapshots are kept for an hour at least, not %s", k.Snapshots)
	f.Add(k.SnapshotBytes >= 1e6, "keep.snapshot_bytes", "snapshots need 1000000 bytes at least, not %d", k.SnapshotBytes)
	return f.Err()
}
