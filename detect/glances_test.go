package detect

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/detect/rules"
	"zhihui/models"
)

// shows makes the hall's cameras show what the script says, a key unit each two seconds.
func (h *hall) shows(script func(camera string, second float64) Sight) {
	h.deps.Newest = func(camera string) *models.AccessUnit {
		n := uint64(time.Since(h.began) / (2 * time.Second))
		return &models.AccessUnit{Camera: camera, Seq: n + 1, Key: true, ReceivedAt: h.began.Add(time.Duration(n) * 2 * time.Second)}
	}
	h.eye.sight = func(u *models.AccessUnit) (Sight, error) {
		return script(u.Camera, u.ReceivedAt.Sub(h.began).Seconds()), nil
	}
}

// online applies cameras of which none is analysed.
func (h *hall) online(ids ...string) {
	var cameras []models.Camera
	for _, id := range ids {
		cameras = append(cameras, models.Camera{ID: id})
	}
	require.NoError(h.t, h.Apply(cameras, nil))
	for _, id := range ids {
		h.CameraStatus(models.CameraStatus{Camera: id, State: models.CameraOnline, Since: h.at(0)})
	}
}

func blankSight() Sight { return Sight{Luma: make([]byte, cells), Energy: make([]byte, cells)} }

func TestABlackPictureIsNoticedWithinNinetySecondsAndHasItsPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		fine := town{1}.sight(sight{})
		h.shows(func(_ string, s float64) Sight {
			if s >= 300 && s < 500 {
				return blankSight()
			}
			return fine
		})
		h.online("c1", "c2")
		h.start()
		h.until(700)
		took := h.took(models.CameraBlack)
		require.Len(t, took, 6, "for each an opening, its picture, a closing")
		byCamera := map[string][]models.Event{}
		for _, ev := range took {
			byCamera[ev.Source] = append(byCamera[ev.Source], ev)
		}
		for _, its := range byCamera {
			require.Greater(t, its[0].OpenedAt, h.at(300))
			require.LessOrEqual(t, its[0].OpenedAt, h.at(360))
			require.Equal(t, string(rules.Black), its[0].Facts.Reason)
			require.NotEmpty(t, h.files[its[1].Snapshot])
			require.Equal(t, models.EventClosed, its[2].State)
			require.LessOrEqual(t, its[2].ClosedAt, h.at(545))
		}
		h.end()
		require.Less(t, len(h.eye.glanced), 2*(700/30+12), "one look each half minute, and a few in doubt")
	})
}

func TestAnotherViewThatStaysIsLearntAndTheClosingSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		home, away := town{1}.sight(sight{}), town{2}.sight(sight{})
		h.shows(func(_ string, s float64) Sight {
			if s >= 300 {
				return away
			}
			return home
		})
		h.online("c1")
		h.start()
		h.until(300 + settleAfter.Seconds() + 100)
		took := h.took(models.CameraMoved)
		opened, closed := took[0], took[len(took)-1]
		require.LessOrEqual(t, opened.OpenedAt, h.at(390))
		require.Equal(t, string(rules.AnotherView), opened.Facts.Reason)
		require.Equal(t, models.EventClosed, closed.State)
		require.Equal(t, opened.ID, closed.ID)
		require.Equal(t, string(rules.ViewLearnt), closed.Facts.Reason)
		require.Contains(t, closed.Why, "usual from now on")
		h.end()
	})
}

func TestOnlyWhatIsFreshIsGlancedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.shows(func(string, float64) Sight { return blankSight() })
		newest := h.deps.Newest
		h.deps.Newest = func(camera string) *models.AccessUnit {
			switch u := newest(camera); camera {
			case "none":
				return nil
			case "old":
				u.ReceivedAt = u.ReceivedAt.Add(-2 * newestAge)
				return u
			case "still":
				u.Seq = 7
				return u
			default:
				return u
			}
		}
		h.online("none", "old", "still", "away", "good")
		h.CameraStatus(models.CameraStatus{Camera: "away", State: models.CameraOffline, Since: h.at(0)})
		h.start()
		h.until(300)
		looks := map[string]int{}
		for _, u := range h.eye.glanced {
			looks[u.Camera]++
		}
		require.Equal(t, 0, looks["none"]+looks["old"]+looks["away"])
		require.Equal(t, 1, looks["still"], "once, whatever may come of it")
		require.GreaterOrEqual(t, looks["good"], 9)
		h.end()
	})
}

func TestWithoutWhoLooksAPictureHasNoCondition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.online("c1")
		for _, w := range h.camera("c1").watches {
			require.NotEqual(t, rules.OfPicture, w.rule.Subject, "what nobody looks at, nobody would ever close")
		}
		h.shows(func(string, float64) Sight { return blankSight() })
		h.eye.sight = func(*models.AccessUnit) (Sight, error) { return Sight{}, errors.New("the worker is not up") }
		h.online("c2")
		h.start()
		h.until(200)
		require.Empty(t, h.took(models.CameraBlack))
		require.Greater(t, len(h.eye.glanced), 10, "it is tried again soon")
		require.NoError(t, h.Apply(nil, nil))
		require.Contains(t, h.eye.gone, "c2")
		h.end()
	})
}

// A camera at another address is another one: what the old one showed is not held against it.
func TestAtAnotherAddressAnotherViewIsUsual(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		home, away := town{1}.sight(sight{}), town{2}.sight(sight{})
		h.shows(func(_ string, s float64) Sight {
			if s >= 300 {
				return away
			}
			return home
		})
		is := models.Camera{ID: "c1", URL: "rtsp://192.0.2.1/1", Password: "secret"}
		require.NoError(t, h.Apply([]models.Camera{is}, nil))
		require.Empty(t, h.camera("c1").is.Password)
		h.CameraStatus(models.CameraStatus{Camera: "c1", State: models.CameraOnline, Since: h.at(0)})
		learnt := func() bool {
			c := h.camera("c1")
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.picture.Learnt
		}
		h.start()
		h.until(200)
		is.Name = "gate" // that changes nothing
		require.NoError(t, h.Apply([]models.Camera{is}, nil))
		h.until(299)
		require.True(t, learnt())
		is.URL = "rtsp://192.0.2.2/1"
		require.NoError(t, h.Apply([]models.Camera{is}, nil))
		require.False(t, learnt())
		h.until(700)
		require.Empty(t, h.took(models.CameraMoved))
		require.True(t, learnt())
		h.end()
	})
}
