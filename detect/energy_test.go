package detect

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// weather feeds a level ten energies a second and returns after how many seconds it first stood out; -1 = never.
func weather(l *level, from, to int, energy func(n int) float64) float64 {
	for n := from * 10; n < to*10; n++ {
		if l.note(energy(n), noon.Add(time.Duration(n)*100*time.Millisecond), true) {
			return float64(n-from*10) / 10
		}
	}
	return -1
}

func TestLevel(t *testing.T) {
	noise := func(mean, spread float64) func(int) float64 {
		dice := rand.New(rand.NewPCG(1, 2))
		return func(int) float64 { return mean + spread*dice.NormFloat64() }
	}
	for name, c := range map[string]struct {
		before, after func(int) float64
		within        float64 // seconds; -1 = must not stand out
	}{
		"nothing happens":           {noise(14, 0.1), noise(14, 0.1), -1},
		"nothing happens, at night": {noise(18, 0.6), noise(18, 0.6), -1},
		"somebody comes":            {noise(14, 0.1), noise(15, 0.1), 0.4},
		"into a noisy picture":      {noise(18, 0.3), noise(20, 0.3), 0.6},
		"somebody leaves":           {noise(14, 0.1), noise(13, 0.1), -1},
	} {
		t.Run(name, func(t *testing.T) {
			var l level
			require.Equal(t, -1.0, weather(&l, 0, 60, c.before))
			after := weather(&l, 60, 90, c.after)
			if c.within < 0 {
				require.Equal(t, -1.0, after)
			} else {
				require.GreaterOrEqual(t, after, 0.0)
				require.LessOrEqual(t, after, c.within)
			}
		})
	}
}

func TestALevelTellsNothingBeforeItKnowsAnything(t *testing.T) {
	var l level
	for n := range leastUnits {
		require.False(t, l.note(float64(n), noon.Add(time.Duration(n)*time.Second), true))
	}
}

func TestRainBecomesTheLevel(t *testing.T) {
	var l level
	weather(&l, 0, 60, func(int) float64 { return 14 })
	vain, wakes := 0, 0
	for n := 600; n < 6600; n++ { // each wake is in vain, and costs a GOP
		if l.note(17, noon.Add(time.Duration(n)*100*time.Millisecond), true) {
			l.refuse(20)
			vain, wakes = vain+20, wakes+1
		}
	}
	require.Positive(t, wakes)
	require.LessOrEqual(t, vain, 200, "pictures in ten minutes")
	require.InDelta(t, 17, l.mean, 0.5)
	require.True(t, l.note(30, noon.Add(time.Hour), true), "and more than rain is told of")
}

// However restless a camera is, what it costs in vain has a bound: what fades, and what fills the bar once.
func TestWakesInVainAreBounded(t *testing.T) {
	var l level
	dice := rand.New(rand.NewPCG(3, 4))
	weather(&l, 0, 60, func(int) float64 { return 14 })
	const minutes = 30
	vain := 0
	for n := 600; n < 600*(minutes+1); n++ {
		e := 14.0
		if n/100%3 == 0 {
			e += 4 * dice.Float64() // gusts
		}
		if l.note(e, noon.Add(time.Duration(n)*100*time.Millisecond), true) {
			l.refuse(20)
			vain += 20
		}
	}
	require.LessOrEqual(t, float64(vain), mostVain+vainFades*60*minutes)
}

func TestWhatMovesIsNotLearnt(t *testing.T) {
	var l level
	weather(&l, 0, 60, func(int) float64 { return 14 })
	for n := 600; n < 6000; n++ {
		l.note(18, noon.Add(time.Duration(n)*100*time.Millisecond), false)
	}
	require.InDelta(t, 14, l.mean, 0.01)
}
