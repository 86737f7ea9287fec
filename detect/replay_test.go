package detect

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// reel gives units, ten a second and each tenth a key unit, that say the words to the fake worker.
func reel(words ...string) iter.Seq[*models.AccessUnit] {
	return func(yield func(*models.AccessUnit) bool) {
		for n, word := range words {
			u := &models.AccessUnit{Camera: "c1", Codec: models.H264, Session: 1, Seq: uint64(n + 1), Key: n%10 == 0,
				ReceivedAt: noon.Add(time.Duration(n) * 100 * time.Millisecond), NALUs: [][]byte{[]byte("unit " + word)}}
			if !yield(u) {
				return
			}
		}
	}
}

// visit is words of a quiet place where somebody is about from the second to the third second.
func visit() []string {
	words := make([]string, 100)
	for n := 20; n < 40; n++ {
		words[n] = "person"
	}
	return words
}

func watched() models.Camera {
	return models.Camera{ID: "c1", Area: "a", Rules: []models.Rule{{Kind: models.Intrusion, Dwell: models.Duration(500 * time.Millisecond)}}}
}

func TestReplayLooksAtEachUnitWithoutAGate(t *testing.T) {
	h := newWorkshop(t, nil)
	got, err := Replay(t.Context(), DefaultConfig(), h.Vision, watched(), reel(visit()...), Way{Ungated: true})
	require.NoError(t, err)
	require.Len(t, got.Steps, 100)
	looks := 0
	for n, s := range got.Steps {
		require.True(t, s.Decoded && s.Awake && s.Want&WantMotion != 0, "unit %d", n)
		require.Equal(t, noon.Add(time.Duration(n)*100*time.Millisecond), s.At)
		if s.Want&WantObjects != 0 {
			looks++
		}
	}
	require.Equal(t, 25, looks, "one each 400 ms")
	require.Len(t, got.Events, 1)
	ev := got.Events[0]
	require.Equal(t, models.Intrusion, ev.Kind)
	require.Equal(t, models.EventClosed, ev.State)
	require.WithinDuration(t, noon.Add(3*time.Second), ev.OpenedAt.Std(), 500*time.Millisecond)
	require.Equal(t, ev.OpenedAt, models.At(ev.Told), "nothing was decoded belatedly")
}

func TestLooksFallLater(t *testing.T) {
	h := newWorkshop(t, nil)
	looks := func(way Way) (at []int) {
		got, err := Replay(t.Context(), DefaultConfig(), h.Vision, watched(), reel(visit()...), way)
		require.NoError(t, err)
		for n, s := range got.Steps {
			if s.Want&WantObjects != 0 {
				at = append(at, n)
			}
		}
		return at
	}
	require.Equal(t, []int{0, 4, 8, 12}, looks(Way{Ungated: true})[:4])
	require.Equal(t, []int{0, 2, 6, 10}, looks(Way{Ungated: true, Later: 200 * time.Millisecond})[:4])
}

func TestReplayIsTheSameEachTime(t *testing.T) {
	h := newWorkshop(t, nil)
	run := func() Replayed {
		got, err := Replay(t.Context(), DefaultConfig(), h.Vision, watched(), reel(visit()...), Way{})
		require.NoError(t, err)
		for n := range got.Steps {
			got.Steps[n].DecodeTime, got.Steps[n].InferTime = 0, 0
		}
		for n := range got.Events {
			got.Events[n].ID = ""
		}
		return got
	}
	first := run()
	require.NotEmpty(t, first.Events)
	for range 3 {
		require.Equal(t, first, run())
	}
}

func TestReplayFailsWhereTheWorkerDoes(t *testing.T) {
	h := newWorkshop(t, nil)
	_, err := Replay(t.Context(), DefaultConfig(), h.Vision, watched(), reel("", "", "broken", ""), Way{Ungated: true})
	require.ErrorContains(t, err, "unit 3 of camera c1")

	_, err = Replay(t.Context(), DefaultConfig(), h.Vision, models.Camera{ID: "c1", Rules: []models.Rule{{Kind: "no such kind"}}}, reel(""), Way{Ungated: true})
	require.Error(t, err)

	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = Replay(ctx, DefaultConfig(), h.Vision, watched(), reel("slow", "slow"), Way{Ungated: true})
	require.ErrorIs(t, err, context.Canceled)

}

func TestReplayNeedsAWorkerThatIsUp(t *testing.T) {
	h := newWorkshop(t, func(c *VisionConfig) { c.Instances = 1 })
	h.mu.Lock()
	h.instances[0].credit = 0
	h.mu.Unlock()
	_, err := Replay(t.Context(), DefaultConfig(), h.Vision, watched(), reel(""), Way{Ungated: true})
	require.ErrorContains(t, err, "its worker is not up")
}

func TestAWorkerIsToldWhatIsWanted(t *testing.T) {
	for want, told := range map[Want][3]bool{
		0:                       {false, false, false},
		WantMotion:              {true, false, false},
		WantObjects:             {false, true, false},
		WantObjects | WantWhole: {false, true, true},
	} {
		u := letter{unit: &models.AccessUnit{Camera: "c1", Seq: 1, NALUs: [][]byte{{1}}}, want: want}.asRequest().GetUnit()
		require.Equal(t, told, [3]bool{u.GetMotion(), u.GetObjects(), u.GetWhole()})
	}
}
