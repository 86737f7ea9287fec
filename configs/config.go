// Package configs reads the two kinds of YAML files that an administrator writes: the settings of the process and the
// declaration of the site. It composes each package's own Config and is strict: an unknown key is a fault.
package configs

import (
	"errors"
	"log/slog"

	"zhihui/alerting"
	"zhihui/dashboard"
	"zhihui/detect"
	"zhihui/ingest"
	"zhihui/ingest/mqtt"
	"zhihui/ingest/recording"
	"zhihui/models"
	"zhihui/models/bus"
	"zhihui/models/store"
)

// Config are the settings of one zhihui process.
type Config struct {
	Log       Log                 `yaml:"log"`
	Store     store.Config        `yaml:"store"`
	Bus       bus.Config          `yaml:"bus"`
	Ingest    ingest.Config       `yaml:"ingest"`
	Recording recording.Config    `yaml:"recording"`
	MQTT      mqtt.Config         `yaml:"mqtt"`
	Detect    detect.Config       `yaml:"detect"`
	Vision    detect.VisionConfig `yaml:"vision"`
	Alerting  alerting.Config     `yaml:"alerting"`
	Dashboard dashboard.Config    `yaml:"dashboard"`
	Basemap   string              `yaml:"basemap"` // GeoJSON file with the roads, waters and greens of the site; "" = none
}

// Default returns the settings of a process that has none of its own.
func Default() Config {
	return Config{
		Log:       Log{Format: LogText, Level: slog.LevelInfo},
		Store:     store.DefaultConfig(),
		Bus:       bus.DefaultConfig(),
		Ingest:    ingest.DefaultConfig(),
		Recording: recording.DefaultConfig(),
		MQTT:      mqtt.DefaultConfig(),
		Detect:    detect.DefaultConfig(),
		Vision:    detect.DefaultVisionConfig(),
		Alerting:  alerting.Default(),
		Dashboard: dashboard.DefaultConfig(),
	}
}

// Validate returns every fault of every section, joined, its field led by the section's name.
func (c Config) Validate() error {
	var errs []error
	for _, s := range []struct {
		name string
		part interface{ Validate() error }
	}{
		{"log", c.Log}, {"store", c.Store}, {"bus", c.Bus}, {"ingest", c.Ingest}, {"recording", c.Recording}, {"mqtt", c.MQTT},
		{"detect", c.Detect}, {"vision", c.Vision}, {"alerting", c.Alerting}, {"dashboard", c.Dashboard},
	} {
		errs = append(errs, within(s.name, s.part.Validate()))
	}
	if c.MQTT.Out.URL == mqtt.Embedded && c.Bus.MQTT.Address == "" {
		errs = append(errs, models.FieldError("mqtt.out.url", "the broker inside has no listener: set bus.mqtt.address, or the URL of another broker"))
	}
	return errors.Join(errs...)
}

// within puts the name of a section in front of the field of an error, or of each of several joined ones.
func within(section string, err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var errs []error
		for _, e := range joined.Unwrap() {
			errs = append(errs, within(section, e))
		}
		return errors.Join(errs...)
	}
	var e *models.Error
	if !errors.As(err, &e) {
		return err
	}
	inner := *e
	inner.Field = section
	if e.Field != "" {
		inner.Field += "." + e.Field
	}
	return &inner
}

// LogFormat is how log lines are written.
type LogFormat string

// The formats.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// Log says what is logged and how.
type Log struct {
	Format LogFormat  `yaml:"format"`
	Level  slog.Level `yaml:"level"` // debug, info, warn or error
}

// Validate tells what is wrong with l.
func (l Log) Validate() error {
	if l.Format != LogText && l.Format != LogJSON {
		return models.FieldError("format", "%q is no log format, write text or json", l.Format)
	}
	return nil
}
