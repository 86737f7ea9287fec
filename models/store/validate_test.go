package store

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestValidateSiteNamesThePlace(t *testing.T) {
	require.NoError(t, ValidateSite(tree()))
	for field, spoil := range map[string]func(*models.Site){
		"name":                       func(s *models.Site) { s.Name = " " },
		"time_zone":                  func(s *models.Site) { s.TimeZone = "Mars/Olympus" },
		"areas[0].id":                func(s *models.Site) { s.Areas[0].ID = "a b" },
		"areas[0].parent":            func(s *models.Site) { s.Areas[0].Parent = "none" },
		"areas[1].parent":            func(s *models.Site) { s.Areas[1].Parent = "grid-1" }, // round in a circle
		"areas[1].kind":              func(s *models.Site) { s.Areas[1].Kind = "planet" },
		"areas[2].id":                func(s *models.Site) { s.Areas[2].ID = "grid-1" }, // twice
		"areas[1].boundary":          func(s *models.Site) { s.Areas[1].Boundary = s.Areas[1].Boundary[:2] },
		"areas[1].boundary[2]":       func(s *models.Site) { s.Areas[1].Boundary[2][1] = 91 },
		"cameras[1].id":              func(s *models.Site) { s.Cameras[1].ID = "cam-1" },
		"cameras[0].area":            func(s *models.Site) { s.Cameras[0].Area = "none" },
		"cameras[0].name":            func(s *models.Site) { s.Cameras[0].Name = strings.Repeat("x", maxName+1) },
		"cameras[0].url":             func(s *models.Site) { s.Cameras[0].URL = "http://192.0.2.1/" },
		"cameras[0].transport":       func(s *models.Site) { s.Cameras[0].Transport = "pigeon" },
		"cameras[0].record.mode":     func(s *models.Site) { s.Cameras[0].Record.Mode = "sometimes" },
		"cameras[1].record.schedule": func(s *models.Site) { s.Cameras[1].Record.Mode = models.RecordHours },
		"cameras[0].record.schedule": func(s *models.Site) { s.Cameras[0].Record.Schedule = []string{"22:00-06:00"} },
		"cameras[0].record.schedule[1]": func(s *models.Site) {
			s.Cameras[0].Record = models.Recording{Mode: models.RecordHours, Schedule: []string{"22:00-06:00", "Monday"}}
		},
		"cameras[0].record.keep_days":  func(s *models.Site) { s.Cameras[0].Record.KeepDays = 3651 },
		"cameras[1].record.keep_days":  func(s *models.Site) { s.Cameras[1].Record.KeepDays = -1 },
		"cameras[0].record.keep_bytes": func(s *models.Site) { s.Cameras[0].Record.KeepBytes = 50 },
		"cameras[0].onvif.address":     func(s *models.Site) { s.Cameras[0].ONVIF.Address = "192.0.2.1" },
		"cameras[0].onvif.profile": func(s *models.Site) {
			s.Cameras[0].ONVIF = models.ONVIF{Address: "192.0.2.1:80", Profile: strings.Repeat("x", models.MaxID+1)}
		},
		"cameras[0].heading":       func(s *models.Site) { s.Cameras[0].Heading = 360 },
		"cameras[0].place":         func(s *models.Site) { s.Cameras[0].Place.Lat = math.NaN() },
		"cameras[0].zones.yard":    func(s *models.Site) { s.Cameras[0].Zones["yard"] = models.Polygon{{0, 0}, {1, 1}} },
		"cameras[0].zones.yard[1]": func(s *models.Site) { s.Cameras[0].Zones["yard"][1][0] = 1.01 },
		"cameras[0].zones.a b ":    func(s *models.Site) { s.Cameras[0].Zones["a b "] = s.Cameras[0].Zones["yard"] },
		"cameras[0].lines.gate":    func(s *models.Site) { s.Cameras[0].Lines = map[string][]models.Point{"gate": {{0, 0}}} },
		"cameras[0].rules[0].zone": func(s *models.Site) { s.Cameras[0].Rules[0].Zone = "roof" },
		"cameras[0].rules[0].line": func(s *models.Site) { s.Cameras[0].Rules[0].Line = "gate" },
		"cameras[0].rules[0].kind": func(s *models.Site) { s.Cameras[0].Rules[0].Kind = "intrsion" },
		"cameras[0].rules[0].by":   func(s *models.Site) { s.Cameras[0].Rules[0].By = models.ByCamera }, // and nobody listens
		"cameras[0].rules[1].id":   func(s *models.Site) { s.Cameras[0].Rules = append(s.Cameras[0].Rules, s.Cameras[0].Rules[0]) },
		"sensors[0].camera":        func(s *models.Site) { s.Sensors[0].Camera = "none" },
		"sensors[0].area":          func(s *models.Site) { s.Sensors[0].Area = "none" },
		"sensors[0].topic":         func(s *models.Site) { s.Sensors[0].Topic = "s/+" },
		"sensors[0].kind":          func(s *models.Site) { s.Sensors[0].Kind = "" },
		"sensors[0].mapping.scale": func(s *models.Site) { s.Sensors[0].Mapping.Scale = math.Inf(1) },
		"sensors[0].rules[0].severity": func(s *models.Site) {
			s.Sensors[0].Rules[0].Severity = "purple"
		},
		"sensors[0].rules[0].above": func(s *models.Site) { nan := math.NaN(); s.Sensors[0].Rules[0].Above = &nan },
	} {
		t.Run(field, func(t *testing.T) {
			site := tree()
			spoil(&site)
			require.Contains(t, fieldsOf(ValidateSite(site)), field)
		})
	}
}

func TestValidateSiteNamesAllFaultsAtOnce(t *testing.T) {
	site := tree()
	site.Name, site.Cameras[1].URL, site.Sensors[0].Topic = "", "ftp://x", ""
	require.Equal(t, []string{"name", "cameras[1].url", "sensors[0].topic"}, fieldsOf(ValidateSite(site)))
	s := open(t)
	_, err := s.ApplySite(t.Context(), site, "admin")
	require.Equal(t, models.Invalid, models.CodeOf(err))
	_, err = s.PlanSite(t.Context(), site, func(int, int) {})
	require.Equal(t, models.Invalid, models.CodeOf(err))
}

func TestAddressesOfDevices(t *testing.T) {
	for address, good := range map[string]bool{
		"": true, "192.0.2.1:80": true, "gate.example:8899": true, "[2001:db8::1]:80": true,
		"192.0.2.1": false, ":80": false, "192.0.2.1:0": false, "192.0.2.1:65536": false, "192.0.2.1:http": false, "http://192.0.2.1:80": false, "192.0.2.1:80/onvif": false,
		"admin:swordfish@192.0.2.1:80": false, "a b:80": false, "2001:db8::1:80": false, strings.Repeat("a", maxHost+1) + ":80": false,
	} {
		c := tree().Cameras[0]
		c.ONVIF.Address = address
		err := validateCamera("", c)
		require.Equal(t, good, err == nil, "%s: %v", address, err)
		if !good {
			require.NotContains(t, err.Error(), "swordfish")
		}
	}
	c := tree().Cameras[0]
	c.ONVIF.Profile = "a profile of nothing"
	require.Error(t, validateCamera("", c))
}

func TestFaultsNeverRepeatSecrets(t *testing.T) {
	for _, address := range []string{"rtsp://admin:swordfish@192.0.2.1/", "rtsp://admin:swordfish@192.0.2.1:port/%zz"} {
		c := tree().Cameras[0]
		c.URL = address
		err := validateCamera("", c)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "swordfish")
	}
}

func fieldsOf(err error) (fields []string) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	for _, err := range joined.Unwrap() {
		var e *models.Error
		if errors.As(err, &e) {
			fields = append(fields, e.Field)
		}
	}
	return fields
}
