package recording

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhihui/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRecordsWithoutABreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		begun := time.Now()
		s.gate.play(3 * time.Second)
		now := s.Open("gate")
		require.Len(t, now, 1)
		require.InDelta(t, 2.5, now[0].To.Sub(now[0].From).Seconds(), 0.5, "it can be seen within a second")
		require.True(t, s.InHand(now[0].File()))
		require.Equal(t, models.RecordRunning, s.State("gate"))
		s.gate.play(147 * time.Second)
		s.end()
		require.Equal(t, 1500, s.agrees(0), "to the unit")
		require.Zero(t, s.lost())
		found := s.rows.find("gate", 0, 1<<60)
		require.Len(t, found, 3)
		require.Equal(t, models.At(begun), found[0].From)
		require.Equal(t, time.Minute, found[0].To.Sub(found[0].From))
		require.Equal(t, models.At(begun.Add(150*time.Second)), found[2].To)
		require.Empty(t, s.Open("gate"))
		require.False(t, s.InHand(found[0].File()))
	})
}

func TestAClipBeginsTenSecondsBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordEvents})
		s.gate.play(60 * time.Second)
		require.Equal(t, models.RecordReady, s.State("gate"))
		require.Empty(t, s.files(), "nothing is kept of a quiet camera")
		e := opened("e1")
		s.Event(e)
		s.gate.play(200 * time.Millisecond)
		now := s.Open("gate")
		require.Len(t, now, 1, "it can be played at once")
		require.LessOrEqual(t, now[0].From, e.OpenedAt.Add(-10*time.Second))
		require.Greater(t, now[0].From, e.OpenedAt.Add(-13*time.Second), "it begins with the key unit before")
		require.Equal(t, models.RecordRunning, s.State("gate"))
		require.Equal(t, []models.Clip{{ID: s.rows.allClips()[0].ID, Camera: "gate", Area: "street", From: e.OpenedAt.Add(-10 * time.Second), Events: []string{"e1"}}}, s.rows.allClips())
		s.gate.play(30 * time.Second)
		e = closed(e)
		s.Event(e)
		s.gate.play(60 * time.Second)
		require.Equal(t, models.RecordReady, s.State("gate"))
		clip := s.rows.allClips()[0]
		require.Equal(t, e.ClosedAt.Add(20*time.Second), clip.To)
		s.agrees(0)
		all := s.rows.find("gate", 0, 1<<60)
		require.GreaterOrEqual(t, all[len(all)-1].To, clip.To)
		require.Less(t, all[len(all)-1].To, clip.To.Add(3*time.Second), "and no more")
		s.Event(opened("e2")) // while the ring holds less than ten seconds, what goes before it has just been kept
		s.gate.play(5 * time.Second)
		s.end()
	})
}

func TestClipsThatOverlapLeaveNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordEvents})
		s.gate.play(20 * time.Second)
		a := opened("a")
		s.Event(a)
		s.gate.play(time.Second)
		s.Event(closed(a))
		s.gate.play(25 * time.Second)
		b := opened("b") // five seconds after the end of the first
		s.Event(b)
		s.gate.play(time.Second)
		s.Event(closed(b))
		s.gate.play(30 * time.Second)
		s.end()
		s.agrees(0)
		clips := s.rows.allClips()
		require.Len(t, clips, 1)
		require.Equal(t, []string{"a", "b"}, clips[0].Events)
	})
}

func TestADiskThatTakesNothingForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(10 * time.Second)
		s.disk.refuse(errors.New("full"))
		s.gate.play(8 * time.Second)
		require.Equal(t, models.RecordFailing, s.State("gate"))
		s.disk.refuse(nil)
		s.gate.play(10 * time.Second)
		s.end()
		require.Equal(t, 280, s.agrees(0), "what waited was written")
		require.Zero(t, s.lost())
	})
}

func TestAWriteThatFailsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(10 * time.Second)
		fails, tries := errors.New("no space"), 0
		s.disk.set(func(f func() error) error {
			if tries++; tries < 5 {
				return fails
			}
			return f()
		})
		s.gate.play(10 * time.Second)
		s.end()
		require.Equal(t, 200, s.agrees(0))
		require.Zero(t, s.lost())
		require.Greater(t, tries, 5)
	})
}
