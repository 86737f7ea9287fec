package store

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a machine without a zone database must know the site's midnight, too

	"zhihui/models"
)

// The bounds of what a site may declare.
const (
	maxThings   = 20000 // areas, cameras or sensors
	maxName     = 128   // bytes
	maxURL      = 1024
	maxSecret   = 256
	maxZones    = 50 // zones, lines or rules of one camera or sensor
	maxPoints   = 500
	maxBoundary = 10000
)

// faults gathers what is wrong, so that a person sees all of it at once.
type faults []error

func (f *faults) add(ok bool, field, format string, args ...any) {
	if !ok {
		*f = append(*f, models.FieldError(strings.TrimPrefix(field, "."), format, args...))
	}
}

func (f *faults) id(field, id string) {
	f.add(models.ValidID(id), field, "%.80q is no id: write 1 to %d of a-z A-Z 0-9 . _ -, not starting with a dot", id, models.MaxID)
}

func (f *faults) text(field, s string, most int) {
	f.add(len(s) <= most, field, "write %d bytes at most, not %d", most, len(s))
}

func (f *faults) name(field, s string) {
	f.add(strings.TrimSpace(s) != "", field, "give it a name that people know")
	f.text(field, s, maxName)
}

// number refuses what YAML can write and JSON cannot keep.
func (f *faults) number(field string, x float64) {
	f.add(!math.IsNaN(x) && !math.IsInf(x, 0), field, "write a finite number")
}

func (f *faults) place(field string, p models.Place) {
	f.add(math.Abs(p.Lon) <= 180 && math.Abs(p.Lat) <= 90, field, "write degrees: lon -180 to 180, lat -90 to 90")
}

// ValidateSite returns everything that is wrong with a site file, joined: ids and their references, bounds, zones and rules.
func ValidateSite(site models.Site) error {
	var f faults
	f.name("name", site.Name)
	_, err := time.LoadLocation(site.Zone)
	f.add(err == nil, "time_zone", "there is no time zone %.64q, write one such as Asia/Shanghai", site.Zone)
	areas := f.areas(site.Areas)
	f.add(len(site.Cameras) <= maxThings && len(site.Sensors) <= maxThings, "", "a site has %d cameras and sensors at most", maxThings)
	cameras := map[string]bool{}
	for i, c := range site.Cameras {
		at := fmt.Sprintf("cameras[%d]", i)
		f.add(!cameras[c.ID], at+".id", "there is a camera %.64q already", c.ID)
		cameras[c.ID] = true
		f.add(areas[c.Area], at+".area", "there is no area %.64q in this file", c.Area)
		f.camera(at, c)
	}
	sensors := map[string]bool{}
	for i, x := range site.Sensors {
		at := fmt.Sprintf("sensors[%d]", i)
		f.add(!sensors[x.ID], at+".id", "there is a sensor %.64q already", x.ID)
		sensors[x.ID] = true
		f.add(areas[x.Area], at+".area", "there is no area %.64q in this file", x.Area)
		f.add(x.Camera == "" || cameras[x.Camera], at+".camera", "there is no camera %.64q in this file", x.Camera)
		f.sensor(at, x)
	}
	return errors.Join(f...)
}

// areas checks the areas and that they are a tree, and returns their ids.
func (f *faults) areas(areas []models.Area) map[string]bool {
	f.add(len(areas) <= maxThings, "areas", "a site has %d areas at most", maxThings)
	known, parent := map[string]bool{}, map[string]string{}
	for i, a := range areas {
		at := fmt.Sprintf("areas[%d]", i)
		f.id(at+".id", a.ID)
		f.add(!known[a.ID], at+".id", "there is an area %.64q already", a.ID)
		f.name(at+".name", a.Name)
		f.add(a.Kind.Valid(), at+".kind", "%.40q is no kind of area, choose district, street, community or grid", a.Kind)
		f.add(len(a.Boundary) == 0 || len(a.Boundary) >= 3 && len(a.Boundary) <= maxBoundary, at+".boundary", "write 3 to %d points, or none", maxBoundary)
		for j, p := range a.Boundary {
			f.place(fmt.Sprintf("%s.boundary[%d]", at, j), models.Place{Lon: p[0], Lat: p[1]})
		}
		known[a.ID], parent[a.ID] = true, a.Parent
	}
	for i, a := range areas {
		at := fmt.Sprintf("areas[%d].parent", i)
		f.add(a.Parent == "" || known[a.Parent], at, "there is no area %.64q in this file", a.Parent)
		f.add(!circular(parent, a.ID), at, "area %.64q lies within itself", a.ID)
	}
	return known
}

func circular(parent map[string]string, id string) bool {
	steps := 0
	for p := parent[id]; p != ""; p = parent[p] {
		if steps++; p == id || steps > len(parent) {
			return true
		}
	}
	return false
}

// validateCamera checks one camera by itself; at is its place in the input, "" for a camera alone.
func validateCamera(at string, c models.Camera) error {
	var f faults
	f.camera(at, c)
	return errors.Join(f...)
}

func (f *faults) camera(at string, c models.Camera) {
	f.id(at+".id", c.ID)
	f.name(at+".name", c.Name)
	f.url(at+".url", c.URL)
	f.text(at+".username", c.Username, maxName)
	f.text(at+".password", c.Password, maxSecret)
	f.place(at+".place", c.Place)
	f.add(c.Heading >= 0 && c.Heading < 360, at+".heading", "write degrees clockwise from north, 0 to below 360")
	f.add(len(c.Zones) <= maxZones && len(c.Lines) <= maxZones, at+".zones", "a camera has %d zones and lines at most", maxZones)
	for _, name := range slices.Sorted(maps.Keys(c.Zones)) {
		f.points(at+".zones."+bound(name), name, c.Zones[name], 3)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Lines)) {
		f.points(at+".lines."+bound(name), name, c.Lines[name], 2)
	}
	f.rules(at, c.Rules)
	for i, r := range c.Rules {
		at := fmt.Sprintf("%s.rules[%d]", at, i)
		_, zone := c.Zones[r.Zone]
		_, line := c.Lines[r.Line]
		f.add(r.Zone == "" || zone, at+".zone", "this camera has no zone %.64q", r.Zone)
		f.add(r.Line == "" || line, at+".line", "this camera has no line %.64q", r.Line)
	}
}

// bound cuts a name that is only used to say where a fault is.
func bound(name string) string { return name[:min(len(name), models.MaxID)] }

func (f *faults) url(field, s string) {
	f.text(field, s, maxURL)
	u, err := url.Parse(s)
	if err != nil { // its text repeats the address, which may hold a password
		f.add(false, field, "write an address such as rtsp://192.0.2.10:554/stream1")
		return
	}
	f.add((u.Scheme == "rtsp" || u.Scheme == "rtsps") && u.Hostname() != "", field, "write an address such as rtsp://192.0.2.10:554/stream1")
	f.add(u.User == nil, field, "write the credentials into username and password, not into the address")
}

func (f *faults) points(field, name string, points []models.Point, least int) {
	f.id(field, name)
	f.add(len(points) >= least && len(points) <= maxPoints, field, "write %d to %d points, not %d", least, maxPoints, len(points))
	for i, p := range points {
		ok := p[0] >= 0 && p[0] <= 1 && p[1] >= 0 && p[1] <= 1
		f.add(ok, fmt.Sprintf("%s[%d]", field, i), "write fractions of the picture's width and height, 0 to 1")
	}
}

func (f *faults) rules(at string, rules []models.Rule) {
	f.add(len(rules) <= maxZones, at+".rules", "write %d rules at most, not %d", maxZones, len(rules))
	keys := map[string]bool{}
	for i, r := range rules {
		at := fmt.Sprintf("%s.rules[%d]", at, i)
		f.add(r.Kind.Valid(), at+".kind", "there is no rule %.64q", r.Kind)
		f.add(r.Severity == "" || r.Severity.Valid(), at+".severity", "%.40q is no severity, choose blue, yellow, orange or red", r.Severity)
		f.id(at+".id", r.Key())
		f.add(!keys[r.Key()], at+".id", "there is a rule %.64q already, give this one an id of its own", r.Key())
		keys[r.Key()] = true
		f.text(at+".direction", r.Direction, models.MaxID)
		f.text(at+".hours", r.Hours, models.MaxID)
		f.number(at+".min_size", r.MinSize)
		f.limit(at+".above", r.Above)
		f.limit(at+".below", r.Below)
		f.limit(at+".clear", r.Clear)
	}
}

func (f *faults) limit(field string, x *float64) {
	if x != nil {
		f.number(field, *x)
	}
}

func (f *faults) sensor(at string, x models.Sensor) {
	f.id(at+".id", x.ID)
	f.name(at+".name", x.Name)
	f.add(x.Kind != "", at+".kind", "say what it measures, such as water_level")
	f.text(at+".kind", x.Kind, models.MaxID)
	f.text(at+".unit", x.Unit, models.MaxID)
	f.add(x.Topic != "" && !strings.ContainsAny(x.Topic, "+#"), at+".topic", "write an MQTT topic without + and #")
	f.text(at+".topic", x.Topic, maxURL)
	f.text(at+".mapping.path", x.Mapping.Path, maxURL)
	f.number(at+".mapping.scale", x.Mapping.Scale)
	f.number(at+".mapping.offset", x.Mapping.Offset)
	f.place(at+".place", x.Place)
	f.rules(at, x.Rules)
}
