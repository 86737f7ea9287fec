package detect

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// town is a made-up view: rectangles of random brightness, at a resolution of the Sight's grid times five.
type town struct{ seed uint64 }

// sight renders the town as a worker would tell it: moved by cells, lit by gain, blurred by a box, behind a hand that covers
// the left share, with noise.
type sight struct {
	dx, dy     int
	gain, blur float64
	hand       float64
	noise      uint64
}

func (c town) sight(s sight) Sight {
	const fine, w, h = 5, 64 * 5, 36 * 5
	at := c.paint()
	grey := make([]float64, w*h)
	radius := int(s.blur)
	r := rand.New(rand.NewPCG(s.noise, 1))
	for y := range h {
		for x := range w {
			var sum, n float64
			for v := -radius; v <= radius; v++ {
				for u := -radius; u <= radius; u++ {
					sum, n = sum+at(x+u+s.dx*fine, y+v+s.dy*fine), n+1
				}
			}
			v := sum / n * cmpOr(s.gain, 1)
			if float64(x) < s.hand*w {
				v = 60
			}
			grey[y*w+x] = min(max(v+0.3*r.NormFloat64(), 0), 255)
		}
	}
	out := Sight{Luma: make([]byte, cells), Energy: make([]byte, cells)}
	for i := range cells {
		var luma, steps float64
		for y := i / 64 * fine; y < i/64*fine+fine; y++ {
			for x := i % 64 * fine; x < i%64*fine+fine; x++ {
				p := grey[y*w+x]
				luma += p
				steps += math.Abs(p-grey[y*w+min(x+1, w-1)]) + math.Abs(p-grey[min(y+1, h-1)*w+x])
			}
		}
		out.Luma[i], out.Energy[i] = byte(luma/fine/fine), byte(min(4*steps/fine/fine, 255))
	}
	return out
}

func cmpOr(v, other float64) float64 {
	if v == 0 {
		return other
	}
	return v
}

// paint returns the brightness of each point, also beyond the picture.
func (c town) paint() func(x, y int) float64 {
	r := rand.New(rand.NewPCG(c.seed, 7))
	const wide, high = 520, 380
	canvas := make([]float64, wide*high)
	for i := range canvas {
		canvas[i] = 120
	}
	for range 260 {
		x0, y0, w, h, v := r.IntN(wide), r.IntN(high), 6+r.IntN(50), 6+r.IntN(40), 20+200*r.Float64()
		for y := y0; y < min(y0+h, high); y++ {
			for x := x0; x < min(x0+w, wide); x++ {
				canvas[y*wide+x] = v
			}
		}
	}
	return func(x, y int) float64 { return canvas[min(max(y+100, 0), high-1)*wide+min(max(x+100, 0), wide-1)] }
}

// taught is an appearance that knows the town.
func taught(c town) (*appearance, time.Time) {
	a, at := &appearance{}, time.Unix(1_700_000_000, 0)
	for n := range firstGlances + 2 {
		a.see(at, c.sight(sight{noise: uint64(n)}))
		at = at.Add(glanceEvery)
	}
	return a, at
}

func TestLooksAreHeldAgainstWhatIsUsual(t *testing.T) {
	home := town{1}
	for _, c := range []struct {
		name                                   string
		s                                      Sight
		covered, coveredMost, sharp, sharpMost float64
		shift, shiftMost                       float64
	}{
		{"usual", home.sight(sight{noise: 99}), 0, 0.05, 0.9, 1.1, 0, 0},
		{"darker", home.sight(sight{gain: 0.4, noise: 99}), 0, 0.1, 0.8, 1.5, 0, 0},
		{"a hand", home.sight(sight{hand: 0.8, noise: 99}), 0.6, 0.9, 0, 9, 0, 1},
		{"a hand before a third", home.sight(sight{hand: 0.33, noise: 99}), 0.15, 0.45, 0.9, 1.15, 0, 0},
		{"blurred", home.sight(sight{blur: 6, noise: 99}), 0, 0.3, 0, 0.69, 0, 0},
		{"nudged", home.sight(sight{dx: 5, noise: 99}), 0, 0.35, 0.55, 9, 4.0 / 64, 6.0 / 64},
		{"nudged down", home.sight(sight{dy: -6, noise: 99}), 0, 0.35, 0.55, 9, 5.0 / 64, 7.0 / 64},
		{"turned away", town{2}.sight(sight{noise: 99}), 0, 0.35, 0.55, 9, 1, 1},
		{"another picture by much less light", town{2}.sight(sight{gain: 0.4, noise: 99}), 0, 1, 0, 9, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, at := taught(home)
			v, _ := a.see(at, c.s)
			require.True(t, v.Learnt)
			require.GreaterOrEqual(t, v.Covered, c.covered)
			require.LessOrEqual(t, v.Covered, c.coveredMost)
			require.GreaterOrEqual(t, v.Sharpness, c.sharp)
			require.LessOrEqual(t, v.Sharpness, c.sharpMost)
			require.GreaterOrEqual(t, v.Shift, c.shift)
			require.LessOrEqual(t, v.Shift, c.shiftMost)
		})
	}
}

func TestAnotherViewIsUsualWhenItStays(t *testing.T) {
	home, away := town{1}, town{2}
	a, at := taught(home)
	until := at.Add(settleAfter)
	settled := false
	for !settled {
		v, now := a.see(at, away.sight(sight{noise: uint64(at.Unix())}))
		require.Equal(t, now, v.Shift == 0)
		settled = now
		at = at.Add(glanceEvery)
	}
	require.WithinDuration(t, until, at, 2*glanceEvery)
	v, _ := a.see(at, away.sight(sight{}))
	require.Zero(t, v.Shift)
	v, _ = a.see(at, home.sight(sight{}))
	require.Zero(t, v.Shift, "where it was before is known still")
	require.Len(t, a.views, 2)
}

func TestWhatShowsNothingIsNeverLearnt(t *testing.T) {
	blank := Sight{Luma: make([]byte, cells), Energy: make([]byte, cells)}
	a, at := &appearance{}, time.Unix(1_700_000_000, 0)
	for range 100 {
		v, _ := a.see(at, blank)
		require.False(t, v.Learnt)
		at = at.Add(glanceEvery)
	}
	home := town{1}
	a, at = taught(home)
	for _, bad := range []Sight{blank, home.sight(sight{hand: 0.8}), home.sight(sight{blur: 4}), home.sight(sight{blur: 6})} {
		before := *a.views[0]
		for range 100 {
			_, settled := a.see(at, bad)
			require.False(t, settled)
			at = at.Add(glanceEvery)
		}
		require.Equal(t, before.glances, a.views[0].glances)
		require.Len(t, a.views, 1)
	}
}

func TestDuskIsFollowed(t *testing.T) {
	home := town{1}
	a, at := taught(home)
	for n := range 240 { // two hours
		v, _ := a.see(at, home.sight(sight{gain: 1 - 0.85*float64(n)/240, noise: uint64(n)}))
		require.Zero(t, v.Shift)
		require.Less(t, v.Covered, 0.35)
		at = at.Add(glanceEvery)
	}
}

func TestViewsAreBounded(t *testing.T) {
	a, at := taught(town{1})
	for n := range uint64(maxViews + 2) {
		s := town{n + 10}.sight(sight{})
		for settled := false; !settled; at = at.Add(5 * time.Minute) {
			_, settled = a.see(at, s)
		}
		require.LessOrEqual(t, len(a.views), maxViews)
	}
}

// Whatever a worker tells, what is made of it are numbers within their bounds.
func TestNoSightBreaksTheJudgement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, at := &appearance{}, time.Unix(1_700_000_000, 0)
		for range rapid.IntRange(1, 12).Draw(t, "looks") {
			r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
			most := rapid.IntRange(1, 256).Draw(t, "most")
			s := Sight{Luma: make([]byte, cells), Energy: make([]byte, cells)}
			for i := range cells {
				s.Luma[i], s.Energy[i] = byte(r.IntN(most)), byte(r.IntN(most))
			}
			v, _ := a.see(at, s)
			at = at.Add(glanceEvery)
			for _, f := range []float64{v.Covered, v.Shift} {
				require.True(t, f >= 0 && f <= 1, "%+v", v)
			}
			require.False(t, math.IsNaN(v.Sharpness) || math.IsInf(v.Sharpness, 0) || math.IsNaN(v.Contrast))
		}
	})
}

func BenchmarkAppearance(b *testing.B) {
	home := town{1}
	for name, s := range map[string]Sight{"usual": home.sight(sight{}), "moved": home.sight(sight{dx: 5})} {
		b.Run(name, func(b *testing.B) {
			a, at := taught(home)
			for b.Loop() {
				a.see(at, s)
			}
		})
	}
}
