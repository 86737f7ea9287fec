package main

import (
	"fmt"
	"time"

	"zhihui/models"
)

// load is a site as the simulator plays it and as zhihui is told of it.
type load struct {
	script   script
	site     models.Site
	expected []occurrence // what must become an event
}

// The footage that loads are made of. The asphalt and the room are empty as long as no scene is asked for.
const (
	street  = "vtest.avi" // people walk all the time
	asphalt = "intel_car.mp4"
	room    = "intel_one_by_one_person.mp4"
)

const area = "street"

// newLoad is a load without cameras yet. Each sends 384 kbit/s.
func newLoad(loop, gop time.Duration) load {
	return load{
		script: script{Loop: models.Duration(loop), Encoding: encoding{Rate: 384, GOP: models.Duration(gop)}},
		site:   models.Site{Name: "bench", Areas: []models.Area{{ID: area, Name: "bench", Kind: models.Street}}},
	}
}

// everywhere is the zone of the analysed cameras.
const everywhere = "all"

// camera adds a camera; an analysed one looks for people and vehicles in its whole picture.
func (l *load) camera(a actor, analysed bool) {
	c := models.Camera{ID: a.ID, Name: a.ID, Area: area, Analyse: analysed, Place: models.Place{Lon: 116.39, Lat: 39.80}}
	if analysed {
		c.Zones = map[string]models.Polygon{everywhere: {{0, 0}, {1, 0}, {1, 1}, {0, 1}}}
		c.Rules = []models.Rule{
			{Kind: models.Intrusion, Zone: everywhere, Dwell: models.Duration(time.Second)},
			{Kind: models.VehicleInZone, Zone: everywhere, Dwell: models.Duration(time.Second)},
		}
	}
	l.script.Cameras = append(l.script.Cameras, a)
	l.site.Cameras = append(l.site.Cameras, c)
}

func (l *load) cue(at time.Duration, camera, scene string) {
	l.script.Events = append(l.script.Events, cue{At: models.Duration(at), Camera: camera, Scene: scene})
}

// crowded is a camera on the street; n spreads what such cameras show.
func crowded(id string, n int) actor {
	return actor{ID: id, Clips: []clip{{File: street, Phase: models.Duration(time.Duration(n*7%79) * time.Second)}}}
}

// empty is a camera on the asphalt, where a car may pass by the scene "car".
func empty(id string, n int) actor {
	phase := time.Duration(n*11%40) * 100 * time.Millisecond
	return actor{ID: id,
		Clips:  []clip{{File: asphalt, From: span(9500), Length: span(4000), Phase: models.Duration(phase)}},
		Scenes: map[string][]clip{"car": {{File: asphalt, From: span(13500), Length: span(7000)}}},
	}
}

// indoors is a camera in an empty room, where somebody stands at the table by the scene "person".
func indoors(id string) actor {
	return actor{ID: id,
		Clips:  []clip{{File: room, From: span(88000), Length: span(3000)}},
		Scenes: map[string][]clip{"person": {{File: room, From: span(73000), Length: span(14000)}}},
	}
}

func span(ms int) models.Duration { return models.Duration(time.Duration(ms) * time.Millisecond) }

func cameraID(n int) string { return fmt.Sprintf("c%04d", n) }

// reference is the load of the design: the first ten of the analysed cameras look at the street, the others at nothing,
// until in every twelfth a car passes or somebody comes in, once a round.
func reference(cameras, analysed, sensors int) load {
	l := newLoad(referenceLoop, referenceGOP)
	for n := range cameras {
		id := cameraID(n)
		switch {
		case n >= analysed:
			l.camera(crowded(id, n), false)
		case n < tenth(analysed):
			l.camera(crowded(id, n), true)
			l.expected = append(l.expected, occurrence{source: id, kind: models.Intrusion, always: true})
		default:
			l.quiet(id, n)
		}
	}
	for n := range sensors {
		l.sensor(n)
	}
	return l
}

// Of the reference load: a round of it, in which a car or a person is there for some seconds, and the time between keyframes.
const (
	referenceLoop = 120 * time.Second
	referenceGOP  = 2 * time.Second
)

func (l *load) quiet(id string, n int) {
	at := time.Duration(n) * 17 % 100 * time.Second
	switch n % 24 {
	case 11:
		l.camera(empty(id, n), true)
		l.scene(id, "car", models.VehicleInZone, at, 7*time.Second)
	case 23:
		l.camera(indoors(id), true)
		l.scene(id, "person", models.Intrusion, at, 14*time.Second)
	default:
		l.camera(empty(id, n), true)
	}
}

// scene shows a scene once a round and expects an event of it.
func (l *load) scene(id, name string, kind models.EventKind, at, length time.Duration) {
	l.cue(at, id, name)
	l.cue(at+length, id, "usual")
	l.expected = append(l.expected, occurrence{source: id, kind: kind, at: at, until: at + length})
}

// limit is what the sensors' rules ask for; every 25th sensor passes it once a round.
const limit = 10.0

func (l *load) sensor(n int) {
	id := fmt.Sprintf("s%04d", n)
	curve := []point{{Value: 5}}
	above := limit
	if n%25 == 0 {
		at := time.Duration(n) * 7 % 80 * time.Second
		curve = []point{{At: models.Duration(at), Value: 5}, {At: models.Duration(at + time.Second), Value: 15},
			{At: models.Duration(at + 25*time.Second), Value: 15}, {At: models.Duration(at + 26*time.Second), Value: 5}}
		l.expected = append(l.expected, occurrence{source: id, kind: models.SensorThreshold, at: at, until: at + 26*time.Second})
	}
	l.script.Sensors = append(l.script.Sensors, gauge{ID: id, Topic: "s/" + id, Period: span(10_000), Curve: curve})
	l.site.Sensors = append(l.site.Sensors, models.Sensor{ID: id, Name: id, Area: area, Kind: "water_level", Unit: "m", Topic: "s/" + id,
		Place: models.Place{Lon: 116.39, Lat: 39.80}, Rules: []models.Rule{{Kind: models.SensorThreshold, Above: &above}}})
}
