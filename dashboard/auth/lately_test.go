package auth

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func (l *lately[T]) size() int { return len(l.young) + len(l.old) }

func TestLatelyKeepsWhatIsAskedForAndForgetsTheRest(t *testing.T) {
	var l lately[int]
	at := func(key string) *int { return l.of(key, func() *int { return new(int) }) }
	*at("often"), *at("once") = 7, 7
	for i := range 3 * generation {
		at(strconv.Itoa(i))
		require.Equal(t, 7, *at("often"), "asked for again and again")
		require.LessOrEqual(t, l.size(), 2*generation)
	}
	require.Zero(t, *at("once"), "anew")
	*at("old") = 7
	for i := range generation {
		at("more" + strconv.Itoa(i))
	}
	require.Equal(t, 7, *at("old"), "one generation back is kept")
	l.forget("old")
	require.Zero(t, *at("old"))
}
