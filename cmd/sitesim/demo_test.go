package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func demoFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "configs", "demo", name))
	require.NoError(t, err)
	return text
}

// demo returns the two halves of the demo: what is simulated, and what zhihui is told of it.
func demo(t *testing.T) (*Script, models.Site) {
	t.Helper()
	script, err := parseScript("sim.yml", demoFile(t, "sim.yml"))
	require.NoError(t, err)
	var site models.Site
	require.NoError(t, yaml.UnmarshalWithOptions(demoFile(t, "site.yml"), &site, yaml.Strict()))
	return script, site
}

func TestDemoCamerasAgree(t *testing.T) {
	script, site := demo(t)
	require.Len(t, site.Cameras, 16)
	analysed := 0
	for _, c := range site.Cameras {
		require.NotNil(t, script.camera(c.ID), c.ID)
		require.Equal(t, "rtsp://"+script.RTSP.Listen+"/"+c.ID, c.URL)
		require.Equal(t, []string{script.RTSP.Username, script.RTSP.Password}, []string{c.Username, c.Password})
		require.NotZero(t, c.Place, c.ID)
		for _, r := range c.Rules {
			require.Contains(t, c.Zones, r.Zone, c.ID)
		}
		if c.Analyse {
			analysed++
		}
	}
	require.Equal(t, 4, analysed)
}

// What happens in the demo is there to be seen again: a clip of every alert whose place a camera sees, one of them with sound.
func TestDemoIsRecorded(t *testing.T) {
	script, site := demo(t)
	modes, cameras := map[models.RecordMode]int{}, map[string]models.Camera{}
	for _, c := range site.Cameras {
		cameras[c.ID] = c
		modes[c.Record.Mode]++
		_, err := models.ParseSchedule(c.Record.Schedule, time.UTC)
		require.NoError(t, err, c.ID)
		if script.camera(c.ID).Sound != "" {
			require.True(t, c.Recorded() && !c.Record.Silent, "the sound of %s is kept", c.ID)
			modes["with sound"]++
		}
	}
	for _, x := range site.Sensors {
		require.True(t, x.Camera == "" || cameras[x.Camera].Recorded(), "%s sees what %s measures", x.Camera, x.ID)
	}
	require.Equal(t, map[models.RecordMode]int{models.RecordAuto: 9, models.RecordEvents: 4, models.RecordAlways: 2, models.RecordHours: 1, "with sound": 1}, modes)
}

func TestDemoSensorsAgree(t *testing.T) {
	script, site := demo(t)
	simulated := map[string]Sensor{}
	for _, n := range script.Sensors {
		simulated[n.ID] = n
	}
	require.Len(t, simulated, len(site.Sensors))
	for _, x := range site.Sensors {
		n := simulated[x.ID]
		require.Equal(t, []string{x.Topic, x.Mapping.Path}, []string{n.Topic, n.Path}, x.ID)
		require.Greater(t, x.StaleAfter.Std(), 3*n.Period.Std(), "%s must not be stale all the time", x.ID)
		require.NotZero(t, x.Place, x.ID)
	}
}

// The areas are a tree of the four levels, and everything stands in a grid.
func TestDemoAreas(t *testing.T) {
	_, site := demo(t)
	above := map[models.AreaKind]models.AreaKind{
		models.Street: models.District, models.Community: models.Street, models.Grid: models.Community,
	}
	kinds, count := map[string]models.AreaKind{}, map[models.AreaKind]int{}
	for _, a := range site.Areas {
		require.Equal(t, above[a.Kind], kinds[a.Parent], a.ID)
		kinds[a.ID] = a.Kind
		count[a.Kind]++
		if n := len(a.Boundary); a.Kind != models.District {
			require.Greater(t, n, 3, a.ID)
			require.Equal(t, a.Boundary[0], a.Boundary[n-1], "the ring of %s is closed", a.ID)
		}
	}
	require.Equal(t, map[models.AreaKind]int{models.District: 1, models.Street: 1, models.Community: 6, models.Grid: 12}, count)
	for _, c := range site.Cameras {
		require.Equal(t, models.Grid, kinds[c.Area], c.ID)
	}
	for _, x := range site.Sensors {
		require.Equal(t, models.Grid, kinds[x.Area], x.ID)
	}
}

func TestDemoBaseMap(t *testing.T) {
	var m struct {
		Type     string
		Features []struct {
			Properties struct{ Kind, Name string }
			Geometry   struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	require.NoError(t, json.Unmarshal(demoFile(t, "basemap.geojson"), &m))
	require.Equal(t, "FeatureCollection", m.Type)
	shape := map[string]string{"road": "LineString", "water": "Polygon", "green": "Polygon"}
	for _, f := range m.Features {
		require.Equal(t, shape[f.Properties.Kind], f.Geometry.Type, f.Properties.Name)
		require.NotEmpty(t, f.Properties.Name)
	}
}
