package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Every mode is known, and is in one list for people.
func TestModes(t *testing.T) {
	require.Equal(t, "play, drop, silent, garbage, refuse, blackhole, babble, mute, trickle, deaf, resize, recode, stall, freeze, thin, leak, keyless, skew, black, cover, blur, turn", modeNames())
	for _, m := range append(modes(), "") {
		require.True(t, m.valid(), m)
		require.False(t, m.sends() && m.hangsUp(), m)
		require.Equal(t, m.ownPort(), m.port() != portOpen, m)
	}
	require.False(t, Mode("return").valid())
}

func TestModeSteps(t *testing.T) {
	for _, tc := range []struct {
		mode            Mode
		gone            time.Duration
		described, sent variant
	}{
		{ModePlay, time.Hour, plain, plain},
		{ModeResize, -time.Second, plain, plain},
		{ModeResize, 4999 * time.Millisecond, plain, plain},
		{ModeResize, 5 * time.Second, plain, small},
		{ModeResize, 10 * time.Second, plain, plain},
		{ModeRecode, 0, plain, plain},
		{ModeRecode, 5 * time.Second, plain, recoded},
		{ModeRecode, 10 * time.Second, recoded, recoded},
		{ModeRecode, 15 * time.Second, recoded, plain},
		{ModeRecode, 20 * time.Second, plain, plain},
		{ModeFreeze, 0, plain, frozen},
	} {
		described, sent := tc.mode.stepAfter(tc.gone)
		require.Equal(t, []variant{tc.described, tc.sent}, []variant{described, sent}, "%v after %v", tc.mode, tc.gone)
	}
}

// What a camera turns to, at its start or by an event, is prepared with its plain pictures.
func TestSettle(t *testing.T) {
	s := Script{
		Encoding: Encoding{Rate: 384, GOP: Span(2 * time.Second)},
		Cameras:  []Camera{{ID: "a", Mode: ModeResize}, {ID: "b", Encoding: Encoding{QP: 28}}, {ID: "c"}},
		Events:   []Event{{Camera: "a", Do: "recode"}, {Camera: "b", Do: "drop"}},
	}
	s.settle()
	require.Equal(t, []variant{small, recoded}, s.Cameras[0].turns)
	require.Empty(t, s.Cameras[1].turns)
	require.Equal(t, Encoding{QP: 28, GOP: Span(2 * time.Second)}, s.Cameras[1].Encoding)
	require.Equal(t, s.Encoding, s.Cameras[2].Encoding)
}
