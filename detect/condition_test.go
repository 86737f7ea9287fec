package detect

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// lossy is a camera of which a part of the units is lost between two seconds.
func lossy(h *hall, percent float64, until float64) {
	for time.Since(h.began).Seconds() < until {
		h.StreamVital(models.StreamVital{Camera: "c1", At: models.At(time.Now()), FPS: 10, UsualFPS: 10, LossPct: percent})
		h.StreamVital(models.StreamVital{Camera: "nobody", At: models.At(time.Now())})
		time.Sleep(time.Second)
	}
}

func online(h *hall, s models.CameraState) {
	h.CameraStatus(models.CameraStatus{Camera: "c1", State: s, Since: models.At(time.Now())})
}

func TestAConditionOpensTellsNowAndThenAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		online(h, models.CameraOnline)
		lossy(h, 0, 10)
		lossy(h, 12, 60)
		lossy(h, 40, 90)
		lossy(h, 0, 120)
		got := h.took(models.CameraLoss)
		require.Len(t, got, 3, "what gets worse is told once a minute")
		require.InDelta(t, int64(h.at(11)), int64(got[0].CapturedAt), 100)
		require.Equal(t, "camera_loss", got[0].Rule)
		require.Equal(t, "12% of the pictures did not arrive whole, the limit is 5%, for 1s: check the network and the camera's load", got[0].Why)
		require.Equal(t, 40.0, got[1].Facts.Measured)
		require.Equal(t, models.EventClosed, got[2].State)
		require.InDelta(t, int64(h.at(100)), int64(got[2].ClosedAt), 1100)
		h.end()
	})
}

// The evidence is the camera's newest picture, of a camera that nobody analyses too.
func TestAConditionShowsThePicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.eye.sight = func(*models.AccessUnit) (Sight, error) { return Sight{}, nil }
		h.deps.Newest = func(string) *models.AccessUnit { return &models.AccessUnit{Camera: "c1", Seq: 7, Key: true} }
		c := yard()
		c.Analyse = false
		require.NoError(t, h.Apply([]models.Camera{c}, nil))
		h.start()
		online(h, models.CameraOnline)
		lossy(h, 12, 5)
		got := h.took(models.CameraLoss)
		require.Len(t, got, 2)
		require.Equal(t, []byte("unit 7"), h.files[got[1].Snapshot])
		h.end()
	})
}

// A camera that goes takes its conditions along: it is away, that is all that is known. When it is back, what holds still
// opens anew.
func TestACameraThatGoesTakesItsConditionsAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		online(h, models.CameraOnline)
		lossy(h, 12, 5)
		online(h, models.CameraOffline)
		lossy(h, 12, 20) // on its way when it went
		got := h.took(models.CameraLoss)
		require.Equal(t, models.EventClosed, got[len(got)-1].State)
		require.InDelta(t, int64(h.at(15)), int64(got[len(got)-1].ClosedAt), 200)
		online(h, models.CameraOnline)
		lossy(h, 12, 30)
		again := h.took(models.CameraLoss)
		require.Len(t, again, len(got)+1)
		require.NotEqual(t, got[0].ID, again[len(got)].ID)
		h.end()
	})
}

// A break shorter than an event takes to close ends none, and a restart of the hall neither.
func TestABreakEndsNoCondition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		h.Resume([]models.Event{{ID: models.NewID(time.Now()), Kind: models.CameraLoss, Rule: "camera_loss", Source: "c1",
			SourceType: models.FromCamera, State: models.EventOpen, Revision: 3, OpenedAt: models.At(time.Now())}})
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		online(h, models.CameraConnecting)
		h.until(8)
		online(h, models.CameraOnline)
		lossy(h, 12, 20)
		online(h, models.CameraOffline)
		h.until(23)
		online(h, models.CameraOnline)
		lossy(h, 12, 50)
		for _, ev := range h.took(models.CameraLoss) {
			require.Equal(t, models.EventOpen, ev.State)
		}
		h.end()
	})
}

// While nothing is told of a stream, as when the hall itself had no processor, what was told last opens nothing, and a dwell
// that had begun begins anew.
func TestWhatWasToldOnceOpensNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		online(h, models.CameraOnline)
		slow := func() {
			h.StreamVital(models.StreamVital{Camera: "c1", At: models.At(time.Now()), FPS: 1, UsualFPS: 10})
		}
		lossy(h, 0, 5)
		slow()
		h.until(20)
		require.Empty(t, h.took(models.CameraLowRate))
		slow()
		h.until(21)
		require.Empty(t, h.took(models.CameraLowRate))
		for s := 21.0; s < 25; s++ {
			h.until(s)
			slow()
		}
		synctest.Wait()
		require.Equal(t, h.at(23), h.took(models.CameraLowRate)[0].CapturedAt)
		h.end()
	})
}

// A camera that is set to rarer keyframes than any should be has one event, not one for each of them; one whose stream is
// frozen is found out anew after each greeting, and has one event all the same.
func TestWhatComesAndGoesByTurnsIsOneEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t)
		require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
		h.start()
		online(h, models.CameraOnline)
		const gop = 50
		for s := range 10 * gop {
			h.StreamVital(models.StreamVital{Camera: "c1", At: models.At(time.Now()), KeyAgeMs: int64(s % gop * 1000)})
			time.Sleep(time.Second)
		}
		for range 60 {
			h.StreamVital(models.StreamVital{Camera: "c1", At: models.At(time.Now()), KeyAgeMs: 2000})
			time.Sleep(time.Second)
		}
		got := h.took(models.CameraNoKeyframes)
		for _, ev := range got {
			require.Equal(t, got[0].ID, ev.ID)
		}
		require.Equal(t, models.EventClosed, got[len(got)-1].State)
		require.InDelta(t, int64(h.at(10*gop+35)), int64(got[len(got)-1].ClosedAt), 1500)
		h.end()
	})
}

// Whether a stream is frozen that has just begun is not known before it has lasted so long.
func TestAFrozenCameraStaysSoOverARestart(t *testing.T) {
	for offset := range 10 {
		synctest.Test(t, func(t *testing.T) {
			h := newHall(t)
			h.Resume([]models.Event{{ID: models.NewID(time.Now()), Kind: models.CameraFrozen, Rule: "camera_frozen", Source: "c1",
				SourceType: models.FromCamera, State: models.EventOpen, Revision: 3, OpenedAt: models.At(time.Now())}})
			require.NoError(t, h.Apply([]models.Camera{yard()}, nil))
			h.start()
			online(h, models.CameraOnline)
			for since := int64(3000 + 100*offset); since < 20_000; since += 1000 { // as the hub tells it
				h.StreamVital(models.StreamVital{Camera: "c1", At: models.At(time.Now()), StillMs: since})
				time.Sleep(time.Second)
			}
			for _, ev := range h.took(models.CameraFrozen) {
				require.Equal(t, models.EventOpen, ev.State)
			}
			h.end()
		})
	}
}
