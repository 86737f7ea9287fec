package store

import (
	"fmt"
	"math"
	"strings"
	"time"
	_ "time/tzdata" // a machine without a zone database must know the site's midnight, too

	"zhihui/models"
)

// The bounds of what a site may declare.
const (
	maxThings   = 100_000 // areas, cameras or sensors
	maxName     = 128     // bytes
	maxURL      = 1024
	maxHost     = 253
	maxSecret   = 256
	maxZones    = 50 // zones, lines or rules of one camera or sensor
	maxPoints   = 500
	maxBoundary = 10000

	maxKeepDays  = 3650
	minKeepBytes = 100_000_000 // less is a slip: an hour of a small stream
	maxKeepBytes = 1_000_000_000_000_000
)

// faults are those of a site.
type faults struct{ models.Faults }

func (f *faults) id(field, id string) {
	f.Add(models.ValidID(id), field, "%.80q is no id: write 1 to %d of a-z A-Z 0-9 . _ -, not starting with a dot", id, models.MaxID)
}

func (f *faults) text(field, s string, most int) {
	f.Add(len(s) <= most, field, "write %d bytes at most, not %d", most, len(s))
}

func (f *faults) name(field, s string) {
	f.Add(strings.TrimSpace(s) != "", field, "give it a name that people know")
	f.text(field, s, maxName)
}

// number refuses what YAML can write and JSON cannot keep.
func (f *faults) number(field string, x float64) {
	f.Add(!math.IsNaN(x) && !math.IsInf(x, 0), field, "write a finite number")
}

func (f *faults) place(field string, p models.Place) {
	f.Add(math.Abs(p.Lon) <= 180 && math.Abs(p.Lat) <= 90, field, "write degrees: lon -180 to 180, lat -90 to 90")
}

// ValidateSite returns everything that is wrong with a site file, joined: ids and their references, bounds, zones and rules.
func ValidateSite(site models.Site) error {
	var f faults
	f.name("name", site.Name)
	_, err := time.LoadLocation(site.TimeZone)
	f.Add(err == nil, "time_zone", "there is no time zone %.64q, write one such as Asia/Shanghai", site.TimeZone)
	areas := f.areas(site.Areas)
	f.Add(len(site.Cameras) <= maxThings && len(site.Sensors) <= maxThings, "", "a site has %d cameras and sensors at most", maxThings)
	cameras := map[string]bool{}
	for i, c := range site.Cameras {
		at := fmt.Sprintf("cameras[%d]", i)
		f.Add(!cameras[c.ID], at+".id", "there is a camera %.64q already", c.ID)
		cameras[c.ID] = true
		f.Add(areas[c.Area], at+".area", "there is no area %.64q in this file", c.Area)
		f.camera(at, c)
	}
	sensors := map[string]bool{}
	for i, x := range site.Sensors {
		at := fmt.Sprintf("sensors[%d]", i)
		f.Add(!sensors[x.ID], at+".id", "there is a sensor %.64q already", x.ID)
		sensors[x.ID] = true
		f.Add(areas[x.Area], at+".area", "there is no area %.64q in this file", x.Area)
		f.Add(x.Camera == "" || cameras[x.Camera], at+".camera", "there is no camera %.64q in this file", x.Camera)
		f.sensor(at, x)
	}
	return f.Err()
}

// areas checks the areas and that they are a tree, and returns their ids.
func (f *faults) areas(areas []models.Area) map[string]bool {
	f.Add(len(areas) <= maxThings, "areas", "a site has %d areas at most", maxThings)
	known, parent := map[string]bool{}, map[string]string{}
	for i, a := range areas {
		at := fmt.Sprintf("areas[%d]", i)
		f.id(at+".id", a.ID)
		f.Add(!known[a.ID], at+".id", "there is an area %.64q already", a.ID)
		f.name(at+".name", a.Name)
		f.Add(a.Kind.Valid(), at+".kind", "%.40q is no kind of area, choose district, street, community or grid", a.Kind)
		f.Add(len(a.Boundary) == 0 || len(a.Boundary) >= 3 && len(a.Boundary) <= maxBoundary, at+".boundary", "write 3 to %d points, or none", maxBoundary)
		for j, p := range a.Boundary {
			f.place(fmt.Sprintf("%s.boundary[%d]", at, j), models.Place{Lon: p[0], Lat: p[1]})
		}
		known[a.ID], parent[a.ID] = true, a.Parent
	}
	for i, a := range areas {
		at := fmt.Sprintf("areas[%d].parent", i)
		f.Add(a.Parent == "" || known[a.Parent], at, "there is no area %.64q in this file", a.Parent)
		f.Add(!circular(parent, a.ID), at, "area %.64q lies within itself", a.ID)
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
