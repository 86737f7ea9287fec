package main

import "zhihui/models"

// script is what sitesim plays; see its Script for what the fields mean.
type script struct {
	Loop     models.Duration `yaml:"loop"`
	Encoding encoding        `yaml:"encoding"`
	RTSP     endpoint        `yaml:"rtsp"`
	MQTT     broker          `yaml:"mqtt,omitempty"`
	Cameras  []actor         `yaml:"cameras"`
	Sensors  []gauge         `yaml:"sensors,omitempty"`
	Events   []cue           `yaml:"events,omitempty"`
}

// encoding is how the cameras encode: kbit/s, and the time between keyframes.
type encoding struct {
	Rate int             `yaml:"rate"`
	GOP  models.Duration `yaml:"gop"`
}

type endpoint struct {
	Listen   string `yaml:"listen"`
	Username string `yaml:"username"`
	Password string `yaml:"password"`
}

type broker struct {
	URL      string `yaml:"url"`
	Username string `yaml:"username"`
	Password string `yaml:"password"`
}

// actor is a camera of the script.
type actor struct {
	ID     string            `yaml:"id"`
	Clips  []clip            `yaml:"clips"`
	Scenes map[string][]clip `yaml:"scenes,omitempty"`
	Mode   string            `yaml:"mode,omitempty"`
	Begin  string            `yaml:"begin,omitempty"`
	Listen string            `yaml:"listen,omitempty"`

	own bool // gets a port of its own
}

type clip struct {
	File   string          `yaml:"file"`
	From   models.Duration `yaml:"from,omitempty"`
	Length models.Duration `yaml:"length,omitempty"`
	Phase  models.Duration `yaml:"phase,omitempty"`
}

// gauge is a sensor of the script.
type gauge struct {
	ID     string          `yaml:"id"`
	Topic  string          `yaml:"topic"`
	Period models.Duration `yaml:"period"`
	Curve  []point         `yaml:"curve"`
}

type point struct {
	At    models.Duration `yaml:"at"`
	Value float64         `yaml:"value"`
}

// cue is what happens to a camera at a moment of the loop.
type cue struct {
	At     models.Duration `yaml:"at"`
	Camera string          `yaml:"camera"`
	Do     string          `yaml:"do,omitempty"`
	Scene  string          `yaml:"scene,omitempty"`
}
