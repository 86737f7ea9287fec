package onvif

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// tell writes one notification as devices do: topic, operation and the items of Source, Key and Data as name=value.
func tell(topic, operation string, source, key, data []string) string {
	items := func(name string, all []string) string {
		if all == nil {
			return ""
		}
		var b strings.Builder
		for _, i := range all {
			n, v, _ := strings.Cut(i, "=")
			fmt.Fprintf(&b, `<tt:SimpleItem Name="%s" Value="%s"/>`, n, v)
		}
		return "<tt:" + name + ">" + b.String() + "</tt:" + name + ">"
	}
	if operation != "" {
		operation = ` PropertyOperation="` + operation + `"`
	}
	return `<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">` + topic + `</wsnt:Topic><wsnt:Message>` +
		`<tt:Message UtcTime="1970-01-01T00:00:01Z"` + operation + `>` + items("Source", source) + items("Key", key) + items("Data", data) +
		`</tt:Message></wsnt:Message></wsnt:NotificationMessage>`
}

func metadata(notifications ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2">` +
		`<tt:Event>` + strings.Join(notifications, "") + `</tt:Event></tt:MetadataStream>`
}

func listOf(items ...string) []string { return items }

func TestWhatCamerasReport(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	rule := listOf("VideoSourceConfigurationToken=VideoSourceToken", "VideoAnalyticsConfigurationToken=VideoAnalyticsToken", "Rule=Gate west")
	is := func(kind models.EventKind, name, label string, active, pulse bool) models.Alarm {
		return models.Alarm{Kind: kind, Name: name, Label: label, Active: active, Pulse: pulse, At: models.At(at)}
	}
	for name, c := range map[string]struct {
		said string
		want models.Alarm
	}{
		"ONVIF: a line crossed": {tell("tns1:RuleEngine/LineDetector/Crossed", "", rule, nil, listOf("ObjectId=1")), is(models.LineCrossing, "Gate west", "", true, true)},
		"a line crossed, as a property": {tell("tns1:RuleEngine/LineDetector/Crossed", "Changed", rule, nil, listOf("ObjectId=15", "ClassTypes=Human")),
			is(models.LineCrossing, "Gate west", "person", true, true)},
		"Hikvision: a field entered": {tell("tns1:RuleEngine/FieldDetector/ObjectsInside", "Changed", rule, listOf("ObjectId=0"), listOf("IsInside=true")),
			is(models.Intrusion, "Gate west", "", true, false)},
		"Hikvision: a field left": {tell("tns1:RuleEngine/FieldDetector/ObjectsInside", "Changed", rule, listOf("ObjectId=0"), listOf("IsInside=false")),
			is(models.Intrusion, "Gate west", "", false, false)},
		"somebody is inside as we come": {tell("tns1:RuleEngine/FieldDetector/ObjectsInside", "Initialized", rule, nil, listOf("IsInside=1")),
			is(models.Intrusion, "Gate west", "", true, false)},
		"an object is there no more": {tell("tns1:RuleEngine/FieldDetector/ObjectsInside", "Deleted", rule, listOf("ObjectId=0"), nil), is(models.Intrusion, "Gate west", "", false, false)},
		"ONVIF: loitering":           {tell("tns1:RuleEngine/LoiteringDetector/ObjectIsLoitering", "Initialized", rule, nil, listOf("Since=2026-05-01T12:00:00Z")), is(models.Loitering, "Gate west", "", true, true)},
		"loitering with a state":     {tell("tns1:RuleEngine/FieldDetector/Loitering", "Changed", rule, nil, listOf("State=true", "ObjectClass=Vehicle")), is(models.Loitering, "Gate west", "vehicle", true, false)},
		"TP-Link: a line":            {tell("tns1:RuleEngine/CellMotionDetector/LineCross", "Changed", rule, nil, listOf("IsLineCross=true")), is(models.LineCrossing, "Gate west", "", true, true)},
		"TP-Link: an intrusion":      {tell("tns1:RuleEngine/IntrusionDetector/Intrusion", "Changed", rule, nil, listOf("IsIntrusion=true")), is(models.Intrusion, "Gate west", "", true, false)},
		"TP-Link: by its one topic":  {tell("tns1:RuleEngine/TPSmartEventDetector/TPSmartEvent", "Changed", rule, nil, listOf("IsTPSmartEvent=true", "IsIntrusion=false")), is(models.Intrusion, "Gate west", "", false, false)},
		"Reolink: a line":            {tell("tns1:RuleEngine/FieldDetector/ObjectsInside", "Changed", listOf("Rule=crossline"), nil, listOf("IsInside=true")), is(models.LineCrossing, "crossline", "", true, true)},
		"Dahua: a tripwire":          {tell("tns1:RuleEngine/MyRuleDetector/TripwireDetector", "Changed", listOf("Source=000"), nil, listOf("State=true", "ObjectClass=Human")), is(models.LineCrossing, "", "person", true, true)},
		"Axis: a fence":              {tell("tnsaxis:CameraApplicationPlatform/tnsaxis:FenceGuard/tnsaxis:Camera1Profile2", "Changed", nil, nil, listOf("active=1")), is(models.LineCrossing, "Camera1Profile2", "", true, true)},
		"Axis: a scenario":           {tell("tnsaxis:CameraApplicationPlatform/ObjectAnalytics/Device1Scenario1", "Changed", nil, nil, listOf("active=1", "classTypes=human")), is(models.Intrusion, "Device1Scenario1", "person", true, false)},
		"spaces, prefixes":           {tell("\n  a:RuleEngine/a:LineDetector/a:Crossed\n ", "", nil, listOf("RuleName=x"), nil), is(models.LineCrossing, "x", "", true, true)},
		"control characters":         {tell("RuleEngine/LineDetector/Crossed", "", listOf("Rule=a&#9;b\u202ec"), nil, nil), is(models.LineCrossing, "abc", "", true, true)},
	} {
		t.Run(name, func(t *testing.T) {
			got, ignored, err := AlarmsIn([]byte(metadata(c.said)), at)
			require.NoError(t, err)
			require.Zero(t, ignored)
			require.Len(t, got, 1)
			require.NotEmpty(t, got[0].Topic)
			got[0].Topic, got[0].Object = "", ""
			require.Equal(t, c.want, got[0])
		})
	}
}

func TestWhatIsNoAlarm(t *testing.T) {
	for name, said := range map[string]string{
		"motion":                     tell("tns1:RuleEngine/CellMotionDetector/Motion", "Changed", nil, nil, listOf("IsMotion=true")),
		"a line, as we come":         tell("tns1:RuleEngine/LineDetector/Crossed", "Initialized", nil, nil, listOf("ObjectId=0")),
		"a line that is crossed out": tell("tns1:RuleEngine/LineCrossDetector/LineCross", "Changed", nil, nil, listOf("IsLineCross=false")),
		"a person":                   tell("tns1:RuleEngine/TPSmartEventDetector/TPSmartEvent", "Changed", nil, nil, listOf("IsPeople=true")),
		"all scenarios together":     tell("tnsaxis:CameraApplicationPlatform/ObjectAnalytics/Device1ScenarioANY", "Changed", nil, nil, listOf("active=1")),
		"another app":                tell("tnsaxis:CameraApplicationPlatform/VMD/Camera1Profile1", "Changed", nil, nil, listOf("active=1")),
		"a thing left behind":        tell("tns1:RuleEngine/LoiteringDetector/ObjectIsStopped", "Changed", nil, nil, listOf("State=true")),
		"no message":                 `<wsnt:NotificationMessage><wsnt:Topic>tns1:RuleEngine/LineDetector/Crossed</wsnt:Topic></wsnt:NotificationMessage>`,
	} {
		got, ignored, err := AlarmsIn([]byte(metadata(said)), time.Now())
		require.NoError(t, err, name)
		require.Empty(t, got, name)
		require.Equal(t, 1, ignored, name)
	}
	for name, document := range map[string]string{
		"boxes alone": `<tt:MetadataStream xmlns:tt="x"><tt:VideoAnalytics><tt:Frame/></tt:VideoAnalytics></tt:MetadataStream>`,
		"nothing":     "", "noise": "\x00\x01 no XML",
	} {
		got, ignored, err := AlarmsIn([]byte(document), time.Now())
		require.NoError(t, err, name)
		require.Empty(t, got, name)
		require.Zero(t, ignored, name)
	}
	_, _, err := AlarmsIn([]byte("<a>NotificationMessage"), time.Now())
	require.Error(t, err)
}

// One notification may carry several messages; one document any number of notifications, of which only so many count.
func TestSeveralAndTooMany(t *testing.T) {
	two := strings.Replace(tell("RuleEngine/LineDetector/Crossed", "", listOf("Rule=a"), nil, nil), "</wsnt:Message>", `<tt:Message><tt:Source><tt:SimpleItem Name="Rule" Value="b"/></tt:Source></tt:Message></wsnt:Message>`, 1)
	got, ignored, err := AlarmsIn([]byte(metadata(two, tell("Device/Trigger/Relay", "", nil, nil, nil))), time.Now())
	require.NoError(t, err)
	require.Equal(t, 1, ignored)
	require.Equal(t, []string{"a", "b"}, []string{got[0].Name, got[1].Name})
	got, ignored, err = AlarmsIn([]byte(metadata(strings.Repeat(tell("RuleEngine/LineDetector/Crossed", "", nil, nil, nil), notificationsMost+3))), time.Now())
	require.NoError(t, err)
	require.Len(t, got, notificationsMost)
	require.Equal(t, 3, ignored)
}

func TestWhereAnAlarmComesFrom(t *testing.T) {
	var said notification
	require.NoError(t, xml.Unmarshal([]byte(tell("RuleEngine/FieldDetector/ObjectsInside", "Changed",
		listOf("VideoSourceConfigurationToken=vsc_2", "VideoAnalyticsConfigurationToken=va", "Rule=r", "Source=vs_2"), listOf("ObjectId=7"), listOf("IsInside=true"))), &said))
	got, _ := reportsOf([]notification{said}, 1)
	require.Equal(t, []string{"vsc_2", "vs_2"}, got[0].sources)
	require.Equal(t, "7", got[0].Object)
}

// Whatever comes as metadata, what comes out is bounded, of our kinds, and printable.
func FuzzAlarms(f *testing.F) {
	f.Add([]byte(metadata(tell("tns1:RuleEngine/FieldDetector/ObjectsInside", "Changed", listOf("Rule=a"), listOf("ObjectId=1"), listOf("IsInside=true")))))
	f.Add([]byte(metadata(tell("tnsaxis:CameraApplicationPlatform/FenceGuard/Camera1Profile1", "", nil, nil, listOf("active=1")))))
	f.Add([]byte(metadata(tell("RuleEngine/TPSmartEventDetector/TPSmartEvent", "Changed", nil, nil, listOf("IsLoitering=x")))))
	f.Fuzz(func(t *testing.T, document []byte) {
		got, ignored, err := AlarmsIn(document, time.Unix(1, 0))
		if err != nil && len(got)+ignored > 0 || ignored < 0 {
			t.Fatal(got, ignored, err)
		}
		for _, a := range got {
			if a.Kind != models.LineCrossing && a.Kind != models.Intrusion && a.Kind != models.Loitering || a.Pulse && !a.Active {
				t.Fatal(a)
			}
			for _, s := range []string{a.Name, a.Object, a.Topic, a.Label} {
				if len(s) > wordMost || !utf8.ValidString(s) || strings.ContainsAny(s, "\n\x00") {
					t.Fatalf("%q", s)
				}
			}
		}
	})
}
