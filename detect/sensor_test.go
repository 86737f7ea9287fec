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

func (h *hall) say(id string, value float64, kept bool) {
	h.Reading(models.Reading{Sensor: id, Value: value, Kept: kept, At: models.At(time.Now())})
}

func TestARateOpensOnceAndOutlivesARestart(t *testing.T) {
	fast := 0.2
	rising := models.Sensor{ID: "w1", Kind: "water_level", Unit: "m",
		Rules: []models.Rule{{Kind: models.SensorRate, Above: &fast, Window: models.Duration(time.Minute)}}}
	var opened models.Event
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		require.NoError(t, h.Apply(nil, []models.Sensor{rising}))
		h.start()
		for i, value := range []float64{1, 1.1, 1.25, 1.25, 1.3} { // the fourth is the third, sent twice
			h.until(float64(10 * (i + 1)))
			h.read(value)
		}
		synctest.Wait()
		got := h.took(models.SensorRate)
		require.Equal(t, h.at(30), got[0].CapturedAt)
		require.Equal(t, "water level rose by 0.25 m in 1 min, the limit is a rise of 0.2 m, for 0s", got[0].Why)
		for _, ev := range got {
			require.Equal(t, got[0].ID, ev.ID)
			require.Equal(t, models.EventOpen, ev.State)
		}
		opened = got[len(got)-1]
		h.read(1)
		synctest.Wait()
		got = h.took(models.SensorRate)
		require.Equal(t, models.EventClosed, got[len(got)-1].State, "it came back, within the first minute already")
		h.end()
	})
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		opened.OpenedAt = models.At(time.Now())
		h.Resume([]models.Event{opened})
		require.NoError(t, h.Apply(nil, []models.Sensor{rising}))
		h.start()
		h.until(10)
		h.read(1.3)
		h.until(60)
		h.read(1.3)
		synctest.Wait()
		require.Empty(t, h.took(models.SensorRate), "what came before the restart is not known, so neither is its end")
		h.until(71)
		h.read(1.3)
		synctest.Wait()
		require.Equal(t, models.EventClosed, h.took(models.SensorRate)[0].State)
		h.end()
	})
}

func TestAKeptValueIsBeyondItsLimitAndNoSignOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		w, fast := water(), 0.1
		w.Rules = append(w.Rules, models.Rule{Kind: models.SensorRate, Above: &fast})
		require.NoError(t, h.Apply(nil, []models.Sensor{w}))
		h.start()
		h.until(50)
		h.say("w1", 2.3, true)
		h.until(56)
		require.Len(t, h.took(models.SensorThreshold), 1, "it may be that it rose while the hall was away")
		h.until(61)
		require.Len(t, h.took(models.SensorWentStale), 1, "silent since the start")
		h.say("w1", 1, false)
		h.say("w1", 1.05, false)
		synctest.Wait()
		require.Empty(t, h.took(models.SensorRate), "a kept value tells of no change")
		h.end()
	})
}

func TestAnExpressionFollowsItsSensors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		rain := models.Sensor{ID: "rain", StaleAfter: models.Duration(time.Minute)}
		both := models.Sensor{ID: "w1", Rules: []models.Rule{
			{Kind: models.SensorExpression, Expr: `value("w1") > 2 and value("rain") > 10`, Dwell: models.Duration(5 * time.Second)}}}
		err := h.Apply(nil, []models.Sensor{both})
		require.ErrorContains(t, err, `w1.sensor_expression: there is no sensor "rain"`)
		require.NoError(t, h.Apply(nil, []models.Sensor{both, rain}))
		h.start()
		h.until(1)
		h.say("w1", 3, false)
		h.until(10)
		require.Empty(t, h.took(models.SensorExpression), "the rain has said nothing")
		h.say("rain", 12, false)
		h.until(15.2)
		got := h.took(models.SensorExpression)
		require.Len(t, got, 1)
		require.Equal(t, []any{"w1", h.at(15), map[string]float64{"w1": 3, "rain": 12}}, []any{got[0].Source, got[0].CapturedAt, got[0].Facts.Inputs})
		h.until(69)
		require.Len(t, h.took(models.SensorExpression), 1)
		h.until(72)
		got = h.took(models.SensorExpression)
		require.Len(t, got, 2, "the rain is stale: nobody knows")
		require.Equal(t, models.EventClosed, got[1].State)
		h.say("rain", 12, false)
		h.until(78)
		require.Len(t, h.took(models.SensorExpression), 3, "it rains still")
		h.say("w1", 1, false)
		synctest.Wait()
		require.Len(t, h.took(models.SensorExpression), 4)
		h.end()
	})
}

// While a site is applied its rules are new before they are linked to the sensors that they read. A reading that comes then
// closes nothing.
func TestAnEditEndsNoExpression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		is := models.Sensor{ID: "w1", Rules: []models.Rule{{Kind: models.SensorExpression, Expr: `value("w1") > 2`}}}
		require.NoError(t, h.Apply(nil, []models.Sensor{is}))
		h.start()
		h.say("w1", 3, false)
		synctest.Wait()
		require.Len(t, h.took(models.SensorExpression), 1)
		s := h.sensors["w1"]
		next, err := h.watches(models.Event{Source: "w1", SourceType: models.FromSensor}, is.Rules, nil)
		require.NoError(t, err)
		s.adopt(time.Now(), next, nil)
		s.consider(time.Now())
		synctest.Wait()
		require.Len(t, h.took(models.SensorExpression), 1)
		h.end()
	})
}

// After a restart a rate counts from what was said before it: a rise that began then is seen, and one that is over is closed.
func TestARateRemembersWhatWasSaidBeforeTheRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fast := 0.3
		w := models.Sensor{ID: "w1", Area: "grid-1", Kind: "water_level", Unit: "m",
			Rules: []models.Rule{{Kind: models.SensorRate, Above: &fast, Window: models.Duration(time.Minute)}}}
		h := newHall(t)
		asked := 0
		h.deps.Past = func(sensor string, from time.Time) []models.Reading {
			asked++
			require.Equal(t, []any{"w1", time.Now().Add(-time.Minute).UTC()}, []any{sensor, from.UTC()})
			return []models.Reading{{Value: 1, At: models.At(from)}, {Value: 1.1, At: models.At(from.Add(30 * time.Second))}}
		}
		require.NoError(t, h.Apply(nil, []models.Sensor{w}))
		h.start()
		h.until(10)
		h.read(1.35)
		synctest.Wait()
		got := h.took(models.SensorRate)
		require.Len(t, got, 1)
		require.InDelta(t, 0.32, got[0].Facts.Measured, 0.01, "since a minute before")
		w.Name = "edited"
		require.NoError(t, h.Apply(nil, []models.Sensor{w}))
		require.Equal(t, 1, asked, "what this process has heard it knows")
		h.end()
	})
}
