package detect

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

func TestFairLevel(t *testing.T) {
	for name, c := range map[string]struct {
		wants []float64
		have  float64
		level float64
	}{
		"nobody wants anything":       {nil, 1, math.Inf(1)},
		"enough for all":              {[]float64{0.3, 0.2}, 0.5, math.Inf(1)},
		"all the same":                {[]float64{1, 1, 1, 1}, 1, 0.25},
		"one wants too much":          {[]float64{0.1, 5, 0.1}, 1, 0.8},
		"two want too much":           {[]float64{0.1, 5, 5}, 1, 0.45},
		"there is nothing to be had":  {[]float64{1, 2}, 0, 0},
		"what one leaves, others get": {[]float64{0.2, 0.3, 0.6, 0.6}, 1.3, 0.4},
	} {
		t.Run(name, func(t *testing.T) { require.InDelta(t, c.level, fairLevel(c.wants, c.have), 1e-9) })
	}
}

// Nobody gets more than it wants, nothing that is wanted is left over, and who is cut gets the most that anybody has.
func TestFairLevelIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wants := rapid.SliceOfN(rapid.Float64Range(0, 2), 1, 50).Draw(t, "wants")
		have := rapid.Float64Range(0, 20).Draw(t, "have")
		all := 0.0
		for _, w := range wants {
			all += w
		}
		given, level := 0.0, fairLevel(wants, have)
		for _, w := range wants {
			given += min(w, level)
		}
		if math.Abs(given-min(all, have)) > 1e-6 {
			t.Fatalf("%g of %g is given to those who want %g", given, have, all)
		}
	})
}

func TestLateResultsShrinkTheShares(t *testing.T) {
	ease := 1.0
	for range 5 {
		ease = eased(ease, 800*time.Millisecond)
	}
	require.InDelta(t, 0.328, ease, 0.01)
	for range 100 {
		ease = eased(ease, time.Minute)
	}
	require.Equal(t, leastEase, ease)
	for range 45 {
		ease = eased(ease, 100*time.Millisecond)
	}
	require.Equal(t, 1.0, ease)
}

func TestWhatGoesBeforeIsNotDivided(t *testing.T) {
	l := newLoad(0.8, func() int { return 2 })
	at := noon
	for range 40 { // the network takes half a core
		at = at.Add(settleEvery)
		l.took(250*time.Millisecond, 10*time.Millisecond)
		l.share("a", at, 1)
		l.share("b", at, 1)
	}
	may, all := l.share("a", at, 1)
	require.False(t, all)
	require.InDelta(t, 0.55, may, 0.01)
	may, all = l.share("a", at.Add(claimLasts+settleEvery), 1)
	require.True(t, all, "b sleeps")
	require.Equal(t, 1.0, may)
}

func TestTrialsTakeAFifth(t *testing.T) {
	l := newLoad(0.8, func() int { return 1 })
	taken := 0.0
	for n := range 1000 { // rain everywhere: each unit of each camera stands out
		if l.try(noon.Add(time.Duration(n)*10*time.Millisecond), 0.05) {
			taken += 0.05
		}
	}
	require.InDelta(t, 10*0.8*trialShare, taken, 0.3)
	require.True(t, l.try(noon.Add(time.Hour), 5), "one that is alone is never refused")
}

func TestPurse(t *testing.T) {
	var p purse
	p.fill(noon, 0.5)
	require.InDelta(t, 0.5, p.has, 1e-9)
	p.has = 0
	p.fill(noon.Add(200*time.Millisecond), 0.5)
	require.InDelta(t, 0.1, p.has, 1e-9)
	p.fill(noon.Add(time.Hour), 0.5)
	require.InDelta(t, 0.5, p.has, 1e-9, "what was not used is not saved up for ever")
}

// busy is a site of so many cameras of the same kind, all of which show motion all the time, 3.3 ms of work a picture.
func busy(t *testing.T, cameras, gop int, aligned bool, more ...*simFilm) *site {
	films := more
	for n := range cameras {
		f := &simFilm{id: fmt.Sprintf("c%d", n), every: 100 * time.Millisecond, gop: gop, cost: time.Second / 300}
		if !aligned {
			f.phase = n * 7
		}
		films = append(films, f)
	}
	s := newSite(films)
	s.run(30 * time.Second)
	s.begun = s.now
	s.run(110 * time.Second)
	for _, f := range films {
		most := max(2*time.Second, time.Duration(f.gop)*f.every)
		require.LessOrEqual(t, s.longest[f.id], most+50*time.Millisecond, "the look of %s", f.id)
	}
	return s
}

func TestWhenAllAreAwakeNobodyStarves(t *testing.T) {
	for name, c := range map[string]struct {
		gop     int
		aligned bool
		least   float64 // pictures a second of each
	}{
		"GOP 1 s":                        {10, false, 1.7},
		"GOP 2 s":                        {20, false, 1.7},
		"GOP 8 s":                        {80, false, 1.7},
		"GOP 2 s, all begin at one time": {20, true, 1},
		"GOP 8 s, all begin at one time": {80, true, 0.25}, // all want the worker in the same second of eight
	} {
		t.Run(name, func(t *testing.T) {
			s := busy(t, 104, c.gop, c.aligned)
			least, most := s.rates()
			t.Logf("%.2f to %.2f pictures a second, longest lag %v", least, most, s.lag)
			require.GreaterOrEqual(t, least, c.least)
			require.LessOrEqual(t, most, 1.1*least)
			require.Less(t, s.lag, 2*time.Second)
		})
	}
}

func TestALargeCameraSlowsItselfAndNoOther(t *testing.T) {
	large := &simFilm{id: "large", every: 40 * time.Millisecond, gop: 50, cost: 20 * time.Millisecond} // half a core
	s := busy(t, 10, 20, false, large)
	for n := range 10 {
		require.InDelta(t, 10, s.rate(fmt.Sprintf("c%d", n)), 0.1, "each gets all of its pictures")
	}
	require.InDelta(t, 15, s.rate("large"), 5, "the large one what is left")

	s = busy(t, 104, 20, false, &simFilm{id: "large", every: 40 * time.Millisecond, gop: 50, cost: 20 * time.Millisecond})
	require.Less(t, s.rate("large"), 1.0)
	require.Greater(t, s.rate("c7"), 1.7)
	m := s.cameras["c7"].measure(s.now, true)
	require.Equal(t, models.AnalysisSlowed, m.State)
	require.InDelta(t, s.rate("c7"), m.Pictures, 0.3)
}
