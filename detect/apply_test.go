package detect

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestEditsAtRunTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.eye.script["c1"] = func(float64) scene {
			return scene{motion: 0.01, objects: []models.Object{obj("person", 0.8, 0.7, 0.4, 0.06, 0.3)}}
		}
		require.NoError(t, h.Apply([]models.Camera{yard()}, []models.Sensor{water()}))
		h.start()
		h.until(5)
		opened := h.took(models.Intrusion)
		require.NotEmpty(t, opened)

		edited := yard()
		edited.Rules[0].Severity = models.Red
		edited.Rules = append(edited.Rules, models.Rule{Kind: models.Crowd, Zone: "nowhere"})
		err := h.Apply([]models.Camera{edited}, []models.Sensor{water()})
		require.ErrorContains(t, err, `c1.crowd.nowhere: zone: there is no zone "nowhere", this camera has: yard`)
		h.until(10)
		require.Len(t, h.took(models.Intrusion), len(opened), "an edit does not end what goes on")

		edited.Rules = nil
		require.NoError(t, h.Apply([]models.Camera{edited}, []models.Sensor{water()}))
		h.until(11)
		got := h.took(models.Intrusion)
		require.Equal(t, "rule_removed", got[len(got)-1].Facts.Reason)
		require.Equal(t, models.EventClosed, got[len(got)-1].State)
		require.Equal(t, []string{"c1"}, h.eye.gone, "no rule looks at its pictures any more")

		h.CameraStatus(models.CameraStatus{Camera: "c1", State: models.CameraOffline})
		h.until(15)
		require.NoError(t, h.Apply(nil, nil))
		h.until(16)
		off := h.took(models.CameraWentOffline)
		require.Equal(t, "source_removed", off[1].Facts.Reason)
		h.until(300)
		require.Empty(t, h.took(models.SensorWentStale), "a sensor that is gone is not silent")
		h.read(3)
		h.CameraStatus(models.CameraStatus{Camera: "c1"})
		h.end()
	})
}

func TestResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		event := func(id string, kind models.EventKind, source string, from models.SourceType, rule string) models.Event {
			return models.Event{ID: id, Kind: kind, State: models.EventOpen, Source: source, SourceType: from, Rule: rule,
				OpenedAt: models.At(time.Now().Add(-time.Minute)), Revision: 4}
		}
		h.Resume([]models.Event{
			event("goes-on", models.SensorThreshold, "w1", models.FromSensor, "sensor_threshold"),
			event("double", models.SensorThreshold, "w1", models.FromSensor, "sensor_threshold"),
			event("ended-meanwhile", models.CameraWentOffline, "c1", models.FromCamera, "camera_offline"),
			event("unseen-yet", models.Intrusion, "c1", models.FromCamera, "intrusion.yard"),
			event("no-rule", models.Crowd, "c1", models.FromCamera, "crowd"),
			event("no-source", models.Crowd, "c9", models.FromCamera, "crowd"),
			event("of-the-hall", models.RecordingFailed, "recording", models.FromHall, "recording_failed"),
		})
		require.NoError(t, h.Apply([]models.Camera{yard()}, []models.Sensor{water()}))
		h.start()
		h.CameraStatus(models.CameraStatus{Camera: "c1", State: models.CameraOnline, Since: models.At(time.Now())})
		h.read(2.5)
		h.until(8)
		closed := map[string]string{}
		for _, ev := range h.events {
			require.EqualValues(t, 5, ev.Revision, ev.ID)
			if ev.State == models.EventClosed {
				closed[ev.ID] = ev.Facts.Reason
			}
		}
		require.Equal(t, map[string]string{"double": "rule_removed", "ended-meanwhile": "", "unseen-yet": "",
			"no-rule": "rule_removed", "no-source": "source_removed"}, closed)
		require.Len(t, h.took(models.SensorThreshold), 2, "goes-on is told once more, with its new facts")
		h.end()
	})
}

func TestRunEndsWithWhatWasNotAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		sensor := water()
		sensor.Rules[0].Dwell = 0
		require.NoError(t, h.Apply(nil, []models.Sensor{sensor}))
		h.refuse = 1 << 30
		h.start()
		h.read(3)
		h.until(1)
		stopped := time.Now()
		h.stop()
		require.ErrorContains(t, <-h.ended, "1 messages about events were not accepted")
		require.LessOrEqual(t, time.Since(stopped), 3*time.Second)
	})
}
