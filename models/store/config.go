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

// Validate tells what is wrong with c, by field.
func (c Config) Validate() error {
	switch {
	case c.Dir == "":
		return models.FieldError("dir", "the store needs a folder, such as /var/lib/zhihui")
	case c.Keep.Readings.Std() < time.Hour:
		return models.FieldError("keep.readings", "readings are kept for an hour at least, not %s", c.Keep.Readings)
	case c.Keep.Changes.Std() < time.Hour:
		return models.FieldError("keep.changes", "changes are kept for an hour at least, not %s", c.Keep.Changes)
	case c.Keep.Snapshots.Std() < time.Hour:
		return models.FieldError("keep.snapshots", "snapshots are kept for an hour at least, not %s", c.Keep.Snapshots)
	case c.Keep.SnapshotBytes < 1e6:
		return models.FieldError("keep.snapshot_bytes", "snapshots need 1000000 bytes at least, not %d", c.Keep.SnapshotBytes)
	}
	return nil
}
