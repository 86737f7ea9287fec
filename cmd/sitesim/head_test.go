package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAHeadIsWhereItHasTurned(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	h := headsOf([]Camera{{ID: "a"}, {ID: "b", PTZ: true}})["b"]
	is := func(after time.Duration, pan, tilt, zoom float64, moves bool) {
		t.Helper()
		now = now.Add(after)
		at, speed := h.at(now)
		require.InDeltaSlice(t, []float64{pan, tilt, zoom}, []float64{at.pan, at.tilt, at.zoom}, 1e-9)
		require.Equal(t, moves, speed != place{})
	}
	is(0, 0, 0, 0, false)
	h.move(now, &vector{X: 1, Y: -0.5}, nil, 0)
	is(time.Second, 0.4, -0.2, 0, true)
	h.move(now, nil, &vector{X: 0.5}, 2*time.Second)
	is(time.Second, 0.8, -0.4, 0.2, true)
	is(time.Hour, 1, -0.6, 0.4, false) // it stopped by itself, and it does not turn beyond its end
	h.move(now, &vector{X: -1}, &vector{X: 1}, 0)
	h.halt(now.Add(time.Second), false, true)
	is(2*time.Second, 0.2, -0.6, 0.8, true)
	h.halt(now, true, false)
	is(time.Hour, 0.2, -0.6, 0.8, false)
	h.jump(now, place{})
	is(time.Second, 0, 0, 0, false)
}

func TestAHeadKeepsPresets(t *testing.T) {
	now := time.Now()
	h := &head{}
	h.jump(now, place{pan: 0.5})
	first, err := h.keep(now, "", "gate")
	require.NoError(t, err)
	h.jump(now, place{tilt: 0.5})
	require.NoError(t, h.visit(now, first))
	at, _ := h.at(now)
	require.Equal(t, place{pan: 0.5}, at)
	h.jump(now, place{zoom: 1})
	_, err = h.keep(now, first, "yard")
	require.NoError(t, err)
	require.Equal(t, []preset{{first, "yard", place{zoom: 1}}}, h.all())
	for range presetsMany - 1 {
		_, err := h.keep(now, "", "more")
		require.NoError(t, err)
	}
	_, err = h.keep(now, "", "too many")
	require.ErrorIs(t, err, errFull)
	require.NoError(t, h.forget(first))
	next, err := h.keep(now, "", "again")
	require.NoError(t, err)
	require.NotEqual(t, first, next, "a token is given once")
	_, err = h.keep(now, first, "gone")
	require.ErrorIs(t, err, errNoToken)
	require.ErrorIs(t, h.forget(first), errNoToken)
	require.ErrorIs(t, h.visit(now, first), errNoToken)
}

func TestDurationsOfMoves(t *testing.T) {
	for text, want := range map[string]time.Duration{"PT2S": 2 * time.Second, "PT0.5S": time.Second / 2, "PT1M": time.Minute, "PT1M1.5S": 61500 * time.Millisecond, " PT2S\n": 2 * time.Second, "PT": 0} {
		got, ok := duration(text)
		require.True(t, ok, text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "2", "P1D", "PT-1S", "PT99999S", "PT1e9S"} {
		_, ok := duration(text)
		require.False(t, ok, text)
	}
}
