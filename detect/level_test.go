package detect

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/detect/coding"
)

// sized is what a picture of so many octaves of bytes tells.
func sized(octaves float64) coding.Reading {
	return coding.Reading{Bytes: int(math.Exp2(octaves)), QP: 30}
}

// weather feeds a level ten sizes a second and returns after how many seconds it first stood out; -1 = never.
func weather(l *level, from, to int, size func(n int) float64) float64 {
	for n := from * 10; n < to*10; n++ {
		if l.note(sized(size(n)), noon.Add(time.Duration(n)*100*time.Millisecond), true) {
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
		require.False(t, l.note(sized(float64(n%20)), noon.Add(time.Duration(n)*time.Second), true))
	}
}

func TestRainBecomesTheLevel(t *testing.T) {
	var l level
	weather(&l, 0, 60, func(int) float64 { return 14 })
	vain, wakes := 0, 0
	for n := 600; n < 6600; n++ { // each wake is in vain, and costs a GOP
		if l.note(sized(17), noon.Add(time.Duration(n)*100*time.Millisecond), true) {
			l.refuse(20)
			vain, wakes = vain+20, wakes+1
		}
	}
	require.Positive(t, wakes)
	require.LessOrEqual(t, vain, 300, "pictures in ten minutes")
	require.InDelta(t, 17, l.mean+l.habit.at(30, 0), 0.5)
	require.True(t, l.note(sized(24), noon.Add(time.Hour), true), "and more than rain is told of")
}

// However restless a camera is, what it costs in vain has a bound: what fades, and what fills the bar once.
func TestWakesInVainAreBounded(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	for name, restless := range map[string]func(n int) float64{
		"gusts": func(n int) float64 {
			if n/100%3 != 0 {
				return 14
			}
			return 14 + 4*dice.Float64()
		},
		"ever more": func(n int) float64 { return 14 + float64(n%600)/40 },
	} {
		t.Run(name, func(t *testing.T) {
			var l level
			weather(&l, 0, 60, func(int) float64 { return 14 })
			const minutes, wake = 30, 20
			vain := 0.0
			for n := 600; n < 600*(minutes+1); n++ {
				if l.note(sized(restless(n)), noon.Add(time.Duration(n)*100*time.Millisecond), true) {
					l.refuse(wake)
					vain += wake
				}
			}
			require.LessOrEqual(t, vain, mostVain+wake+vainFades*60*minutes)
		})
	}
}

func TestWhatMovesIsNotLearnt(t *testing.T) {
	var l level
	weather(&l, 0, 60, func(int) float64 { return 14 })
	for n := 600; n < 6000; n++ {
		l.note(sized(18), noon.Add(time.Duration(n)*100*time.Millisecond), false)
	}
	require.InDelta(t, 14, l.mean+l.habit.at(30, 0), 0.05)
}

// The rate control of an encoder lets the quantiser ring between coarse and fine, and the sizes with it: at one quantiser
// they are steady, and there it shows that somebody comes.
func TestALevelSeesThroughRateControl(t *testing.T) {
	ringing := func(n int, more float64) coding.Reading {
		qp := 31 + n%3 // as measured of a noisy night
		return coding.Reading{Bytes: int(math.Exp2(13 - 1.7*float64(n%3) + more)), QP: float64(qp)}
	}
	var l level
	for n := range 900 {
		require.False(t, l.note(ringing(n, 0), noon.Add(time.Duration(n)*100*time.Millisecond), true), "unit %d", n)
	}
	stood := 0
	for n := 900; n < 920; n++ {
		if l.note(ringing(n, 0.5), noon.Add(time.Duration(n)*100*time.Millisecond), true) {
			stood++
		}
	}
	require.Greater(t, stood, 10)
}

func TestHabitKnowsOfAQuantiserFromItsNeighbours(t *testing.T) {
	var h habit
	require.Equal(t, 9.0, h.at(30, 9), "nothing is known")
	h.learn(30, 12, 12)
	require.Equal(t, 12.0, h.at(30, 9))
	require.InDelta(t, 11, h.at(36, 9), 1e-6, "coarser: half the size")
	require.InDelta(t, 13, h.at(24, 9), 1e-6)
	for range 1000 {
		h.learn(30, 10, h.at(30, 0))
	}
	require.InDelta(t, 10, h.at(30, 9), 0.01)
	for qp := range len(h.size) {
		require.False(t, math.IsNaN(h.at(qp, 0)))
	}
}

func TestALevelIsBlindUntilItCanBeReliedOn(t *testing.T) {
	known := level{units: manyUnits, spread: 0.01}
	require.False(t, known.blind())
	for name, spoil := range map[string]func(*level){
		"too little is learnt":     func(l *level) { l.units-- },
		"the units are restless":   func(l *level) { l.spread = 0.1 },
		"too much of it was vain":  func(l *level) { l.refuse(60) },
		"nothing is known of them": func(l *level) { *l = level{} },
	} {
		l := known
		spoil(&l)
		require.True(t, l.blind(), name)
	}
}
