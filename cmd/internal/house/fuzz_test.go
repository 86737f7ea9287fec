package house

import (
	"go/ast"
	"path/filepath"
	"strings"
	"testing"
)

// parsers names everything that reads bytes from outside, and the fuzz target that attacks it, as folder and function.
func parsers() map[string]string {
	return map[string]string{
		"what a camera says that it sends (SDP)":            "ingest/rtsp FuzzSDP",
		"a description that breaks a rule":                  "ingest/rtsp FuzzMend",
		"packets of sound":                                  "ingest/rtsp FuzzSound",
		"a challenge to say who we are (digest)":            "ingest/digest FuzzChallenge",
		"a camera's packets (RTP) and what is made of them": "ingest/rtsp FuzzVideo",
		"packets of metadata beside the video":              "ingest/rtsp FuzzMetadata",
		"what a device says of itself and its streams":      "ingest/onvif FuzzAnswer",
		"what a camera reports by itself (ONVIF)":           "ingest/onvif FuzzAlarms",
		"an address, for where its other video is":          "ingest FuzzTwinStaysOnTheMachine",
		"parameter sets, for the name of the format":        "ingest/rtsp FuzzFormatOf",
		"coded pictures, for whether anything is new":       "ingest FuzzStillness",
		"parameter sets, for browsers":                      "models/mp4 FuzzHeader",
		"units and sound, for files and browsers":           "models/mp4 FuzzFilm",
		"files of footage":                                  "models/mp4 FuzzWalk",
		"the marker of a folder of footage":                 "ingest/recording FuzzMarker",
		"pictures, in the pixel worker":                     "detect/vision/decode FuzzDecode",
		"headers of pictures, in the gate":                  "detect/coding FuzzMeter",
		"a sensor's payload by its mapping":                 "ingest/mqtt FuzzDecode",
		"a mapping that is tried":                           "ingest/mqtt FuzzTry",
		"topics and payloads that are heard":                "ingest/mqtt FuzzHeard",
		"an event from the bus":                             "models/bus FuzzDecode",
		"an event's own words":                              "alerting FuzzValidate",
		"messages between the hall and its pixel workers":   "detect/visionpb FuzzCheck",
		"the page in which a worker says what it works at":  "detect/vision/blackbox FuzzRead",
		"a network's manifest":                              "detect/vision/infer FuzzManifest",
		"hours of a rule":                                   "detect/rules FuzzParseHours",
		"the expression of a rule":                          "detect/rules FuzzExpression",
		"YAML":                                              "configs FuzzDecode",
		"the settings":                                      "configs FuzzSettings",
		"a site file":                                       "configs FuzzSite",
		"a sheet of cameras":                                "models/sheet FuzzReadCameras",
		"certificates and keys":                             "models/pki FuzzFiles",
		"names in certificates":                             "models/pki FuzzValidHost",
		"a backup":                                          "models/store FuzzUnpack",
		"readings that were packed":                         "models/store FuzzPackedReadings",
		"names of snapshots":                                "models/store FuzzSnapshotPath",
		"times":                                             "models FuzzTime",
		"durations":                                         "models FuzzDuration",
		"hours of a week":                                   "models FuzzSchedule",
		"ids":                                               "models FuzzID",
		"addresses that are dialled":                        "models FuzzReach",
		"bodies of requests, tokens of walls among them":    "dashboard FuzzBodies",
		"cursors, words to look for, the provider's answer": "dashboard FuzzCursors",
		"Last-Event-ID":                                     "dashboard/api FuzzSince",
		"cookies of sessions":                               "dashboard/auth FuzzCookies",
		"cookies of a way to the provider and back":         "dashboard/auth FuzzJourneys",
		"the page to go to after a login":                   "dashboard/auth FuzzLocalPage",
		"passwords":                                         "dashboard/auth FuzzCheckPassword",
		"addresses of visitors":                             "dashboard/auth FuzzNetwork",
		"the script of the simulated site":                  "cmd/sitesim FuzzParseScript",
		"notes inside the simulated site's pictures":        "cmd/sitesim FuzzDecodeSEI",
		"footage of the simulated site":                     "cmd/sitesim FuzzParseFootage",
	}
}

// Each parser has its target, and each target its line here.
func TestEveryParserIsFuzzed(t *testing.T) {
	there := map[string]bool{}
	for _, s := range sources(t) {
		if !s.test() {
			continue
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
				there[filepath.ToSlash(filepath.Dir(s.path))+" "+f.Name.Name] = true
			}
		}
	}
	for parser, target := range parsers() {
		if !there[target] {
			t.Errorf("%s: %s is gone, and nothing else attacks it", parser, target)
		}
		delete(there, target)
	}
	for target := range there {
		t.Errorf("%s attacks a parser that the table does not name", target)
	}
}
