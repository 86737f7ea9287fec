package rules

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestCheckNamesTheField(t *testing.T) {
	for name, c := range map[string]struct {
		rule     models.Rule
		ofSensor bool
		field    string
		says     string
	}{
		"unknown kind":           {models.Rule{Kind: "dragon"}, false, "kind", "intrusion, vehicle_in_zone, crowd, camera_offline, camera_auth"},
		"sensor's kind":          {models.Rule{Kind: models.SensorThreshold}, false, "kind", "does not fit here"},
		"camera's kind":          {models.Rule{Kind: models.Crowd}, true, "kind", "sensor_threshold, sensor_rate, sensor_expression, sensor_stale"},
		"id":                     {models.Rule{Kind: models.Crowd, ID: "a b"}, false, "id", "no identifier"},
		"severity":               {models.Rule{Kind: models.Crowd, Severity: "pink"}, false, "severity", "blue, yellow"},
		"unknown zone":           {models.Rule{Kind: models.Crowd, Zone: "roof"}, false, "zone", "has: left"},
		"dwell":                  {models.Rule{Kind: models.Crowd, Dwell: models.Duration(25 * time.Hour)}, false, "dwell", "0s to 24h"},
		"cooldown":               {models.Rule{Kind: models.Crowd, Cooldown: -1}, false, "cooldown", "0s to 24h"},
		"hours":                  {models.Rule{Kind: models.Crowd, Hours: "night"}, false, "hours", "22:00-06:00"},
		"line":                   {models.Rule{Kind: models.Crowd, Line: "door"}, false, "line", "no line"},
		"zone of a status":       {models.Rule{Kind: models.CameraWentOffline, Zone: "left"}, false, "zone", "not about a part"},
		"count of intrusion":     {models.Rule{Kind: models.Intrusion, Count: 2}, false, "count", "counts nothing"},
		"negative count":         {models.Rule{Kind: models.Crowd, Count: -2}, false, "count", "1 to 1000"},
		"min_size":               {models.Rule{Kind: models.Crowd, MinSize: 1.2}, false, "min_size", "fraction"},
		"min_size NaN":           {models.Rule{Kind: models.Crowd, MinSize: math.NaN()}, false, "min_size", "fraction"},
		"limit of intrusion":     {models.Rule{Kind: models.Intrusion, Above: number(1)}, false, "above", "no limit"},
		"no limit":               {models.Rule{Kind: models.SensorThreshold}, true, "above", "needs a limit"},
		"infinite limit":         {models.Rule{Kind: models.SensorThreshold, Above: number(math.Inf(1))}, true, "above", "finite"},
		"clear above above":      {models.Rule{Kind: models.SensorThreshold, Above: number(1), Clear: number(2)}, true, "clear", "quiet side"},
		"clear below below":      {models.Rule{Kind: models.SensorThreshold, Below: number(1), Clear: number(0)}, true, "clear", "quiet side"},
		"window of a threshold":  {models.Rule{Kind: models.SensorThreshold, Above: number(1), Window: 5}, true, "window", "one instant"},
		"window too short":       {models.Rule{Kind: models.SensorRate, Above: number(1), Window: 5}, true, "window", "1s to 24h"},
		"rate without a limit":   {models.Rule{Kind: models.SensorRate}, true, "above", "a sensor_rate needs a limit"},
		"a rise below zero":      {models.Rule{Kind: models.SensorRate, Above: number(-1)}, true, "above", "no rise"},
		"a fall above zero":      {models.Rule{Kind: models.SensorRate, Below: number(1)}, true, "below", "no fall"},
		"expr of a threshold":    {models.Rule{Kind: models.SensorThreshold, Above: number(1), Expr: "1"}, true, "expr", "leave expr out"},
		"limit of an expression": {models.Rule{Kind: models.SensorExpression, Above: number(1)}, true, "above", "has no limit"},
		"nobody's kind":          {models.Rule{Kind: models.LineCrossing}, false, "by", "write by: camera"},
		"no judge":               {models.Rule{Kind: models.Crowd, By: "neighbour"}, false, "by", "leave by out"},
		"no camera's kind":       {models.Rule{Kind: models.Crowd, By: "camera"}, false, "by", "only intrusion line_crossing loitering"},
		"a sensor's camera":      {models.Rule{Kind: models.Loitering, By: "camera"}, true, "kind", "does not fit here"},
		"a camera's own line":    {models.Rule{Kind: models.LineCrossing, By: "camera", Line: "door"}, false, "zone", "its own zones and lines"},
		"a zone of a camera":     {models.Rule{Kind: models.Intrusion, By: "camera", Zone: "left"}, false, "zone", "its own zones and lines"},
		"band upside down":       {models.Rule{Kind: models.SensorThreshold, Above: number(1), Below: number(2)}, true, "above", "greater"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Check(c.rule, zones(), c.ofSensor)
			var e *models.Error
			require.True(t, errors.As(err, &e), "%v", err)
			require.Equal(t, models.Invalid, e.Code)
			require.Equal(t, c.field, e.Field)
			require.Contains(t, e.Message, c.says)
			_, err = New(c.rule, zones(), c.ofSensor, time.UTC)
			require.Error(t, err)
		})
	}
	require.ErrorContains(t, Check(models.Rule{Kind: models.Crowd, Zone: "roof"}, nil, false), "has none")
	flat := map[string]models.Polygon{"flat": {{0, 0}, {1, 1}}}
	require.ErrorContains(t, Check(models.Rule{Kind: models.Crowd, Zone: "flat"}, flat, false), "at least 3")
}

func TestCheckAllNumbersTheRulesAndFindsDoubles(t *testing.T) {
	err := CheckAll([]models.Rule{
		{Kind: models.Intrusion, Zone: "left"},
		{Kind: models.Crowd, Zone: "roof"},
		{Kind: models.Intrusion, Zone: "left"},
	}, zones(), false)
	require.ErrorContains(t, err, "rules[1].zone: there is no zone")
	require.ErrorContains(t, err, `rules[2].id: is called "intrusion.left" as rules[0] is`)
	require.NoError(t, CheckAll([]models.Rule{{Kind: models.Intrusion, Zone: "left"}, {Kind: models.Crowd}}, zones(), false))
}

func TestEveryKindHasItsDefaults(t *testing.T) {
	for _, e := range append([]models.EventKind{models.Intrusion, models.VehicleInZone, models.Crowd, models.CameraWentOffline,
		models.CameraAuth, models.SensorThreshold, models.SensorRate, models.SensorExpression, models.SensorWentStale}, conditions()...) {
		k, ok := kindOf(e)
		require.True(t, ok)
		require.NotNil(t, k.judge)
		r := k.fill(models.Rule{Kind: e})
		require.True(t, r.Severity.Valid())
		require.Equal(t, k.count, r.Count)
		own := models.Rule{Kind: e, Severity: models.Red, Dwell: 7, Count: 9, Window: 5}
		require.Equal(t, own, k.fill(own))
	}
}

func TestImpliedRules(t *testing.T) {
	cam := models.Camera{Rules: []models.Rule{{Kind: models.Crowd}, {Kind: models.CameraWentOffline, Severity: models.Red}}}
	got := ForCamera(cam)
	require.Len(t, got, 3+len(conditions()))
	require.Equal(t, models.Red, got[1].Severity)
	require.Equal(t, models.CameraAuth, got[2].Kind)
	require.Equal(t, models.CameraNoKeyframes, got[3].Kind)
	require.Len(t, cam.Rules, 2)

	minute := models.Duration(time.Minute)
	require.Empty(t, ForSensor(models.Sensor{}))
	require.Equal(t, []models.Rule{{Kind: models.SensorWentStale, Dwell: minute}}, ForSensor(models.Sensor{StaleAfter: minute}))
	own := []models.Rule{{Kind: models.SensorWentStale, Severity: models.Red}}
	require.Equal(t, minute, ForSensor(models.Sensor{StaleAfter: minute, Rules: own})[0].Dwell)
	require.Zero(t, own[0].Dwell, "the site's own rule is not written to")
}
