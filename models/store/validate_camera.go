package store

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhihui/models"
)

// validateCamera checks one camera by itself; at is its place in the input, "" for a camera alone.
func validateCamera(at string, c models.Camera) error {
	var f faults
	f.camera(at, c)
	return f.Err()
}

func (f *faults) camera(at string, c models.Camera) {
	f.id(at+".id", c.ID)
	f.name(at+".name", c.Name)
	f.url(at+".url", c.URL)
	f.text(at+".username", c.Username, maxName)
	f.text(at+".password", c.Password, maxSecret)
	f.Add(c.Transport.Valid(), at+".transport", "%.40q is no transport, choose auto, tcp, udp or multicast", string(c.Transport))
	f.onvif(at+".onvif", c.ONVIF)
	f.recording(at+".record", c.Record)
	f.place(at+".place", c.Place)
	f.Add(c.Heading >= 0 && c.Heading < 360, at+".heading", "write degrees clockwise from north, 0 to below 360")
	f.Add(len(c.Zones) <= maxZones && len(c.Lines) <= maxZones, at+".zones", "a camera has %d zones and lines at most", maxZones)
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
		f.Add(r.Zone == "" || zone, at+".zone", "this camera has no zone %.64q", r.Zone)
		f.Add(r.Line == "" || line, at+".line", "this camera has no line %.64q", r.Line)
		f.Add(r.By == "" || c.Alarms, at+".by", "nobody listens to what this camera reports by itself: write alarms: true for it")
	}
}

// bound cuts a name that is only used to say where a fault is.
func bound(name string) string { return name[:min(len(name), models.MaxID)] }

func (f *faults) url(field, s string) {
	f.text(field, s, maxURL)
	u, err := url.Parse(s)
	if err != nil { // its text repeats the address, which may hold a password
		f.Add(false, field, "write an address such as rtsp://192.0.2.10:554/stream1")
		return
	}
	f.Add((u.Scheme == "rtsp" || u.Scheme == "rtsps") && u.Hostname() != "", field, "write an address such as rtsp://192.0.2.10:554/stream1")
	f.Add(u.User == nil, field, "write the credentials into username and password, not into the address")
}

func (f *faults) onvif(field string, o models.ONVIF) {
	f.text(field+".profile", o.Profile, models.MaxID)
	if o.Address == "" {
		f.Add(o.Profile == "", field+".address", "a profile needs the address of its device, such as 192.0.2.10:80")
		return
	}
	host, port, err := net.SplitHostPort(o.Address)
	number, wrong := strconv.ParseUint(port, 10, 16)
	u, bad := url.Parse("http://" + o.Address)
	good := err == nil && wrong == nil && number > 0 && host != "" && len(host) <= maxHost && bad == nil && u.Host == o.Address && u.User == nil
	f.Add(good, field+".address", "write HOST:PORT such as 192.0.2.10:80, without credentials; a bracket stands around an IPv6 address")
}

func (f *faults) recording(at string, r models.Recording) {
	f.Add(r.Mode.Valid(), at+".mode", "%.40q is no way to record, choose auto, events, always, hours or never", string(r.Mode))
	_, err := models.ParseSchedule(r.Schedule, time.UTC)
	if fault, ok := errors.AsType[*models.Error](err); ok {
		f.Add(false, at+"."+fault.Field, "%s", fault.Message)
	}
	f.Add(r.Mode != models.RecordHours || len(r.Schedule) > 0, at+".schedule", "write the hours in which the camera is recorded, such as Mon-Fri 08:00-18:00")
	f.Add(r.Mode != models.RecordAuto || len(r.Schedule) == 0, at+".schedule", "hours of recording count with mode hours: write that, too")
	f.Add(r.KeepDays >= 0 && r.KeepDays <= maxKeepDays, at+".keep_days", "write 1 to %d days, or 0 for as long as the settings say", maxKeepDays)
	f.Add(r.KeepBytes == 0 || r.KeepBytes >= minKeepBytes && r.KeepBytes <= maxKeepBytes, at+".keep_bytes",
		"write %d (100 MB) to %d bytes (1000 TB), or 0 for as much as the settings say", int64(minKeepBytes), int64(maxKeepBytes))
}

func (f *faults) points(field, name string, points []models.Point, least int) {
	f.Add(models.ValidName(name), field, "%.80q is no name of a zone or line: write 1 to %d bytes of text without blanks at its ends", name, models.MaxID)
	f.Add(len(points) >= least && len(points) <= maxPoints, field, "write %d to %d points, not %d", least, maxPoints, len(points))
	for i, p := range points {
		ok := p[0] >= 0 && p[0] <= 1 && p[1] >= 0 && p[1] <= 1
		f.Add(ok, fmt.Sprintf("%s[%d]", field, i), "write fractions of the picture's width and height, 0 to 1")
	}
}

func (f *faults) rules(at string, rules []models.Rule) {
	f.Add(len(rules) <= maxZones, at+".rules", "write %d rules at most, not %d", maxZones, len(rules))
	keys := map[string]bool{}
	for i, r := range rules {
		at := fmt.Sprintf("%s.rules[%d]", at, i)
		f.Add(r.Kind.Valid(), at+".kind", "there is no rule %.64q", r.Kind)
		f.Add(r.Severity == "" || r.Severity.Valid(), at+".severity", "%.40q is no severity, choose blue, yellow, orange or red", r.Severity)
		if r.ID != "" {
			f.id(at+".id", r.ID)
		}
		f.Add(!keys[r.Key()], at+".id", "there is a rule %.64q already, give this one an id of its own", r.Key())
		keys[r.Key()] = true
		f.text(at+".by", r.By, models.MaxID)
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
	f.Add(x.Kind != "", at+".kind", "say what it measures, such as water_level")
	f.text(at+".kind", x.Kind, models.MaxID)
	f.text(at+".unit", x.Unit, models.MaxID)
	f.Add(x.Topic != "" && !strings.ContainsAny(x.Topic, "+#"), at+".topic", "write an MQTT topic without + and #")
	f.text(at+".topic", x.Topic, maxURL)
	f.text(at+".mapping.path", x.Mapping.Path, maxURL)
	f.number(at+".mapping.scale", x.Mapping.Scale)
	f.number(at+".mapping.offset", x.Mapping.Offset)
	f.place(at+".place", x.Place)
	f.rules(at, x.Rules)
}
