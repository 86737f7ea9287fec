package store

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestPutAndDeleteSensor(t *testing.T) {
	s := withSite(t)
	all := s.In(Whole)
	limit := 2.0
	x := models.Sensor{ID: "rain-9", Name: "雨量", Area: "grid-2", Kind: "rain", Unit: "mm", Topic: "site/rain/9", Camera: "cam-2",
		Mapping: models.Mapping{Path: "data.v", Scale: 0.1}, Rules: []models.Rule{{Kind: models.SensorThreshold, Above: &limit}}}
	since, err := s.LastChange(t.Context())
	require.NoError(t, err)
	require.NoError(t, all.PutSensor(t.Context(), x, "li"))
	require.NoError(t, all.PutSensor(t.Context(), x, "li"), "again")
	got, err := all.Sensor(t.Context(), x.ID)
	require.NoError(t, err)
	require.Equal(t, []any{int64(1), models.SensorWaiting}, []any{got.Revision, got.State})

	x.Name = "改名"
	require.NoError(t, all.PutSensor(t.Context(), x, "li"))
	require.NoError(t, all.DeleteSensor(t.Context(), x.ID, "wang"))
	require.Equal(t, models.NotFound, models.CodeOf(all.DeleteSensor(t.Context(), x.ID, "wang")))

	changes, err := s.AllChanges(t.Context(), since, 0)
	require.NoError(t, err)
	var topics []models.Topic
	for _, c := range changes {
		topics = append(topics, c.Topic)
	}
	require.Equal(t, []models.Topic{"sensor", "site", "sensor", "site", "sensor", "site"}, topics, "the running hall takes each up")
	rows, err := s.LedgerOf(t.Context(), x.ID)
	require.NoError(t, err)
	require.Len(t, rows, 3)
	require.Equal(t, []any{"li", "sensor.put", json.RawMessage("null")}, []any{rows[0].By, rows[0].Action, rows[0].Before})
	require.Contains(t, string(rows[1].After), "改名")
	require.Equal(t, []any{"wang", "sensor.delete", json.RawMessage("null")}, []any{rows[2].By, rows[2].Action, rows[2].After})
}

func TestPutSensorSaysWhatIsWrong(t *testing.T) {
	s := withSite(t)
	good := models.Sensor{ID: "x", Name: "x", Area: "grid-2", Kind: "rain", Topic: "t"}
	for field, change := range map[string]func(*models.Sensor){
		"id":             func(x *models.Sensor) { x.ID = "../x" },
		"name":           func(x *models.Sensor) { x.Name = " " },
		"area":           func(x *models.Sensor) { x.Area = "moon" },
		"kind":           func(x *models.Sensor) { x.Kind = "" },
		"topic":          func(x *models.Sensor) { x.Topic = "a/#" },
		"camera":         func(x *models.Sensor) { x.Camera = "cam-99" },
		"mapping.scale":  func(x *models.Sensor) { x.Mapping.Scale = math.Inf(1) },
		"rules[0].kind":  func(x *models.Sensor) { x.Rules = []models.Rule{{Kind: "earthquake"}} },
		"mapping.offset": func(x *models.Sensor) { x.Mapping.Offset = math.NaN() },
	} {
		x := good
		change(&x)
		var fault *models.Error
		require.ErrorAs(t, s.In(Whole).PutSensor(t.Context(), x, "li"), &fault, field)
		require.Equal(t, []any{models.Invalid, field}, []any{fault.Code, fault.Field})
	}
}

func TestSensorsOfOthersAreOutOfReach(t *testing.T) {
	s := withSite(t)
	mine := s.In("grid-2")
	err := mine.DeleteSensor(t.Context(), "level-1", "li")
	require.Equal(t, models.NotFound, models.CodeOf(err), "it lies in grid-1")
	x := models.Sensor{ID: "level-1", Name: "taken", Area: "grid-2", Kind: "rain", Topic: "t"}
	require.Equal(t, models.NotFound, models.CodeOf(mine.PutSensor(t.Context(), x, "li")), "taken over from another area")
	x.ID, x.Area = "mine", "grid-1"
	require.Equal(t, models.Invalid, models.CodeOf(mine.PutSensor(t.Context(), x, "li")), "put into another area")
	x.Area, x.Camera = "grid-2", "cam-1"
	require.Equal(t, models.Invalid, models.CodeOf(mine.PutSensor(t.Context(), x, "li")), "a camera of another area")
	x.Camera = "cam-2"
	require.NoError(t, mine.PutSensor(t.Context(), x, "li"))
	free := x.Topic
	x.Topic = tree().Sensors[0].Topic
	err = mine.PutSensor(t.Context(), x, "li")
	require.Equal(t, models.Conflict, models.CodeOf(err), "its values would be those of grid-1")
	require.NotContains(t, err.Error(), "level-1")
	require.NoError(t, s.In(Whole).PutSensor(t.Context(), x, "admin"), "who sees both may")
	x.Topic = free
	require.NoError(t, mine.PutSensor(t.Context(), x, "li"))
}
