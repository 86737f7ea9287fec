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
// process and repeats every Loop. With one Seed every round is the same: each value, each picture, each delay.
type Script struct {
	Seed  uint64   `yaml:"seed,omitempty"`
	Loop  Span     `yaml:"loop"`
	Storm Storm    `yaml:"storm,omitempty"`
	Story []Moment `yaml:"story,omitempty"`
	RTSP  RTSP     `yaml:"rtsp"`
	MQTT  MQTT     `yaml:"mqtt"`
	ONVIF ONVIF    `yaml:"onvif,omitempty"`

	Encoding Encoding `yaml:"encoding,omitempty"` // of every camera that does not say otherwise

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

// Camera is one simulated camera. It replays the first of Clips that is found, or of the scene that an event asks for.
type Camera struct {
	ID     string            `yaml:"id"`
	Clips  []Clip            `yaml:"clips"`
	Scenes map[string][]Clip `yaml:"scenes,omitempty"`
	Storm  Look              `yaml:"storm,omitempty"` // how its pictures look in a storm; "" = as ever, it is indoors
	Mode   Mode              `yaml:"mode,omitempty"`  // at the start of every loop

	Metadata bool `yaml:"metadata,omitempty"` // it tells its alarms beside its stream, too

	Sound Sound `yaml:"sound,omitempty"` // the coding of what its microphone hears; "" = it has none

	Encoding Encoding `yaml:"encoding,omitempty"`
	Begin    Begin    `yaml:"begin,omitempty"`
	Listen   string   `yaml:"listen,omitempty"` // host:port of its own instead of the script's, the path is its id there too
	PTZ      bool     `yaml:"ptz,omitempty"`    // by ONVIF it can be turned; its pictures stay as they are

	turns []variant // what its modes ask for beside its plain pictures
	tape  *tape     // of its sound
}

// Begin is with which picture a camera begins to send to who comes when nobody else reads.
type Begin string

// BeginKey is the empty word too.
const (
	BeginKey  Begin = "key"  // the newest keyframe; the camera is behind by what came since, as long as somebody reads
	BeginLive Begin = "live" // the picture of now, in the middle of a GOP as a rule
)

// usual is the scene that Clips are.
const usual = "usual"

// scene returns the clips of a scene, nil where the camera has no such scene.
func (c Camera) scene(name string) []Clip {
	if name == usual {
		return c.Clips
	}
	return c.Scenes[name]
}

// Clip is a piece of footage and how it is made to look. Every picture becomes 640×360 by covering, never by stretching.
type Clip struct {
	File       string    `yaml:"file"`                 // name in one of the footage folders; FILE.gz is found too
	From       Span      `yaml:"from,omitempty"`       // where in the file the clip begins
	Length     Span      `yaml:"length,omitempty"`     // of the clip; 0 = to the end of the file
	Phase      Span      `yaml:"phase,omitempty"`      // where in the clip the replay starts
	Crop       []float64 `yaml:"crop,omitempty"`       // x, y, width, height in fractions of the picture; empty = all of it
	Hide       []float64 `yaml:"hide,omitempty"`       // likewise, of the cropped picture: painted over from its edges inward
	Mirror     bool      `yaml:"mirror,omitempty"`     // left is right
	Brightness float64   `yaml:"brightness,omitempty"` // −0.5…0.5, 0 = as it is
	Grey       bool      `yaml:"grey,omitempty"`       // as a camera sees by infrared
}

// Sensor is one simulated sensor: every Period it publishes the value that its curve has at this point of the loop.
type Sensor struct {
	ID     string  `yaml:"id"`
	Topic  string  `yaml:"topic"`
	Period Span    `yaml:"period"`
	Path   string  `yaml:"path,omitempty"`  // dotted JSON path at which the number goes; "" = the payload is the number
	Noise  float64 `yaml:"noise,omitempty"` // the value is off by up to this much either way, unless the curve is at 0
	Gust   float64 `yaml:"gust,omitempty"`  // now and then the value swells by up to this share of the curve's, and falls back
	Curve  Curve   `yaml:"curve"`
}

// Event changes the mode of a camera, or the scene that it shows, or lets it report an alarm, at a point of the loop.
type Event struct {
	At     Span   `yaml:"at"`
	Camera string `yaml:"camera"`
	Do     Action `yaml:"do,omitempty"`
	Scene  string `yaml:"scene,omitempty"` // of the camera, or "usual"
	Alarm  Alarm  `yaml:"alarm,omitempty"`
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
	s.settle()
	return &s, nil
}

// settle tells each camera what follows for it from the rest of the script.
func (s *Script) settle() {
	for i := range s.Cameras {
		c := &s.Cameras[i]
		c.Encoding = c.Encoding.or(s.Encoding)
		c.turns = c.Mode.variants()
		for _, e := range s.Events {
			if e.Camera == c.ID {
				c.turns = append(c.turns, e.Do.mode().variants()...)
			}
		}
	}
}

// Validate tells the first fault of the script as a models.FieldError.
func (s *Script) Validate() error {
	if s.Loop.Std() < time.Second {
		return models.FieldError("loop", "must be at least 1s, it is %v", s.Loop)
	}
	if len(s.Cameras)+len(s.Sensors) == 0 {
		return models.FieldError("cameras", "the script has neither cameras nor sensors")
	}
	for _, check := range []func() error{s.checkServers, s.ONVIF.check, s.checkStory, s.checkCameras, s.checkSensors, s.checkEvents} {
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
		c := s.camera(e.Camera)
		if c == nil {
			return models.FieldError(field+".camera", "there is no camera %q in this script", e.Camera)
		}
		if e.Alarm != (Alarm{}) {
			if e.Do != "" || e.Scene != "" {
				return models.FieldError(field+".do", "an event reports an alarm or does something else, not both")
			}
			if err := e.Alarm.check(field+".alarm", e.At, s.Loop); err != nil {
				return err
			}
			continue
		}
		if e.Scene != "" {
			if e.Do != "" {
				return models.FieldError(field+".do", "an event shows a scene or does something, not both")
			}
			if c.scene(e.Scene) == nil {
				return models.FieldError(field+".scene", "camera %s has no scene %q", e.Camera, e.Scene)
			}
			continue
		}
		if e.Do == "" || !e.Do.mode().valid() {
			return models.FieldError(field+".do", "%q is not one of return, %s", e.Do, modeNames())
		}
		if e.Do.mode().ownPort() && c.Listen == "" {
			return models.FieldError(field+".do", "camera %s needs a listen of its own for this", e.Camera)
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
