package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a mode leaves out of 12 pictures with a keyframe every 4.
func TestWhatIsLeftOut(t *testing.T) {
	f, err := parseFootage(CodecH264, testFootage())
	require.NoError(t, err)
	for mode, want := range map[Mode]string{
		ModePlay: "............", ModeThin: "..ww..ww..ww", ModeKeyless: "w...w...w...", ModeLeak: ".....l.....l", ModeSkew: "............",
	} {
		got := ""
		for i := range f.units {
			switch {
			case mode.withholds(f, i):
				got += "w"
			case mode.loses(f, i):
				got += "l"
			default:
				got += "."
			}
		}
		require.Equal(t, want, got, mode)
	}
}

// What is lost leaves a gap in the numbers of the packets, what is not sent leaves none; either way the units that come
// are numbered without one.
func TestACameraWhosePicturesAreUnsound(t *testing.T) {
	for _, mode := range []Mode{ModeThin, ModeLeak, ModeKeyless} {
		t.Run(string(mode), func(t *testing.T) {
			s, _, stop := oneCamera(t, Camera{Mode: mode})
			r := play(t, s, "cam-01")
			before := r.next(t)
			require.True(t, before.key, "a session begins with a keyframe")
			keys, jumps := 0, 0
			for range 10 {
				u := r.next(t)
				require.Equal(t, before.number+1, u.number)
				if u.key {
					keys++
				}
				if u.clock != before.clock+unitTicks {
					jumps++
				}
				before = u
			}
			require.Equal(t, mode == ModeKeyless, keys == 0)
			require.NotZero(t, jumps)
			require.Equal(t, stop().Sent, before.number+r.drain(t))
		})
	}
}

// A clock that is set while somebody reads is told at once.
func TestACameraWhoseClockIsOff(t *testing.T) {
	s, cam, stop := oneCamera(t, Camera{})
	r := play(t, s, "cam-01")
	r.next(t)
	told := func() time.Time {
		select {
		case at := <-r.clocks:
			return at
		case <-time.After(patience):
			require.Fail(t, "no sender report came")
			return time.Time{}
		}
	}
	require.WithinDuration(t, time.Now(), told(), patience)
	cam.setMode(ModeSkew, time.Now())
	require.WithinDuration(t, time.Now().Add(skewedBy), told(), patience)
	cam.setMode(ModePlay, time.Now())
	require.WithinDuration(t, time.Now(), told(), patience)
	stop()
}

// The frozen take of a clip is as long as the plain one, and nothing is new in it.
func TestAFrozenTake(t *testing.T) {
	folder := t.TempDir()
	testClip(t, folder)
	for _, codec := range []Codec{CodecH264, CodecH265} {
		e := Encoding{Codec: codec, QP: 28}
		needEncoder(t, e)
		s := studio{cache: t.TempDir(), folders: []string{folder}, out: &bytes.Buffer{}}
		all, err := s.prepare(t.Context(), []Camera{{ID: "a", Clips: []Clip{{File: "test.avi"}}, Encoding: e, turns: []variant{frozen}}})
		require.NoError(t, err)
		reels, err := loadReels(all)
		require.NoError(t, err)
		takes := reels[0][usual].takes
		live, still := takes[take{}], takes[take{variant: frozen}]
		require.Len(t, still.units, len(live.units))
		for i, u := range still.units {
			require.Equal(t, live.units[i].key, u.key)
			if !u.key {
				require.Less(t, len(u.slices[0]), 100)
			}
		}
	}
}
