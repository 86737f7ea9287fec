package rules

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// The left half of the picture.
func zones() map[string]models.Polygon {
	return map[string]models.Polygon{"left": {{0, 0}, {0.5, 0}, {0.5, 1}, {0, 1}}}
}

func ready(t *testing.T, r models.Rule) Rule {
	t.Helper()
	k, _ := kindOf(r.Kind)
	ofSensor := k.subject == OfReading
	rule, err := New(r, zones(), ofSensor, time.UTC)
	require.NoError(t, err)
	return rule
}

func seen(label string, x, y, w, h float64) models.Track {
	return models.Track{ID: 7, Label: label, Score: 0.8, Box: models.Box{X: x, Y: y, W: w, H: h}}
}

func number(f float64) *float64 { return &f }

func TestIntrusion(t *testing.T) {
	left := models.Rule{Kind: models.Intrusion, Zone: "left", MinSize: 0.1}
	for name, c := range map[string]struct {
		rule   models.Rule
		tracks []models.Track
		count  int
	}{
		"nobody":                        {left, nil, 0},
		"a foot in the zone":            {left, []models.Track{seen("person", 0.2, 0.5, 0.1, 0.3)}, 1},
		"only the head leans in":        {left, []models.Track{seen("person", 0.49, 0.5, 0.3, 0.3)}, 0},
		"cut off by the lower edge":     {left, []models.Track{seen("person", 0.2, 0.6, 0.1, 0.4)}, 1},
		"too small":                     {left, []models.Track{seen("person", 0.2, 0.5, 0.02, 0.05)}, 0},
		"a bicycle alone":               {left, []models.Track{seen("bicycle", 0.2, 0.5, 0.1, 0.3)}, 0},
		"a rider":                       {left, []models.Track{seen("bicycle", 0.2, 0.6, 0.1, 0.3), seen("person", 0.2, 0.5, 0.1, 0.3)}, 1},
		"a car":                         {left, []models.Track{seen("car", 0.2, 0.5, 0.1, 0.3)}, 0},
		"whole picture without a zone":  {models.Rule{Kind: models.Intrusion}, []models.Track{seen("person", 0.8, 0.5, 0.1, 0.3)}, 1},
		"two, one of them in the right": {left, []models.Track{seen("person", 0.8, 0.5, 0.1, 0.3), seen("person", 0.1, 0.5, 0.1, 0.3)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			v := ready(t, c.rule).Judge(time.Now(), Input{Tracks: c.tracks})
			require.Equal(t, c.count > 0, v.Holds)
			require.Equal(t, c.count, v.Facts.Count)
			require.Len(t, v.Facts.Boxes, c.count)
			if v.Holds {
				require.Equal(t, Occupied, v.Reason)
				require.Equal(t, c.rule.Zone, v.Facts.Zone)
				require.Equal(t, "person", v.Facts.Label)
			}
		})
	}
}

func TestCrowd(t *testing.T) {
	rule := ready(t, models.Rule{Kind: models.Crowd, Zone: "left", Count: 3})
	for name, c := range map[string]struct {
		inside, outside int
		held, want      bool
	}{
		"nobody":                        {0, 0, false, false},
		"one too few":                   {2, 5, false, false},
		"one too few after it began":    {2, 0, true, true},
		"two too few after it began":    {1, 0, true, false},
		"enough":                        {3, 0, false, true},
		"more than the boxes in a fact": {30, 0, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			var tracks []models.Track
			for range c.inside {
				tracks = append(tracks, seen("person", 0.2, 0.5, 0.1, 0.3))
			}
			for range c.outside {
				tracks = append(tracks, seen("person", 0.8, 0.5, 0.1, 0.3))
			}
			v := rule.Judge(time.Now(), Input{Tracks: tracks, Held: c.held})
			require.Equal(t, c.want, v.Holds)
			if v.Holds {
				require.Equal(t, float64(c.inside), v.Facts.Measured)
				require.Equal(t, 3.0, v.Facts.Limit)
				require.LessOrEqual(t, len(v.Facts.Boxes), maxBoxes)
			}
		})
	}
}

func TestVehicleInZone(t *testing.T) {
	rule := ready(t, models.Rule{Kind: models.VehicleInZone, Zone: "left"})
	for name, c := range map[string]struct {
		track models.Track
		want  bool
	}{
		"car":                        {seen("car", 0.1, 0.5, 0.2, 0.2), true},
		"bus":                        {seen("bus", 0.1, 0.5, 0.2, 0.2), true},
		"truck":                      {seen("truck", 0.1, 0.5, 0.2, 0.2), true},
		"motorcycle":                 {seen("motorcycle", 0.1, 0.5, 0.1, 0.2), true},
		"bicycle":                    {seen("bicycle", 0.1, 0.5, 0.1, 0.2), false},
		"person":                     {seen("person", 0.1, 0.5, 0.1, 0.2), false},
		"car outside":                {seen("car", 0.7, 0.5, 0.2, 0.2), false},
		"something large moves":      {seen(Motion, 0.1, 0.3, 0.3, 0.5), true},
		"something small moves":      {seen(Motion, 0.1, 0.3, 0.1, 0.1), false},
		"the light changes":          {seen(Motion, 0, 0, 0.9, 1), false},
		"large, centred outside":     {seen(Motion, 0.45, 0.3, 0.4, 0.5), false},
		"large, over the lower edge": {seen(Motion, 0.1, 0.5, 0.3, 0.5), true},
	} {
		t.Run(name, func(t *testing.T) {
			v := rule.Judge(time.Now(), Input{Tracks: []models.Track{c.track}})
			require.Equal(t, c.want, v.Holds)
		})
	}
}

func TestSensorThreshold(t *testing.T) {
	above := models.Rule{Kind: models.SensorThreshold, Above: number(2), Clear: number(1.8)}
	below := models.Rule{Kind: models.SensorThreshold, Below: number(-2), Clear: number(-1)}
	band := models.Rule{Kind: models.SensorThreshold, Above: number(5), Below: number(0)}
	plain := models.Rule{Kind: models.SensorThreshold, Above: number(2)}
	for name, c := range map[string]struct {
		rule  models.Rule
		value float64
		held  bool
		want  Reason
	}{
		"under the limit":             {above, 1.9, false, Within},
		"at the limit":                {above, 2, false, Above},
		"between clear and limit":     {above, 1.9, true, Above},
		"at clear":                    {above, 1.8, true, Above},
		"beyond clear":                {above, 1.79, true, Within},
		"no clear: the limit itself":  {plain, 1.99, true, Within},
		"below: over the limit":       {below, -1.5, false, Within},
		"below: at the limit":         {below, -2, false, Below},
		"below: between":              {below, -1.5, true, Below},
		"below: beyond clear":         {below, -0.9, true, Within},
		"band: high":                  {band, 6, false, Above},
		"band: low":                   {band, -1, false, Below},
		"band: between":               {band, 3, true, Within},
		"band: from high through low": {band, -1, true, Below},
	} {
		t.Run(name, func(t *testing.T) {
			v := ready(t, c.rule).Judge(time.Now(), Input{Value: c.value, Held: c.held, Unit: "m", Label: "water_level"})
			require.Equal(t, c.want, v.Reason)
			require.Equal(t, c.want != Within, v.Holds)
			if v.Holds {
				require.Equal(t, c.value, v.Facts.Measured)
				require.Equal(t, string(c.want), v.Facts.Reason)
				require.Equal(t, "m", v.Facts.Unit)
			}
		})
	}
}

func TestSensorStale(t *testing.T) {
	rule := ready(t, models.Rule{Kind: models.SensorWentStale})
	require.Equal(t, models.Duration(5*time.Minute), rule.Dwell)
	require.False(t, rule.Judge(time.Now(), Input{Held: true}).Holds)
	v := rule.Judge(time.Now(), Input{Silent: true, Label: "rain"})
	require.True(t, v.Holds)
	require.Equal(t, "rain", v.Facts.Label)
}

func TestCameraStates(t *testing.T) {
	for name, c := range map[string]struct {
		kind  models.EventKind
		state models.CameraState
		held  bool
		want  bool
	}{
		"offline":                       {models.CameraWentOffline, models.CameraOffline, false, true},
		"online":                        {models.CameraWentOffline, models.CameraOnline, true, false},
		"degraded is not offline":       {models.CameraWentOffline, models.CameraDegraded, true, false},
		"refused is not offline":        {models.CameraWentOffline, models.CameraAuthRefused, true, false},
		"connecting at first":           {models.CameraWentOffline, models.CameraConnecting, false, false},
		"connecting while offline":      {models.CameraWentOffline, models.CameraConnecting, true, true},
		"refused":                       {models.CameraAuth, models.CameraAuthRefused, false, true},
		"refused, tries again":          {models.CameraAuth, models.CameraConnecting, true, true},
		"refused, then let in":          {models.CameraAuth, models.CameraOnline, true, false},
		"offline says nothing of login": {models.CameraAuth, models.CameraOffline, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			status := models.CameraStatus{Camera: "c1", State: c.state, Reason: "no route"}
			v := ready(t, models.Rule{Kind: c.kind}).Judge(time.Now(), Input{Status: status, Held: c.held})
			require.Equal(t, c.want, v.Holds)
			if v.Holds {
				require.Equal(t, "no route", v.Facts.Reason)
			}
		})
	}
}

func TestOutsideItsHoursARuleNeverHolds(t *testing.T) {
	shanghai := time.FixedZone("Asia/Shanghai", 8*3600)
	rule, err := New(models.Rule{Kind: models.Intrusion, Hours: "22:00-06:00"}, nil, false, shanghai)
	require.NoError(t, err)
	in := Input{Tracks: []models.Track{seen("person", 0.2, 0.5, 0.1, 0.3)}, Held: true}
	night := time.Date(2026, 5, 1, 15, 0, 0, 0, time.UTC) // 23:00 there
	require.True(t, rule.Judge(night, in).Holds)
	v := rule.Judge(night.Add(-2*time.Hour), in)
	require.Equal(t, Verdict{Reason: OutsideHours}, v)
}
