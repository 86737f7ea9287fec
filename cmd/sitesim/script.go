package main

import (
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/goccy/go-yaml"

	"zhihui/models"
)

// Script is a simulated site: its cameras, its sensors, and what happens to them when. The timeline starts with the
// process and repeats every Loop.
type Script struct {
	Loop    Span     `yaml:"loop"`
	RTSP    RTSP     `yaml:"rtsp"`
	MQTT    MQTT     `yaml:"mqtt"`
	Cameras []Camera `yaml:"cameras"`
	Sensors []Sensor `yaml:"sensors,omitempty"`
	Events  []Event  `yaml:"events,omitempty"`
}

// RTSP says where the cameras listen, each at a path that is its id, and which credentials they ask for (Digest).
type RTSP struct {
	Listen   string `yaml:"listen"` // host:port
	Username string `yaml:"username"`
	Password string `yaml:"password"`
}

// MQTT says to which broker the sensors publish.
type MQTT struct {
	URL      string `yaml:"url,omitempty"` // tcp://host:port; may be empty where there are no sensors
	Username string `yaml:"username,omitempty"`
	Password string `yaml:"password,omitempty"`
}

// Camera is one simulated camera. It replays the first of Clips that is found.
type Camera struct {
	ID    string `yaml:"id"`
	Clips []Clip `yaml:"clips"`
	Mode  Mode   `yaml:"mode,omitempty"` // at the start of every loop
}

// Clip is a piece of footage and how it is made to look. Every picture becomes 640×360 by covering, never by stretching.
type Clip struct {
	File       string    `yaml:"file"`                 // name in one of the footage folders; FILE.gz is found too
	Phase      Span      `yaml:"phase,omitempty"`      // where in the clip the replay starts
	Crop       []float64 `yaml:"crop,omitempty"`       // x, y, width, height in fractions of the picture; empty = all of it
	Mirror     bool      `yaml:"mirror,omitempty"`     // left is right
	Brightness float64   `yaml:"brightness,omitempty"` // −0.5…0.5, 0 = as it is
	Grey       bool      `yaml:"grey,omitempty"`       // as a camera sees by infrared
}

// Mode is what a camera does.
type Mode string

// The modes. ModePlay is the empty word too.
const (
	ModePlay    Mode = "play"
	ModeDrop    Mode = "drop"    // sessions are closed and the path answers 404
	ModeSilent  Mode = "silent"  // sessions stay or come, and no unit does
	ModeGarbage Mode = "garbage" // units come whose slices are noise
)

func (m Mode) valid() bool {
	switch m {
	case "", ModePlay, ModeDrop, ModeSilent, ModeGarbage:
		return true
	}
	return false
}

// Sensor is one simulated sensor: every Period it publishes the value that its curve has at this point of the loop.
type Sensor struct {
	ID     string  `yaml:"id"`
	Topic  string  `yaml:"topic"`
	Period Span    `yaml:"period"`
	Path   string  `yaml:"path,omitempty"`  // dotted JSON path at which the number goes; "" = the payload is the number
	Noise  float64 `yaml:"noise,omitempty"` // the value is off by up to this much either way
	Curve  Curve   `yaml:"curve"`
}

// Event changes the mode of a camera at a point of the loop.
type Event struct {
	At     Span   `yaml:"at"`
	Camera string `yaml:"camera"`
	Do     Action `yaml:"do"`
}

// Action is what an event does to its camera: a Mode, or "return", which is ModePlay.
type Action string

func (a Action) mode() Mode {
	if a == "return" {
		return ModePlay
	}
	return Mode(a)
}

// LoadScript reads a script. An error names the line and what is wrong there.
func LoadScript(path string) (*Script, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, models.Errorf(models.NotFound, "the script cannot be read: %v", err)
	}
	return parseScript(path, text)
}

func parseScript(name string, text []byte) (*Script, error) {
	var s Script
	if err := yaml.UnmarshalWithOptions(text, &s, yaml.Strict()); err != nil {
		return nil, models.Errorf(models.Invalid, "%s: %s", name, yaml.FormatError(err, false, true))
	}
	if err := s.Validate(); err != nil {
		return nil, models.Errorf(models.Invalid, "%s%s: %v", name, lineOf(text, err), err)
	}
	return &s, nil
}

// Validate tells the first fault of the script as a models.FieldError.
func (s *Script) Validate() error {
	if s.Loop.Std() < time.Second {
		return models.FieldError("loop", "must be at least 1s, it is %v", s.Loop)
	}
	if len(s.Cameras)+len(s.Sensors) == 0 {
		return models.FieldError("cameras", "the script has neither cameras nor sensors")
	}
	for _, check := range []func() error{s.checkServers, s.checkCameras, s.checkSensors, s.checkEvents} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Script) checkServers() error {
	if len(s.Cameras) > 0 {
		if s.RTSP.Listen == "" {
			return models.FieldError("rtsp.listen", "say where the cameras listen, such as 127.0.0.1:8554")
		}
		if s.RTSP.Username == "" || s.RTSP.Password == "" {
			return models.FieldError("rtsp", "the cameras need a username and a password")
		}
	}
	if len(s.Sensors) > 0 {
		if u, err := url.Parse(s.MQTT.URL); err != nil || u.Host == "" {
			return models.FieldError("mqtt.url", "say where the broker is, such as tcp://127.0.0.1:1883")
		}
	}
	return nil
}

func (s *Script) checkEvents() error {
	for i, e := range s.Events {
		field := fmt.Sprintf("events[%d]", i)
		if e.At >= s.Loop {
			return models.FieldError(field+".at", "%v lies outside the loop of %v", e.At, s.Loop)
		}
		if s.camera(e.Camera) == nil {
			return models.FieldError(field+".camera", "there is no camera %q in this script", e.Camera)
		}
		if e.Do == "" || !e.Do.mode().valid() {
			return models.FieldError(field+".do", "%q is not one of return, play, drop, silent, garbage", e.Do)
		}
	}
	return nil
}

func (s *Script) camera(id string) *Camera {
	for i := range s.Cameras {
		if s.Cameras[i].ID == id {
			return &s.Cameras[i]
		}
	}
	return nil
}
