package detect

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestConfig(t *testing.T) {
	require.NoError(t, DefaultConfig().Validate())
	for field, spoil := range map[string]func(*Config){
		"language":       func(c *Config) { c.Language = "fr" },
		"time_zone":      func(c *Config) { c.TimeZone = "Mars/Olympus" },
		"inferences":     func(c *Config) { c.Inferences = math.NaN() },
		"infer_every":    func(c *Config) { c.InferEvery = 0 },
		"look_every":     func(c *Config) { c.LookEvery = 0 },
		"glance_every":   func(c *Config) { c.GlanceEvery = models.Duration(9 * time.Second) },
		"patrol_every":   func(c *Config) { c.PatrolEvery = models.Duration(time.Second) },
		"first_sight":    func(c *Config) { c.FirstSight = -1 },
		"worker_share":   func(c *Config) { c.WorkerShare = math.Inf(1) },
		"quiet_after":    func(c *Config) { c.QuietAfter = models.Duration(2 * time.Hour) },
		"min_motion":     func(c *Config) { c.MinMotion = 0 },
		"min_score":      func(c *Config) { c.MinScore = 1 },
		"update_every":   func(c *Config) { c.UpdateEvery = 0 },
		"snapshot_limit": func(c *Config) { c.SnapshotLimit = 0 },
		"publishers":     func(c *Config) { c.Publishers = 0 },
		"drain_limit":    func(c *Config) { c.DrainLimit = -1 },
	} {
		c := DefaultConfig()
		spoil(&c)
		var fault *models.Error
		require.True(t, errors.As(c.Validate(), &fault), field)
		require.Equal(t, field, fault.Field)
		_, err := New(c, Deps{}, nil, nil)
		require.Error(t, err)
	}
}
