package detect

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func water() models.Sensor {
	two, clear := 2.0, 1.8
	return models.Sensor{
		ID: "w1", Area: "grid-1", Kind: "water_level", Unit: "m", StaleAfter: models.Duration(time.Minute), Camera: "c1",
		Rules: []models.Rule{{Kind: models.SensorThreshold, Severity: models.Red, Above: &two, Clear: &clear, Dwell: models.Duration(5 * time.Second)}},
	}
}

func (h *hall) read(value float64) {
	h.Reading(models.Reading{Sensor: "w1", Value: value, At: models.At(time.Now())})
}

func TestAThresholdOpensWhenItsDwellRunsOutBetweenReadings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		require.NoError(t, h.Apply([]models.Camera{yard()}, []models.Sensor{water()}))
		h.start()
		h.until(10)
		h.read(2.3)
		h.until(14.9)
		require.Empty(t, h.took(models.SensorThreshold))
		h.until(15.2)
		got := h.took(models.SensorThreshold)
		require.Len(t, got, 2, "the opening and the picture of the camera that sees the place")
		require.Equal(t, h.at(15), got[0].CapturedAt)
		require.Equal(t, "water level 2.3 m reached the upper limit 2 m, for 5s", got[0].Why)
		require.Equal(t, models.Red, got[0].Severity)
		require.NotEmpty(t, got[1].Snapshot)
		h.until(20)
		h.read(1.9)
		h.read(1.7)
		synctest.Wait()
		got = h.took(models.SensorThreshold)
		require.Equal(t, models.EventClosed, got[len(got)-1].State)
		require.Equal(t, h.at(20), got[len(got)-1].ClosedAt)
		h.end()
	})
}

func TestASilentSensorIsStaleUntilItSpeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		require.NoError(t, h.Apply(nil, []models.Sensor{water()}))
		h.start()
		h.until(30)
		h.read(1)
		h.until(89.9)
		require.Empty(t, h.took(models.SensorWentStale))
		h.until(90.2)
		got := h.took(models.SensorWentStale)
		require.Len(t, got, 1)
		require.Equal(t, h.at(90), got[0].CapturedAt)
		require.Equal(t, "no reading of the water level sensor for 1m0s", got[0].Why)
		h.until(200)
		h.read(1)
		synctest.Wait()
		require.Equal(t, models.EventClosed, h.took(models.SensorWentStale)[1].State)
		h.until(259)
		require.Len(t, h.took(models.SensorWentStale), 2)
		h.end()
	})
}
