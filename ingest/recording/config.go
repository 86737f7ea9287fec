package recording

import (
	"errors"
	"path/filepath"
	"time"

	"zhihui/models"
)

// Config says where and how footage is kept. The zero Config is not valid: begin with DefaultConfig.
type Config struct {
	Dir       string          `yaml:"dir"`        // of the recordings, best on a disk of their own; "" = recordings in the store's folder
	Before    models.Duration `yaml:"before"`     // a clip begins so long before its event opens
	After     models.Duration `yaml:"after"`      // … and goes on so long after it has closed
	RingBytes int64           `yaml:"ring_bytes"` // most that the newest seconds of one camera may take on the disk
	Writers   int             `yaml:"writers"`    // operations on the disk at the same time
	Keep      Keep            `yaml:"keep"`       // retention
}

// Folder is where the recordings of the store in a folder lie.
func (c Config) Folder(storeDir string) string {
	if c.Dir == "" {
		return filepath.Join(storeDir, "recordings")
	}
	return c.Dir
}

// DefaultConfig keeps clips from 10 s before an event to 20 s after it.
func DefaultConfig() Config {
	return Config{
		Before:    models.Duration(10 * time.Second),
		After:     models.Duration(20 * time.Second),
		RingBytes: 64 << 20,
		Writers:   4,
		Keep:      DefaultKeep(),
	}
}

// Validate returns every field at fault as a models.Error, joined, or nil.
func (c Config) Validate() error {
	var f models.Faults
	f.Add(c.Before.Std() >= 10*time.Second && c.Before.Std() <= time.Minute, "before", "must be between 10s and 1m, it is %v", c.Before)
	f.Add(c.After.Std() >= time.Second && c.After.Std() <= 2*time.Minute, "after", "must be between 1s and 2m, it is %v", c.After)
	f.Add(c.RingBytes >= ringLeast && c.RingBytes <= 1<<30, "ring_bytes", "must be between %d and %d, it is %d", ringLeast, 1<<30, c.RingBytes)
	f.Add(c.Writers >= 1 && c.Writers <= 64, "writers", "must be between 1 and 64, it is %d", c.Writers)
	return errors.Join(f.Err(), c.Keep.Validate())
}
