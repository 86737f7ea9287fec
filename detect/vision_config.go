package detect

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"zhihui/models"
)

// VisionConfig says how pixel workers are run.
type VisionConfig struct {
	Off         bool            `yaml:"off"`          // no pictures are analysed by this process
	Binary      string          `yaml:"binary"`       // zhihui-vision; "" = beside this program
	Instances   int             `yaml:"instances"`    // workers here, each at most one core; 0 = one core fewer than there are, at most 4, and none beside remotes
	Remotes     []RemoteConfig  `yaml:"remotes"`      // workers on other machines
	OnnxRuntime string          `yaml:"onnx_runtime"` // library file; "" = no people and vehicles
	Networks    string          `yaml:"networks"`     // folder of networks and their manifests
	SocketDir   string          `yaml:"socket_dir"`   // "" = a temporary one; a path of at most 80 bytes
	Stuck       models.Duration `yaml:"stuck"`        // a worker that gives no answer for longer is ended
	Probation   models.Duration `yaml:"probation"`    // how long a suspected camera is looked at by a worker of its own
	Quarantine  models.Duration `yaml:"quarantine"`   // how long a camera that ended three workers is not looked at
}

// DefaultVisionConfig returns the settings for a machine where zhihui-vision lies beside zhihui.
func DefaultVisionConfig() VisionConfig {
	return VisionConfig{
		Stuck:      models.Duration(10 * time.Second),
		Probation:  models.Duration(time.Minute),
		Quarantine: models.Duration(30 * time.Minute),
	}
}

// Validate returns each setting at fault as a models.FieldError, joined.
func (c VisionConfig) Validate() error {
	var f models.Faults
	f.Add(c.Instances >= 0 && c.Instances <= 64, "instances", "%d is out of range, use 0 to 64", c.Instances)
	f.Add(len(c.Remotes) <= 64, "remotes", "%d are too many, use at most 64", len(c.Remotes))
	for n, r := range c.Remotes {
		r.validate(&f, fmt.Sprintf("remotes[%d]", n))
	}
	f.Add(len(c.SocketDir) <= 80, "socket_dir", "is %d bytes long; a socket's path must be short, use at most 80", len(c.SocketDir))
	for _, d := range []struct {
		field string
		is    models.Duration
		least time.Duration
	}{{"stuck", c.Stuck, time.Second}, {"probation", c.Probation, time.Second}, {"quarantine", c.Quarantine, time.Second}} {
		f.Add(d.is.Std() >= d.least && d.is.Std() <= 24*time.Hour, d.field, "%s is out of range, use %s to 24h", d.is, d.least)
	}
	return f.Err()
}

// instances is how many workers run here; it leaves one core to the hall.
func (c VisionConfig) instances() int {
	if c.Instances > 0 || len(c.Remotes) > 0 {
		return c.Instances
	}
	return min(max(runtime.NumCPU()-1, 1), 4)
}

func (c VisionConfig) binary() string {
	if c.Binary != "" {
		return c.Binary
	}
	self, err := os.Executable()
	if err != nil {
		return "zhihui-vision" // of the PATH
	}
	return filepath.Join(filepath.Dir(self), "zhihui-vision")
}
