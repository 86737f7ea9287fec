//go:build cgo

package cv

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// scene writes a picture of bars and some noise, with what stands at from…to on it.
func scene(rnd *rand.Rand, noise int, from, to int, value byte) []byte {
	p := make([]byte, MotionWidth*MotionHeight)
	for i := range p {
		p[i] = byte(60 + i/16%4/3*80 + rnd.IntN(2*noise+1) - noise)
		if x := i % MotionWidth; x >= from && x < to {
			p[i] = value
		}
	}
	return p
}

func TestABackgroundIsLearntForgottenAndComesBack(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	b, mask := background(t), make([]byte, MotionWidth*MotionHeight)
	look := func(from, to int) int { return b.apply(scene(rnd, 3, from, to, 220), mask) }
	for range 100 {
		look(0, 0)
	}
	require.Zero(t, look(0, 0), "noise is not foreign")
	car := 40 * MotionHeight
	require.Equal(t, car, look(100, 140))
	require.Equal(t, byte(255), mask[100])
	require.Equal(t, byte(0), mask[99])
	for range 15 {
		require.Equal(t, car, look(100, 140), "what stands there for a moment is foreign still")
	}
	for range 200 {
		look(100, 140)
	}
	require.Zero(t, look(100, 140), "who stays becomes background")
	require.Zero(t, look(0, 0), "and the old one is not forgotten yet")
}

func TestTwoThingsThatTakeTurnsAreBothBackground(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	b, mask := background(t), make([]byte, MotionWidth*MotionHeight)
	for n := range 300 {
		b.apply(scene(rnd, 2, 0, n%3/2*60, 220), mask)
	}
	require.Zero(t, b.apply(scene(rnd, 2, 0, 0, 0), mask))
	require.Zero(t, b.apply(scene(rnd, 2, 0, 60, 220), mask), "a branch in the wind")
	require.Equal(t, 60*MotionHeight, b.apply(scene(rnd, 2, 0, 60, 20), mask), "not so what is neither")
}

func TestAFirstPictureAndAnExtremeOneAreTaken(t *testing.T) {
	b, mask := background(t), make([]byte, MotionWidth*MotionHeight)
	white, black := make([]byte, len(mask)), make([]byte, len(mask))
	for i := range white {
		white[i] = 255
	}
	for range 400 {
		b.light = light{} // no help from the evening of brightness
		b.apply(white, mask)
	}
	b.light = light{}
	require.Equal(t, len(mask), b.apply(black, mask))
	b.begin()
	b.apply(black, mask)
	require.Zero(t, b.apply(black, mask))
}
