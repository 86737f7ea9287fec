package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"

	"zhihui/models"
)

func (s *Script) checkCameras() error {
	if err := s.Encoding.check("encoding"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, c := range s.Cameras {
		field := fmt.Sprintf("cameras[%d]", i)
		if err := checkID(field+".id", c.ID, seen); err != nil {
			return err
		}
		if !c.Mode.valid() {
			return models.FieldError(field+".mode", "%q is not one of %s", c.Mode, modeNames())
		}
		if c.Mode.ownPort() && c.Listen == "" {
			return models.FieldError(field+".mode", "camera %s needs a listen of its own for this", c.ID)
		}
		if err := c.checkStream(field); err != nil {
			return err
		}
		if !c.Storm.valid() {
			return models.FieldError(field+".storm", "%q is not one of dark, rain", c.Storm)
		}
		if err := checkClips(field+".clips", c.ID, c.Clips); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(c.Scenes)) {
			if name == usual || !models.ValidID(name) {
				return models.FieldError(field+".scenes", "%q cannot name a scene", name)
			}
			if err := checkClips(field+".scenes."+name, c.ID, c.Scenes[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkStream checks how the camera encodes, begins and listens.
func (c Camera) checkStream(field string) error {
	if c.Begin != "" && c.Begin != BeginKey && c.Begin != BeginLive {
		return models.FieldError(field+".begin", "%q is not one of key, live", c.Begin)
	}
	if !c.Sound.valid() {
		return models.FieldError(field+".sound", "%q is not one of aac, opus, pcma, pcmu", c.Sound)
	}
	if _, port, err := net.SplitHostPort(c.Listen); c.Listen != "" && (err != nil || port == "") {
		return models.FieldError(field+".listen", "%q is no address, write one such as 127.0.0.1:8600", c.Listen)
	}
	return c.Encoding.check(field + ".encoding")
}

func checkClips(field, camera string, clips []Clip) error {
	if len(clips) == 0 {
		return models.FieldError(field, "camera %s names no clip", camera)
	}
	for i, clip := range clips {
		if err := clip.check(fmt.Sprintf("%s[%d]", field, i)); err != nil {
			return err
		}
	}
	return nil
}

func (c Clip) check(field string) error {
	if c.File == "" || strings.ContainsAny(c.File, "/\\") {
		return models.FieldError(field+".file", "%q must be a file's name without its folder", c.File)
	}
	if c.Brightness < -0.5 || c.Brightness > 0.5 {
		return models.FieldError(field+".brightness", "%v lies outside −0.5…0.5", c.Brightness)
	}
	if c.Length.Std() > clipSeconds*time.Second {
		return models.FieldError(field+".length", "a clip lasts %d s at most", clipSeconds)
	}
	if err := checkBox(field+".crop", c.Crop, 0); err != nil {
		return err
	}
	return checkBox(field+".hide", c.Hide, 0.01) // what is painted over needs an edge to paint from
}

// checkBox holds a box, where there is one, to lie in the picture, so far from its edge.
func checkBox(field string, box []float64, edge float64) error {
	if len(box) == 0 {
		return nil
	}
	if len(box) != 4 {
		return models.FieldError(field, "must be [x, y, width, height], it has %d numbers", len(box))
	}
	x, y, w, h := box[0], box[1], box[2], box[3]
	if x < edge || y < edge || w < 0.05 || h < 0.05 || x+w > 1.000001-edge || y+h > 1.000001-edge {
		return models.FieldError(field, "%v does not lie in the picture (fractions, at least 0.05 wide and high)", box)
	}
	return nil
}

func (s *Script) checkSensors() error {
	seen := map[string]bool{}
	for i, n := range s.Sensors {
		field := fmt.Sprintf("sensors[%d]", i)
		if err := checkID(field+".id", n.ID, seen); err != nil {
			return err
		}
		if n.Topic == "" || strings.ContainsAny(n.Topic, "+#") {
			return models.FieldError(field+".topic", "%q must be a topic without wildcards", n.Topic)
		}
		if n.Period <= 0 {
			return models.FieldError(field+".period", "sensor %s needs a period, such as 2s", n.ID)
		}
		if n.Noise < 0 {
			return models.FieldError(field+".noise", "%v must not be negative", n.Noise)
		}
		if n.Gust < 0 || n.Gust > 1 {
			return models.FieldError(field+".gust", "%v lies outside 0…1", n.Gust)
		}
		if _, err := payload(n.Path, 0); err != nil {
			return models.FieldError(field+".path", "%v", err)
		}
		if err := n.Curve.check(field+".curve", s.Loop.Std()); err != nil {
			return err
		}
	}
	return nil
}

func checkID(field, id string, seen map[string]bool) error {
	if !models.ValidID(id) {
		return models.FieldError(field, "%q is no identifier: 1 to %d of a-z A-Z 0-9 . _ -", id, models.MaxID)
	}
	if seen[id] {
		return models.FieldError(field, "%s is there twice", id)
	}
	seen[id] = true
	return nil
}

// lineOf returns ":LINE" for the field of a models.FieldError, or of the nearest thing around it that the text has.
func lineOf(text []byte, fault error) string {
	var e *models.Error
	file, err := parser.ParseBytes(text, 0)
	if err != nil || !errors.As(fault, &e) {
		return ""
	}
	shorter := regexp.MustCompile(`[.\[][^.\[]*$`)
	for field := e.Field; field != ""; field = shorter.ReplaceAllString(field, "") {
		path, err := yaml.PathString("$." + field)
		if err != nil {
			return ""
		}
		if node, err := path.FilterFile(file); err == nil && node.GetToken() != nil {
			return fmt.Sprintf(":%d", node.GetToken().Position.Line)
		}
		if !shorter.MatchString(field) {
			break
		}
	}
	return ""
}
