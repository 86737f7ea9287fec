package store

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestSensorShowsItsNewestReading(t *testing.T) {
	s := withSite(t)
	v, err := s.In(Whole).Sensor(t.Context(), "level-1")
	require.NoError(t, err)
	require.Equal(t, models.SensorWaiting, v.State)
	require.Nil(t, v.Value)
	require.Equal(t, int64(1), v.Revision)
	require.Equal(t, 2.5, *v.Rules[0].Above)

	at := models.At(noon)
	require.NoError(t, s.AppendReadings(t.Context(), []models.Reading{
		{Sensor: "level-1", Value: 1.25, At: at}, {Sensor: "level-1", Value: -0.1, At: at + 5}, {Sensor: "level-1", Value: 9, At: at + 1}}))
	put(t, s, func(tx *Tx) error { return tx.SetSensorState("level-1", models.SensorOK, at+5) })
	put(t, s, func(tx *Tx) error { return tx.SetSensorState("level-1", models.SensorOK, at+9) })
	put(t, s, func(tx *Tx) error { return tx.SetSensorFault("level-1", 3, "the payload is no number") })
	v, err = s.In(Whole).Sensor(t.Context(), "level-1")
	require.NoError(t, err)
	require.Equal(t, []any{models.SensorOK, at + 5, -0.1, at + 5, int64(3)}, []any{v.State, v.Since, *v.Value, v.At, v.BadPayloads})
	last, err := s.LastChange(t.Context())
	require.NoError(t, err)
	changes, err := s.AllChanges(t.Context(), last-1, 0)
	require.NoError(t, err)
	var shown models.SensorView
	require.NoError(t, json.Unmarshal(changes[0].Data, &shown))
	require.Equal(t, v, shown)

	for area, n := range map[string]int{"street": 1, "grid-1": 1, "grid-2": 0} {
		list, next, err := s.In(Whole).Sensors(t.Context(), SensorFilter{Area: area, State: models.SensorOK})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Len(t, list, n, area)
	}
	all, err := s.AllSensors(t.Context())
	require.NoError(t, err)
	require.Equal(t, []models.Sensor{v.Sensor}, all)
	_, err = s.In(Whole).Sensor(t.Context(), "none")
	require.Equal(t, models.NotFound, models.CodeOf(err))
}

// TestADisabledSensorIsNotBelieved: nobody listens to it any more, so what it said last must not look like now.
func TestADisabledSensorIsNotBelieved(t *testing.T) {
	s := withSite(t)
	put(t, s, func(tx *Tx) error { return tx.SetSensorState("level-1", models.SensorOK, tx.Now()) })
	site := tree()
	site.Sensors[0].Disabled = true
	_, err := s.ApplySite(t.Context(), site, "test")
	require.NoError(t, err)
	put(t, s, func(tx *Tx) error { return tx.SetSensorState("level-1", models.SensorOK, tx.Now()) }) // a status that was under way
	v, err := s.In(Whole).Sensor(t.Context(), "level-1")
	require.NoError(t, err)
	require.Equal(t, models.SensorWaiting, v.State)
}
