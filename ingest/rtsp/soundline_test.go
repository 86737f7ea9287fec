package rtsp

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

const (
	ms   = time.Millisecond
	long = 20 * ms // of a frame in these tests, 160 samples at 8 kHz
)

// lines feeds a soundLine as a camera does whose pictures and sound begin together.
type lines struct {
	line     soundLine
	clock    rtpClock
	pictures ownClock
	sound    ownClock
	began    time.Time
}

func newLines() *lines {
	return &lines{line: soundLine{clock: rtpClock{rate: 8000}}, began: time.Unix(1_700_000_000, 0)}
}

// picture is one of so much after the beginning, received late by delay.
func (l *lines) picture(at, delay time.Duration) {
	pts := l.clock.at(uint32(77_000 + at*rtpRate/time.Second))
	l.line.pictures(&models.AccessUnit{PTS: pts, ReceivedAt: l.began.Add(at + delay)}, &l.clock, &l.pictures)
}

// hear is where a frame is placed that begins so much after the beginning.
func (l *lines) hear(at, delay time.Duration) (time.Duration, bool) {
	got, known := l.line.start(uint32(555+at*8000/time.Second), long, l.began.Add(at+long+delay), &l.sound)
	if !known {
		return 0, false
	}
	return l.line.follow(got, long)
}

// report lets the camera tell its own time at so much after the beginning, its sound's off by so much.
func (l *lines) report(at, off time.Duration) {
	ntp := func(d time.Duration) uint64 {
		d += 3_900_000_000 * time.Second
		return uint64(d/time.Second)<<32 | uint64(d%time.Second)<<32/1e9
	}
	l.pictures.hear(&rtcp.SenderReport{NTPTime: ntp(at), RTPTime: uint32(77_000 + at*rtpRate/time.Second)})
	l.sound.hear(&rtcp.SenderReport{NTPTime: ntp(at + off), RTPTime: uint32(555 + at*8000/time.Second)})
}

func TestSoundIsPlacedByWhenItComes(t *testing.T) {
	l := newLines()
	_, fits := l.hear(0, 0)
	require.False(t, fits, "no picture yet")
	l.picture(0, 0)
	for at := long; at < 5*time.Second; at += long {
		l.picture(at, at%(7*ms))
		got, fits := l.hear(at, at%(13*ms))
		require.True(t, fits, at)
		require.InDelta(t, at, got, float64(30*ms))
	}
}

// What comes in a burst after a stall of the network stays where it belongs.
func TestAStallMovesNoSound(t *testing.T) {
	l := newLines()
	l.picture(0, 0)
	for at := long; at < 20*time.Second; at += long {
		delay := time.Duration(0)
		if at > 10*time.Second && at < 12*time.Second {
			delay = 12*time.Second - at
		}
		got, fits := l.hear(at, delay)
		if at%(100*ms) == 0 {
			l.picture(at, delay)
		}
		require.True(t, fits, at)
		require.InDelta(t, at, got, float64(30*ms), at)
	}
}

// What the camera tells of its two clocks counts, where it can be true.
func TestSoundIsPlacedByTheCamerasClock(t *testing.T) {
	for name, c := range map[string]struct{ off, want time.Duration }{
		"together":                         {0, 0},
		"the sound is older than it comes": {-300 * ms, -300 * ms},
		"the sound is ahead":               {400 * ms, 400 * ms},
		"as no camera can be":              {time.Hour, 0},
		"as of another epoch":              {-3_000_000_000 * time.Second, 0},
	} {
		l := newLines()
		l.picture(0, 0)
		l.report(0, c.off)
		end := time.Duration(0)
		for at := long; at < 4*time.Second; at += long {
			l.picture(at, 0)
			got, fits := l.hear(at, 0)
			if at < time.Second {
				continue
			}
			require.True(t, fits, "%s %v", name, at)
			require.InDelta(t, at+c.want, got, float64(soundSlack)+float64(5*ms), "%s %v", name, at)
			require.GreaterOrEqual(t, got, end, name)
			end = got + long
		}
	}
}

// A correction backwards leaves frames out; nothing overlaps, and what follows is right.
func TestSoundNeverGoesBackwards(t *testing.T) {
	l := newLines()
	l.picture(0, 0)
	left, end := 0, time.Duration(0)
	for at := long; at < 4*time.Second; at += long {
		l.picture(at, 0)
		if at == 2*time.Second {
			l.report(at, -500*ms)
		}
		got, fits := l.hear(at, 0)
		if !fits {
			left++
			continue
		}
		require.GreaterOrEqual(t, got, end)
		end = got + long
	}
	require.InDelta(t, 25, left, 2, "half a second")
	require.InDelta(t, 4*time.Second-500*ms, end, float64(2*soundSlack))
}

// A camera that sets the clock of its sound is followed when that is sure.
func TestAClockThatIsSetIsFollowed(t *testing.T) {
	l := newLines()
	l.picture(0, 0)
	for at := long; at < 20*time.Second; at += long {
		l.picture(at, 0)
		stamp := at
		if at >= 5*time.Second {
			stamp -= 3 * time.Second
		}
		got, _ := l.line.start(uint32(555+stamp*8000/time.Second), long, l.began.Add(at+long), &l.sound)
		if at < 5*time.Second || at > 9*time.Second {
			require.InDelta(t, at, got, float64(30*ms), at)
		}
	}
}

func TestReceiptIsTheEarliestThatAnythingTells(t *testing.T) {
	var r receipt
	begin := time.Unix(1000, 0)
	for i, delay := range []time.Duration{300 * ms, 0, 900 * ms, 50 * ms} {
		at := time.Duration(i) * 100 * ms
		r.note(at, begin.Add(at+delay))
	}
	require.WithinDuration(t, begin, r.zero, time.Millisecond)
	for i := range 100 { // the camera's clock is slow by one in 2000
		at := time.Duration(i) * time.Second
		r.note(at-at/2000, begin.Add(1500*ms+at))
	}
	require.WithinDuration(t, begin.Add(1550*ms), r.zero, 10*ms)
}
