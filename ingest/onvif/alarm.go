package onvif

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"time"
	"unicode"

	"zhihui/models"
)

const (
	notificationsMost = 256 // of one document; what is beyond them is ignored
	wordMost          = 64  // bytes of a text of an alarm
)

// notification is what a device tells of one topic, in an answer to PullMessages as in a stream of metadata. Both services
// write it in the same words, whatever their namespaces are called.
type notification struct {
	Topic    string
	Messages []message `xml:"Message>Message"`
}

type message struct {
	Operation string `xml:"PropertyOperation,attr"` // Initialized, Changed, Deleted or, of what is no property, nothing
	Source    []item `xml:"Source>SimpleItem"`
	Key       []item `xml:"Key>SimpleItem"`
	Data      []item `xml:"Data>SimpleItem"`
}

type item struct {
	Name  string `xml:"Name,attr"`
	Value string `xml:"Value,attr"`
}

// report is an alarm and what the device says of where in it that comes from. Its Camera is not set.
type report struct {
	models.Alarm
	sources []string // tokens of a video source or of its configuration
}

// AlarmsIn reads a document of a camera's stream of metadata, received at an instant. The alarms' Camera is not set; ignored
// counts the notifications that are no alarms of ours. The error says that it is no XML.
func AlarmsIn(document []byte, at time.Time) (alarms []models.Alarm, ignored int, err error) {
	if !bytes.Contains(document, []byte("NotificationMessage")) { // boxes of what the camera sees, many times a second
		return nil, 0, nil
	}
	var said struct {
		All []notification `xml:"Event>NotificationMessage"`
	}
	if err := xml.Unmarshal(document, &said); err != nil {
		return nil, 0, &fault{NotONVIF, err}
	}
	reports, ignored := reportsOf(said.All, models.At(at))
	for _, r := range reports {
		alarms = append(alarms, r.Alarm)
	}
	return alarms, ignored, nil
}

// reportsOf are the alarms among notifications, in their order, and how many of these are none.
func reportsOf(all []notification, at models.Time) (reports []report, ignored int) {
	for i, n := range all {
		if i == notificationsMost {
			return reports, ignored + len(all) - i
		}
		before := len(reports)
		for _, m := range n.Messages[:min(len(n.Messages), notificationsMost)] {
			if r, ok := m.report(n.Topic); ok {
				r.At = at
				reports = append(reports, r)
			}
		}
		if len(reports) == before {
			ignored++
		}
	}
	return reports, ignored
}

// report is what the message says, false when that is no alarm. A line that was crossed has happened, whatever a device says of
// its state; of the other kinds one that tells no state is there for the moment.
func (m message) report(topic string) (report, bool) {
	path := pathOf(topic)
	kind, holds, told := m.judge(path)
	gone := m.Operation == "Deleted" || told && !holds
	if kind == "" || kind == models.LineCrossing && (gone || m.Operation == "Initialized") {
		return report{}, false
	}
	r := report{Alarm: models.Alarm{
		Kind: kind, Name: m.name(path), Object: word(valueOf(m.Key, "objectid")), Topic: word(topic), Label: m.label(),
		Active: !gone, Pulse: !gone && (!told || kind == models.LineCrossing),
	}}
	for _, s := range m.Source {
		if name := strings.ToLower(s.Name); name == "source" || strings.HasPrefix(name, "videosource") {
			r.sources = append(r.sources, s.Value)
		}
	}
	return r, true
}

// judge tells which kind of alarm the message is about and whether that holds, told whether it says so at all.
func (m message) judge(path string) (kind models.EventKind, holds, told bool) {
	if strings.HasSuffix(path, "/TPSmartEvent") { // TP-Link's topic of all kinds: its item names the kind
		for _, i := range m.Data {
			if kind := kindOf(strings.TrimPrefix(i.Name, "Is")); kind != "" {
				holds, err := strconv.ParseBool(i.Value)
				return kind, holds, err == nil
			}
		}
		return "", false, false
	}
	kind = kindOf(path)
	if path == "FieldDetector/ObjectsInside" { // Reolink's topic of all kinds: the rule is called by its kind
		switch valueOf(m.Source, "rule") {
		case "crossline":
			kind = models.LineCrossing
		case "loitering":
			kind = models.Loitering
		}
	}
	for _, i := range m.Data {
		if name := strings.ToLower(i.Name); name == "state" || name == "active" || strings.HasPrefix(name, "is") {
			if holds, err := strconv.ParseBool(i.Value); err == nil {
				return kind, holds, true
			}
		}
	}
	return kind, false, false
}

// kindOf is the table of topics: those of ONVIF's analytics, which most makers keep to, and what else cameras really send.
// "" is a topic that is no alarm of ours.
func kindOf(path string) models.EventKind {
	switch path {
	case "LineDetector/Crossed", "LineCrossDetector/LineCross", "CellMotionDetector/LineCross", "LineCross",
		"LineCrossingDetector/Crossed", "CrossLineDetector/Crossed", "MyRuleDetector/TripwireDetector":
		return models.LineCrossing
	case "FieldDetector/ObjectsInside", "IntrusionDetector/Intrusion", "CellMotionDetector/Intrusion", "Intrusion",
		"FieldDetector/IntrusionDetection", "IntrusionDetection/Alert":
		return models.Intrusion
	case "LoiteringDetector/ObjectIsLoitering", "LoiteringDetector/Loitering", "LoiteringDetector/Alert", "FieldDetector/Loitering", "Loitering":
		return models.Loitering
	}
	app, isAxis := strings.CutPrefix(path, "CameraApplicationPlatform/")
	app, profile, _ := strings.Cut(app, "/")
	switch {
	case !isAxis || strings.HasSuffix(profile, "ANY"): // that one sums up the others
		return ""
	case app == "FenceGuard":
		return models.LineCrossing
	case app == "LoiteringGuard":
		return models.Loitering
	case app == "ObjectAnalytics": // it does not say of which kind its scenario is: as it comes, of what enters an area
		return models.Intrusion
	}
	return ""
}

// pathOf is a topic without the names of its namespaces, which devices are free to choose, and without the tree of most.
func pathOf(topic string) string {
	parts := strings.Split(cut(strings.TrimSpace(topic), 4*wordMost), "/")
	for i, p := range parts {
		parts[i] = p[strings.LastIndex(p, ":")+1:]
	}
	return strings.TrimPrefix(strings.Join(parts, "/"), "RuleEngine/")
}

// name is what the camera calls its rule; where it has no word for that, the last one of the topic.
func (m message) name(path string) string {
	for _, items := range [][]item{m.Source, m.Key, m.Data} {
		if name := word(valueOf(items, "rule", "rulename")); name != "" {
			return name
		}
	}
	if strings.HasPrefix(path, "CameraApplicationPlatform/") {
		return word(path[strings.LastIndex(path, "/")+1:])
	}
	return ""
}

// label says in our words what the camera has recognised; "" when it says nothing, or more than one thing.
func (m message) label() string {
	switch strings.ToLower(valueOf(m.Data, "objectclass", "classtypes", "objecttype", "class")) {
	case "human", "person", "people":
		return "person"
	case "vehicle":
		return "vehicle"
	case "car":
		return "car"
	case "bus":
		return "bus"
	case "truck":
		return "truck"
	case "motorcycle", "motorbike":
		return "motorcycle"
	case "bicycle", "bike":
		return "bicycle"
	}
	return ""
}

// valueOf is the value of the first item of one of these names, which are in lower case.
func valueOf(items []item, names ...string) string {
	for _, i := range items {
		for _, n := range names {
			if strings.ToLower(i.Name) == n {
				return i.Value
			}
		}
	}
	return ""
}

// word bounds a camera's text, and keeps what can be printed of it.
func word(s string) string {
	return cut(strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, cut(s, 4*wordMost))), wordMost)
}
