package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// TestFootageFolder: a store is called the same for ever, in its backups and after a restore, too: the folder is marked with that.
func TestFootageFolder(t *testing.T) {
	dir, _ := filled(t)
	s := openIn(t, dir)
	first, err := s.FootageFolder(t.Context())
	require.NoError(t, err)
	require.True(t, models.ValidID(first.Store))
	require.False(t, first.Begun)
	require.NoError(t, s.BeginFootage(t.Context()))
	require.NoError(t, s.Close())

	file, _ := backedUp(t, dir)
	to := t.TempDir()
	_, _, err = Restore(t.Context(), configIn(to), file, false)
	require.NoError(t, err)
	for _, dir := range []string{dir, to} {
		s := openIn(t, dir)
		again, err := s.FootageFolder(t.Context())
		require.NoError(t, err)
		require.Equal(t, FootageFolder{Store: first.Store, Begun: true}, again)
		require.NoError(t, s.Close())
	}
	other, err := open(t).FootageFolder(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, first.Store, other.Store)
}
