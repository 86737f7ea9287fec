package detect

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestKept(t *testing.T) {
	var k kept
	require.False(t, k.add(unitAt(1, 1, false, noon)), "nothing to build on")
	require.True(t, k.add(unitAt(2, 1, true, noon)))
	require.True(t, k.add(unitAt(3, 1, false, noon)))
	require.Equal(t, uint64(2), k.oldest().Seq)
	k.pop()
	k.pop()
	require.Nil(t, k.oldest())
	require.True(t, k.add(unitAt(4, 1, false, noon)), "the decoder has the one before")
	require.False(t, k.add(unitAt(6, 1, false, noon)), "one is missing")
	require.Zero(t, k.len())
	require.False(t, k.add(unitAt(7, 1, false, noon)))
	require.True(t, k.add(unitAt(8, 1, true, noon)))
	require.False(t, k.add(unitAt(9, 2, false, noon)), "another session")
	require.True(t, k.add(unitAt(10, 2, true, noon)))
	require.True(t, k.add(unitAt(11, 2, true, noon)))
	require.Equal(t, 1, k.len(), "what is older than a key unit is not needed")
	k.drop()
	require.False(t, k.add(unitAt(12, 2, false, noon)))
}

func TestKeptIsBounded(t *testing.T) {
	large := &models.AccessUnit{NALUs: [][]byte{make([]byte, keptBytes/4)}, Key: true, Seq: 1}
	var k kept
	require.True(t, k.add(large))
	for seq := uint64(2); ; seq++ {
		u := *large
		u.Key, u.Seq = false, seq
		if !k.add(&u) {
			require.Equal(t, uint64(5), seq)
			break
		}
	}
	require.Zero(t, k.len())
	require.Zero(t, k.bytes)

	k = kept{}
	require.True(t, k.add(unitAt(1, 1, true, noon)))
	for seq := uint64(2); seq <= keptUnits; seq++ {
		require.True(t, k.add(unitAt(seq, 1, false, noon)))
	}
	require.False(t, k.add(unitAt(keptUnits+1, 1, false, noon)))
}
