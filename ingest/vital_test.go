package ingest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/ingest/rtsp/rtsptest"
	"zhihui/models"
)

// cameraman publishes ten units a second in a synctest bubble, and looks at what the hub tells of it.
type cameraman struct {
	*Hub
	t       *testing.T
	session uint64
	seq     int
	mu      sync.Mutex
	told    []models.StreamVital

	keyless bool
	fps     int
	lose    int           // of a hundred units
	fast    time.Duration // its clock
}

// calm takes from a hub in a bubble what goes on outside of it.
func calm(h *Hub) *Hub {
	h.starved = func() bool { return false }
	return h
}

func hired(t *testing.T) *cameraman {
	a := &cameraman{Hub: calm(NewHub(DefaultConfig())), t: t, session: 1, fps: 10}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- a.Run(ctx, func(v models.StreamVital) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.told = append(a.told, v)
		})
	}()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	return a
}

// play sends for so many seconds, and returns the newest vital.
func (a *cameraman) play(seconds int) models.StreamVital {
	a.t.Helper()
	for i := range seconds * a.fps {
		a.seq++
		if a.lose > 0 && a.seq*a.lose/100 != (a.seq-1)*a.lose/100 {
			a.Lose("gate", 1)
		} else {
			u := &models.AccessUnit{Camera: "gate", Codec: models.H264, Session: a.session, ReceivedAt: time.Now(), NTP: time.Now().Add(a.fast)}
			u.NALUs = [][]byte{append(append([]byte{0x41}, make([]byte, 500)...), byte(a.seq), byte(a.seq>>8), 0, 0, 0, 0)}
			if u.Key = i%20 == 0 && !a.keyless; u.Key {
				u.NALUs = [][]byte{rtsptest.SPS(), append([]byte{0x65}, u.NALUs[0]...)}
			}
			a.Publish(u)
		}
		time.Sleep(time.Second / time.Duration(a.fps))
	}
	return a.newest()
}

func (a *cameraman) newest() models.StreamVital {
	a.t.Helper()
	synctest.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	require.NotEmpty(a.t, a.told)
	return a.told[len(a.told)-1]
}

func TestVitals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := hired(t)
		v := a.play(20)
		require.InDelta(t, 17, len(a.told), 1, "once a second, after the first three")
		require.Equal(t, "gate", v.Camera)
		require.InDelta(t, 10, v.FPS, 0.01)
		require.InDelta(t, 10, v.UsualFPS, 0.01)
		require.Zero(t, v.LossPct)
		require.Less(t, v.KeyAgeMs, int64(2100))
		require.Less(t, v.StillMs, int64(200))
		require.InDelta(t, 0, *v.OffsetMs, 1)
		require.WithinDuration(t, time.Now(), v.At.Std(), time.Second)

		a.fast = -20 * time.Second
		require.InDelta(t, -20_000, *a.play(3).OffsetMs, 1)
		a.keyless = true
		require.Greater(t, a.play(10).KeyAgeMs, int64(9000))
		a.keyless, a.lose = false, 20
		v = a.play(11)
		require.InDelta(t, 20, v.LossPct, 2)
		require.InDelta(t, 8, v.FPS, 0.2)
		require.InDelta(t, 10, v.UsualFPS, 0.1)
	})
}

// Where nothing comes, nobody knows whether anything has changed: of a camera that rarely sends, and of one whose end is not
// noticed yet.
func TestWhatDoesNotComeIsNotStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := hired(t)
		a.play(12)
		time.Sleep(20 * time.Second)
		v := a.newest()
		require.Less(t, v.StillMs, int64(200))
		require.Greater(t, v.KeyAgeMs, int64(20_000), "but that none comes is so")
	})
}

// Of a link that breaks again and again, each time for longer than a second, most is lost: the camera is not slow.
func TestALinkThatBreaksAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := hired(t)
		a.play(12)
		var v models.StreamVital
		for range 4 {
			time.Sleep(3 * time.Second)
			a.Lose("gate", 30)
			v = a.play(2)
			require.Greater(t, v.FPS/(1-v.LossPct/100), 0.45*v.UsualFPS)
		}
		require.Greater(t, v.LossPct, 40.0)
	})
}

// What is lost at once is a hiccup, not a camera that loses its pictures.
func TestAHiccupIsNoLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := hired(t)
		a.play(12)
		a.Lose("gate", 9)
		require.Zero(t, a.play(2).LossPct)
	})
}

func TestWhatIsUsualIsLearnt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := hired(t)
		require.Zero(t, a.play(9).UsualFPS, "not from half a window")
		require.InDelta(t, 10, a.play(5).UsualFPS, 0.1)
		a.fps = 20
		require.InDelta(t, 20, a.play(300).UsualFPS, 0.2, "more is soon the usual")
		a.fps = 5
		require.InDelta(t, 20, a.play(300).UsualFPS, 0.5, "less is not")
		require.Less(t, a.play(24*3600).UsualFPS, 7.2, "until it has been so for a day")
	})
}

// Who comes is often given what was sent before he came, all at once: it says nothing of how fast a camera is.
func TestAGreetingIsNotTheUsual(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := hired(t)
		for range 100 {
			a.Publish(&models.AccessUnit{Camera: "gate", Codec: models.H264, Session: 1, ReceivedAt: time.Now(), NALUs: [][]byte{{0x41, 1}}})
		}
		require.InDelta(t, 10, a.play(30).UsualFPS, 0.01)
	})
}

// A camera that was set otherwise has other parameter sets.
func TestWhatIsUsualIsForgotten(t *testing.T) {
	u := &models.AccessUnit{Codec: models.H264, Key: true, NALUs: [][]byte{rtsptest.SPS()}}
	var l usual
	l.key(u)
	l.learn(25)
	l.key(u)
	require.Equal(t, 25.0, l.fps)
	l.key(&models.AccessUnit{Codec: models.H264, Key: true, NALUs: [][]byte{append(rtsptest.SPS(), 1)}})
	require.Zero(t, l.fps)
	h265 := &models.AccessUnit{Codec: models.H265, Key: true, NALUs: [][]byte{{}, {33 << 1, 1, 7}}}
	l.key(h265)
	require.Equal(t, h265.NALUs[1], l.sps)
}

// Nothing is told of a camera that does not play, nor while this process was not awake.
func TestVitalsOfWhatPlays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := hired(t)
		a.play(12)
		a.Rest("gate")
		a.told = nil
		time.Sleep(5 * time.Second)
		synctest.Wait()
		require.Empty(t, a.told)
		a.session = 2
		a.play(5)
		require.InDelta(t, 2, len(a.told), 1)
		require.InDelta(t, 10, a.told[0].FPS, 0.01, "a stream that has begun is not slow")
	})
}

// A camera that tells a time before 1970 counts from its start, and tells no time.
func TestAClockWithoutADate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := hired(t)
		a.fast = time.Until(time.Date(1900, 1, 1, 0, 3, 0, 0, time.UTC))
		require.Nil(t, a.play(5).OffsetMs)
	})
}

// A look that comes late tells nothing before the window is past what came, or did not, meanwhile, and what then came at once.
func TestAfterAPauseOfTheHallNothingIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := calm(NewHub(DefaultConfig()))
		var told []models.StreamVital
		var asleep atomic.Bool
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		began := time.Now()
		go func() {
			done <- h.Run(ctx, func(v models.StreamVital) {
				told = append(told, v)
				if len(told) == 3 {
					asleep.Store(true) // as a process without a processor is
					time.Sleep(20 * time.Second)
					asleep.Store(false)
				}
			})
		}()
		waiting := 0
		for range 600 {
			for waiting++; waiting > 0 && !asleep.Load(); waiting-- {
				u := unit(1, true)
				u.ReceivedAt = time.Now()
				h.Publish(u)
			}
			time.Sleep(100 * time.Millisecond)
		}
		cancel()
		require.NoError(t, <-done)
		require.Greater(t, len(told), 10)
		require.GreaterOrEqual(t, told[3].At.Std().Sub(began), 33*time.Second)
		for _, v := range told {
			require.InDelta(t, 10, v.FPS, 0.5)
		}
	})
}

// A step of the wall clock neither stops a camera nor makes it slow.
func TestSecondsAreNotOfTheWallClock(t *testing.T) {
	h := NewHub(DefaultConfig())
	now := time.Now()
	require.Equal(t, now.Unix(), h.second(now))
	require.Equal(t, now.Unix()+7, h.second(now.Add(7*time.Second)))
	require.Equal(t, now.Unix()-7, h.second(now.Add(-7*time.Second)))
}

// A second of the reference load: 1,043 cameras of 10 units, each published and each camera looked at once.
func BenchmarkASecondOfVitals(b *testing.B) {
	h := NewHub(DefaultConfig())
	sps, key, other := rtsptest.SPS(), make([]byte, 20_000), make([]byte, 4000)
	key[0], other[0] = 0x65, 0x41
	ids := make([]string, 1043)
	for i := range ids {
		ids[i] = models.NewID(time.Now())
	}
	now := time.Now()
	for b.Loop() {
		for _, id := range ids {
			for i := range 10 {
				u := &models.AccessUnit{Camera: id, Codec: models.H264, Session: 1, ReceivedAt: now.Add(time.Duration(i) * 100 * time.Millisecond), NALUs: [][]byte{other}}
				if i == 0 {
					u.Key, u.NALUs = true, [][]byte{sps, key}
				}
				h.Publish(u)
			}
		}
		now = now.Add(time.Second)
		h.vitals(now)
	}
}
