package models_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

func TestTimeInJSON(t *testing.T) {
	at := time.Date(2026, 5, 1, 20, 14, 36, 250_900_000, time.FixedZone("", 8*3600))
	for _, c := range []struct {
		t    models.Time
		json string
	}{
		{models.At(at), `"2026-05-01T12:14:36.250Z"`},
		{models.At(time.Time{}), "null"},
	} {
		b, err := json.Marshal(c.t)
		require.NoError(t, err)
		require.Equal(t, c.json, string(b))
		var back models.Time
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, c.t, back)
	}
	for _, bad := range []string{`"yesterday"`, `17`, `""`} {
		var v models.Time
		require.ErrorContains(t, json.Unmarshal([]byte(bad), &v), "RFC 3339", bad)
	}
}

func TestTimeArithmetic(t *testing.T) {
	at := models.At(time.UnixMilli(5000))
	require.Equal(t, models.Time(6500), at.Add(1500*time.Millisecond))
	require.Equal(t, 1500*time.Millisecond, at.Add(1500*time.Millisecond).Sub(at))
	require.True(t, models.Time(0).Std().IsZero())
	require.Equal(t, "", models.Time(0).String())
}

func TestDurationText(t *testing.T) {
	for text, want := range map[string]time.Duration{"0.5s": 500 * time.Millisecond, "5m": 5 * time.Minute, "0s": 0} {
		var d models.Duration
		require.NoError(t, d.UnmarshalText([]byte(text)))
		require.Equal(t, want, d.Std())
	}
	for _, bad := range []string{"", "5", "-1s", "soon"} {
		var d models.Duration
		require.Error(t, d.UnmarshalText([]byte(bad)), bad)
	}
}

func TestTransportText(t *testing.T) {
	for text, want := range map[string]models.Transport{"": models.TransportAuto, "auto": models.TransportAuto, "udp": models.TransportUDP} {
		var way models.Transport
		require.NoError(t, way.UnmarshalText([]byte(text)))
		require.Equal(t, want, way)
		require.True(t, way.Valid())
	}
	require.False(t, models.Transport("pigeon").Valid())
}

func TestIDsSortByTheTimeOfTheirMaking(t *testing.T) {
	var ids []string
	for ms := range int64(50) {
		ids = append(ids, models.NewID(time.UnixMilli(1_700_000_000_000+ms*40)))
	}
	require.True(t, slices.IsSorted(ids))
	require.Len(t, slices.Compact(slices.Clone(ids)), len(ids))
	for _, id := range ids {
		require.Len(t, id, 26)
		require.True(t, models.ValidID(id))
	}
	require.Equal(t, "01ARYZ6S41", models.NewID(time.UnixMilli(1469918176385))[:10], "the example of the ULID specification")
}

func TestValidIDAndName(t *testing.T) {
	for s, want := range map[string][2]bool{
		"cam-01":                {true, true},
		"a.b_c":                 {true, true},
		"":                      {false, false},
		".hidden":               {false, true},
		"北门禁入区":                 {false, true},
		"a b":                   {false, true},
		" a":                    {false, false},
		"a\nb":                  {false, false},
		"a/b":                   {false, true},
		"\xff":                  {false, false},
		strings.Repeat("a", 64): {true, true},
		strings.Repeat("a", 65): {false, false},
	} {
		require.Equal(t, want, [2]bool{models.ValidID(s), models.ValidName(s)}, "%q", s)
	}
}

func TestCodeOf(t *testing.T) {
	require.Equal(t, models.Code(""), models.CodeOf(nil))
	require.Equal(t, models.Internal, models.CodeOf(errors.New("x")))
	wrapped := fmt.Errorf("while reading: %w", models.Errorf(models.NotFound, "there is no %s", "camera"))
	require.Equal(t, models.NotFound, models.CodeOf(wrapped))
	require.EqualError(t, models.FieldError("zones.a", "has %d points", 2), "zones.a: has 2 points")
}

func TestSeverity(t *testing.T) {
	require.Equal(t, models.Red, models.Orange.Graver(models.Red))
	require.Equal(t, models.Orange, models.Orange.Graver(models.Blue))
	require.Equal(t, models.Orange, models.Orange.Graver("purple"))
	require.False(t, models.Severity("purple").Valid())
}

func TestPolygonContains(t *testing.T) {
	l := models.Polygon{{0, 0}, {1, 0}, {1, 0.5}, {0.5, 0.5}, {0.5, 1}, {0, 1}} // an L
	for p, want := range map[models.Point]bool{
		{0.25, 0.25}: true, {0.75, 0.25}: true, {0.25, 0.75}: true, {0.75, 0.75}: false, {-0.1, 0.5}: false, {0.5, 1.1}: false,
	} {
		require.Equal(t, want, l.Contains(p), "%v", p)
	}
}

func TestBox(t *testing.T) {
	b := models.Box{X: 0.2, Y: 0.2, W: 0.2, H: 0.4}
	require.InDeltaSlice(t, []float64{0.3, 0.6}, []float64{b.Foot()[0], b.Foot()[1]}, 1e-9)
	require.InDeltaSlice(t, []float64{0.3, 0.4}, []float64{b.Centre()[0], b.Centre()[1]}, 1e-9)
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.Float64Range(0.01, 1)
		box := func(name string) models.Box {
			return models.Box{X: side.Draw(t, name), Y: side.Draw(t, name), W: side.Draw(t, name), H: side.Draw(t, name)}
		}
		a, b := box("a"), box("b")
		iou := a.IoU(b)
		if iou < 0 || iou > 1+1e-9 || math.Abs(iou-b.IoU(a)) > 1e-9 || math.Abs(a.IoU(a)-1) > 1e-9 {
			t.Fatalf("IoU of %v and %v is %g", a, b, iou)
		}
	})
}

func TestRuleKey(t *testing.T) {
	for want, r := range map[string]models.Rule{
		"night":              {ID: "night", Kind: models.Intrusion, Zone: "a"},
		"intrusion.a":        {Kind: models.Intrusion, Zone: "a"},
		"line_crossing.kerb": {Kind: "line_crossing", Line: "kerb"},
		"camera.intrusion":   {Kind: "intrusion", By: "camera"},
		"sensor_threshold":   {Kind: models.SensorThreshold},
	} {
		require.Equal(t, want, r.Key())
	}
}
