package cv

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLight(t *testing.T) {
	scene := func(v byte) []byte { return append(bytes.Repeat([]byte{v}, 90), bytes.Repeat([]byte{2 * v}, 30)...) }
	for _, c := range []struct {
		name          string
		next, evened  byte
		nextIsTheSame bool
	}{
		{"as it was", 60, 60, true},
		{"brighter", 90, 60, false},
		{"darker", 40, 60, false},
		{"black is not made a scene", 0, 0, true},
		{"too bright to be the same", 125, 63, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l light
			l.even(scene(60))
			got := scene(c.next)
			l.even(got)
			require.InDelta(t, c.evened, got[0], 1)
			require.Equal(t, c.nextIsTheSame, bytes.Equal(got, scene(c.next)))
		})
	}
}

func TestALargeWhiteThingDoesNotDarkenTheRest(t *testing.T) {
	var l light
	l.even(bytes.Repeat([]byte{100}, 100))
	next := append(bytes.Repeat([]byte{100}, 60), bytes.Repeat([]byte{250}, 40)...)
	l.even(next)
	require.Equal(t, byte(100), next[0])
	require.Equal(t, byte(250), next[60])
}
