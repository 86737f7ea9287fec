package detect

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func yard() models.Camera {
	return models.Camera{
		ID: "c1", Area: "grid-1", Analyse: true, Password: "secret",
		Zones: map[string]models.Polygon{"yard": {{0.5, 0}, {1, 0}, {1, 1}, {0.5, 1}}},
		Rules: []models.Rule{{Kind: models.Intrusion, Zone: "yard"}},
	}
}

// walker comes in from the left at second 5, is in the yard from 9 on, stands there from 11 to 40, and is gone at 45.
func walker(s float64) scene {
	person := func(x float64) []models.Object { return []models.Object{obj("person", 0.8, x-0.03, 0.4, 0.06, 0.3)} }
	switch {
	case s < 5 || s >= 45:
		return scene{}
	case s < 11:
		return scene{motion: 0.01, objects: person(0.1 + 0.1*(s-5))}
	case s < 40:
		return scene{objects: person(0.7)}
	}
	return scene{motion: 0.01, objects: person(0.7 + 0.06*(s-40))}
}

func TestFromPicturesToAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.eye.script["c1"] = walker
		h.refuse = 2
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		h.until(60)

		units, looks := h.eye.sent("c1", 0, 3)
		require.InDelta(t, 30, units, 1, "first sight: every unit,")
		require.InDelta(t, 8, looks, 1, "and the network looks, though nothing moves")
		units, looks = h.eye.sent("c1", 3.2, 5)
		require.Equal(t, []int{1, 0}, []int{units, looks}, "nothing moves: key units, no looks")
		units, looks = h.eye.sent("c1", 6.2, 16)
		require.InDelta(t, 97, units, 1, "something moves, and for a while after: every unit")
		require.InDelta(t, 25, looks, 2, "a look each 400 ms")
		units, looks = h.eye.sent("c1", 18, 38)
		require.Equal(t, []int{10, 10}, []int{units, looks}, "who stands still is looked at with each key unit")
		units, looks = h.eye.sent("c1", 54, 60)
		require.Equal(t, []int{3, 0}, []int{units, looks}, "the yard is empty again")

		got := h.took(models.Intrusion)
		require.Len(t, got, 3)
		opened, pictured, closed := got[0], got[1], got[2]
		require.Equal(t, []int64{1, 2, 3}, []int64{opened.Revision, pictured.Revision, closed.Revision})
		require.Equal(t, "intrusion.yard", opened.Rule)
		require.Equal(t, "grid-1", opened.Area)
		require.Equal(t, models.Orange, opened.Severity)
		require.InDelta(t, int64(h.at(10.2)), int64(opened.CapturedAt), 500, "in the yard at 9, dwell of 1 s")
		require.Equal(t, opened.CapturedAt, opened.OpenedAt)
		require.Contains(t, opened.Why, `1 person in zone "yard" for 1`)
		require.Equal(t, 1, opened.Facts.Count)
		require.Equal(t, int64(1000), opened.Facts.DwellMs)
		require.Equal(t, opened.ID+".jpg", pictured.Snapshot)
		require.Equal(t, []byte("jpeg"), h.files[pictured.Snapshot])
		require.Equal(t, "person", h.eye.boxes[0].Label)
		require.Equal(t, models.EventClosed, closed.State)
		require.InDelta(t, int64(h.at(49.2)), int64(closed.ClosedAt), 1000, "gone at 45, a second of doubt, away for 3 s")
		h.end()
	})
}

func TestACarThatTheNetworkCannotName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.eye.script["c1"] = func(s float64) scene {
			if s < 5 || s > 10 {
				return scene{}
			}
			box := models.Box{X: 0.4 + 0.05*(s-5), Y: 0.2, W: 0.3, H: 0.5}
			return scene{motion: 0.1, boxes: []models.Box{box}, objects: []models.Object{obj("cell phone", 0.9, box.X, box.Y, box.W, box.H)}}
		}
		c := yard()
		c.Rules = []models.Rule{{Kind: models.VehicleInZone, Zone: "yard", Dwell: models.Duration(500 * time.Millisecond)}}
		require.NoError(t, h.Apply([]models.Camera{c}, nil))
		h.start()
		h.until(20)
		got := h.took(models.VehicleInZone)
		require.Equal(t, models.EventOpen, got[0].State)
		require.Equal(t, "motion", got[0].Facts.Label)
		require.Equal(t, models.EventClosed, got[len(got)-1].State)
		require.Equal(t, got[0].ID, got[len(got)-1].ID)
		h.end()
	})
}

func TestBlindIsNotClear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.eye.script["c1"] = func(s float64) scene {
			switch {
			case s < 20:
				return scene{motion: 0.01, objects: []models.Object{obj("person", 0.8, 0.7, 0.4, 0.06, 0.3)}}
			case s < 400:
				return scene{fault: "the worker is in quarantine", reset: true}
			case s < 500:
				return scene{full: true}
			}
			return scene{}
		}
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		h.until(499)
		for _, ev := range h.took(models.Intrusion) {
			require.Equal(t, models.EventOpen, ev.State)
		}
		h.until(520)
		got := h.took(models.Intrusion)
		require.Equal(t, models.EventClosed, got[len(got)-1].State)
		require.Equal(t, got[0].ID, got[len(got)-1].ID)
		h.end()
	})
}

func TestOutsideTheHoursOfAllRulesNothingIsDecoded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble begins at midnight
		h := newHall(t)
		h.eye.script["c1"] = func(float64) scene {
			return scene{motion: 0.01, objects: []models.Object{obj("person", 0.8, 0.7, 0.4, 0.06, 0.3)}}
		}
		c := yard()
		c.Rules[0].Hours = "22:00-00:01"
		require.NoError(t, h.Apply([]models.Camera{c}, nil))
		h.start()
		h.until(200)
		got := h.took(models.Intrusion)
		require.Equal(t, models.EventClosed, got[len(got)-1].State)
		require.InDelta(t, int64(h.at(63)), int64(got[len(got)-1].ClosedAt), 2000)
		units, _ := h.eye.sent("c1", 70, 200)
		require.Zero(t, units)
		h.end()
	})
}

func TestASnapshotThatNeverComesHoldsNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.eye.script["c1"], h.eye.blind = walker, true
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		h.until(12)
		got := h.took(models.Intrusion)
		require.Len(t, got, 1)
		require.Empty(t, got[0].Snapshot)
		h.end()
	})
}

func TestTheBudgetIsSharedFairly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, func(c *Config) { c.Inferences = 10 })
		var cameras []models.Camera
		for i := range 20 {
			c := yard()
			c.ID = fmt.Sprintf("c%d", i)
			cameras = append(cameras, c)
			h.eye.script[c.ID] = func(float64) scene { return scene{motion: 0.01} }
		}
		require.NoError(t, h.Apply(cameras, nil))
		h.start()
		h.until(40)
		all := 0
		for _, c := range cameras {
			_, looks := h.eye.sent(c.ID, 10, 40)
			require.InDelta(t, 15, looks, 2, c.ID)
			all += looks
		}
		require.LessOrEqual(t, all, 310)
		h.end()
	})
}

func TestACameraThatGoesAndReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		say := func(s models.CameraState, reason string) {
			h.CameraStatus(models.CameraStatus{Camera: "c1", State: s, Reason: reason, Since: models.At(time.Now())})
		}
		say(models.CameraOnline, "")
		h.until(10)
		say(models.CameraOffline, "no route")
		h.until(12)
		say(models.CameraConnecting, "no route")
		h.until(13.2)
		got := h.took(models.CameraWentOffline)
		require.Len(t, got, 1)
		require.Equal(t, h.at(13), got[0].CapturedAt)
		require.Equal(t, "camera offline for 3s: no route", got[0].Why)
		h.until(20)
		say(models.CameraOnline, "")
		h.until(22.2)
		require.Equal(t, models.EventClosed, h.took(models.CameraWentOffline)[1].State)

		say(models.CameraAuthRefused, "401")
		synctest.Wait()
		require.Len(t, h.took(models.CameraAuth), 1)
		say(models.CameraOnline, "")
		synctest.Wait()
		require.Len(t, h.took(models.CameraAuth), 2)
		require.Len(t, h.took(models.CameraWentOffline), 2)
		h.end()
	})
}

func TestASnapshotClaimsTheScoreOfTheFirstBoxAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.eye.script["c1"] = func(float64) scene {
			return scene{motion: 0.01, objects: []models.Object{obj("person", 0.8, 0.6, 0.4, 0.06, 0.3), obj("person", 0.5, 0.8, 0.4, 0.06, 0.3)}}
		}
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		h.until(20)
		require.Len(t, h.eye.boxes, 2)
		require.Equal(t, []float64{0.8, 0}, []float64{h.eye.boxes[0].Score, h.eye.boxes[1].Score})
		h.end()
	})
}

func TestACameraThatIsNoLongerLookedAtClosesWhatItsPicturesOpened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.eye.script["c1"] = func(float64) scene {
			return scene{motion: 0.01, objects: []models.Object{obj("person", 0.8, 0.7, 0.4, 0.06, 0.3)}}
		}
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		h.until(20)
		require.NotEmpty(t, h.took(models.Intrusion))
		blind := yard()
		blind.Analyse = false
		require.NoError(t, h.Apply([]models.Camera{blind}, nil))
		h.until(21)
		got := h.took(models.Intrusion)
		require.Equal(t, models.EventClosed, got[len(got)-1].State, "nobody would ever close it")
		require.Equal(t, ruleRemoved, got[len(got)-1].Facts.Reason)
		h.end()
	})
}
