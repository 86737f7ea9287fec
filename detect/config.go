package detect

import (
	"time"

	"zhihui/models"
)

// Config are the settings of detection.
type Config struct {
	Language      string          `yaml:"language"`       // of an event's Why: "zh-CN" or "en"
	TimeZone      string          `yaml:"time_zone"`      // IANA name in which the hours of rules are read
	Inferences    float64         `yaml:"inferences"`     // looks by the network a second, all cameras together
	InferEvery    models.Duration `yaml:"infer_every"`    // least time between two looks at one camera
	LookEvery     models.Duration `yaml:"look_every"`     // between two comparisons of a camera that sleeps, or one GOP where that is longer
	PatrolEvery   models.Duration `yaml:"patrol_every"`   // between two looks by the network at a camera that sleeps, where it has the time
	FirstSight    models.Duration `yaml:"first_sight"`    // a camera that has come is looked at for so long, though nothing moves
	GlanceEvery   models.Duration `yaml:"glance_every"`   // at a key picture of each camera that plays, analysed or not
	QuietAfter    models.Duration `yaml:"quiet_after"`    // a camera without motion for this long goes to sleep
	WorkerShare   float64         `yaml:"worker_share"`   // of a core, or cores, that each pixel worker may take; what goes beyond is left out by rule
	MinMotion     float64         `yaml:"min_motion"`     // share of the picture that must change to count as motion
	MinScore      float64         `yaml:"min_score"`      // of a detection that may begin a track
	UpdateEvery   models.Duration `yaml:"update_every"`   // least time between two updates of an open event
	SnapshotLimit models.Duration `yaml:"snapshot_limit"` // longest wait for the picture of an event
	Publishers    int             `yaml:"publishers"`     // events published at the same time
	DrainLimit    models.Duration `yaml:"drain_limit"`    // at the end, longest wait for what is not published yet
}

// DefaultConfig returns the settings for two cores and a hundred analysed cameras.
func DefaultConfig() Config {
	return Config{
		Language: "zh-CN", TimeZone: "Asia/Shanghai",
		Inferences: 12, InferEvery: models.Duration(400 * time.Millisecond),
		LookEvery: models.Duration(2 * time.Second), PatrolEvery: models.Duration(time.Minute), FirstSight: models.Duration(3 * time.Second),
		GlanceEvery: models.Duration(glanceEvery), WorkerShare: 0.8,
		QuietAfter: models.Duration(5 * time.Second), MinMotion: 0.001, MinScore: 0.45,
		UpdateEvery:   models.Duration(10 * time.Second),
		SnapshotLimit: models.Duration(700 * time.Millisecond),
		Publishers:    4, DrainLimit: models.Duration(2 * time.Second),
	}
}

// Validate returns each setting at fault as a models.FieldError, joined.
func (c Config) Validate() error {
	var f models.Faults
	for _, d := range []struct {
		field string
		is    models.Duration
		least time.Duration
	}{
		{"infer_every", c.InferEvery, 50 * time.Millisecond},
		{"look_every", c.LookEvery, 500 * time.Millisecond},
		{"patrol_every", c.PatrolEvery, 5 * time.Second},
		{"first_sight", c.FirstSight, 0},
		{"glance_every", c.GlanceEvery, doubtEvery},
		{"quiet_after", c.QuietAfter, 500 * time.Millisecond},
		{"update_every", c.UpdateEvery, time.Second},
		{"snapshot_limit", c.SnapshotLimit, 50 * time.Millisecond},
		{"drain_limit", c.DrainLimit, 0},
	} {
		f.Add(d.is.Std() >= d.least && d.is.Std() <= time.Hour, d.field, "%s is out of range, use %s to 1h", d.is, d.least)
	}
	_, err := time.LoadLocation(c.TimeZone)
	f.Add(c.Language == "zh-CN" || c.Language == "en", "language", "%.20q is not spoken here, use zh-CN or en", c.Language)
	f.Add(err == nil, "time_zone", "%.64q is no time zone known here, write one such as Asia/Shanghai", c.TimeZone)
	f.Add(c.Inferences > 0 && c.Inferences <= 10000, "inferences", "%g is out of range, use above 0 to 10000 a second", c.Inferences)
	f.Add(c.WorkerShare >= 0.05 && c.WorkerShare <= 256, "worker_share", "%g is out of range, use 0.05 to 256 cores", c.WorkerShare)
	f.Add(c.MinMotion > 0 && c.MinMotion < 1, "min_motion", "%g is out of range, give a share of the picture above 0 and below 1", c.MinMotion)
	f.Add(c.MinScore >= 0 && c.MinScore < 1, "min_score", "%g is out of range, use 0 to below 1", c.MinScore)
	f.Add(c.Publishers >= 1 && c.Publishers <= 64, "publishers", "%d is out of range, use 1 to 64", c.Publishers)
	return f.Err()
}
