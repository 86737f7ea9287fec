package recording

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

func TestWhoseAFolderIs(t *testing.T) {
	ours, theirs := &marker{Store: "a"}, &marker{Store: "b"}
	for name, c := range map[string]struct {
		found contents
		begun bool
		want  claim
	}{
		"the first, empty":               {contents{empty: true}, false, claimBegin},
		"the first, of files":            {contents{}, false, claimStrange},
		"ours":                           {contents{marker: ours}, true, claimOurs},
		"ours, and we had forgotten":     {contents{marker: ours}, false, claimOurs}, // a crash between marker and note
		"another hall's":                 {contents{marker: theirs}, true, claimOther},
		"another hall's, for a new hall": {contents{marker: theirs}, false, claimOther},
		"a mount point without its disk": {contents{empty: true}, true, claimMissing},
		"another disk":                   {contents{}, true, claimMissing},
		"a marker that nobody can read":  {contents{marker: &marker{}}, true, claimOther},
	} {
		t.Run(name, func(t *testing.T) {
			got := claimOf(c.found, store.FootageFolder{Store: "a", Begun: c.begun})
			require.Equal(t, c.want, got)
			require.Equal(t, got == claimOurs || got == claimBegin, got.fault("/x") == nil, "who may not write hears why")
		})
	}
}

func TestWhatIsFoundInAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "recordings")
	find := func() contents {
		c, err := readFolder(dir)
		require.NoError(t, err)
		return c
	}
	require.Equal(t, contents{empty: true}, find(), "none")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "lost+found"), 0o700))
	require.Equal(t, contents{empty: true}, find(), "a new file system")
	require.NoError(t, writeMarker(dir, marker{Store: "a", Made: 7}))
	require.Equal(t, contents{marker: &marker{Store: "a", Made: 7}}, find())
	require.NoError(t, os.WriteFile(filepath.Join(dir, markerFile), []byte(strings.Repeat("x", 1<<20)), 0o600))
	require.Equal(t, contents{marker: &marker{}}, find(), "somebody's")
	require.NoError(t, os.WriteFile(filepath.Join(dir, markerFile), nil, 0o600))
	require.Equal(t, contents{marker: &marker{}}, find())
}

func FuzzMarker(f *testing.F) {
	f.Add([]byte(`{"store":"01J","made":"2026-05-01T00:00:00Z"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		file := filepath.Join(t.TempDir(), markerFile)
		require.NoError(t, os.WriteFile(file, b, 0o600))
		m, err := readMarker(file)
		require.NoError(t, err)
		require.NotNil(t, m, "it is there, whatever it says")
	})
}

func TestFolderForOneHallAlone(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, writeMarker(dir, marker{Store: "a"}))
	first, err := lockMarker(dir)
	require.NoError(t, err)
	_, err = lockMarker(dir)
	require.Equal(t, models.Conflict, models.CodeOf(err))
	require.NoError(t, first.Close())
	again, err := lockMarker(dir)
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

func TestAdopt(t *testing.T) {
	s := openStore(t)
	dir := filepath.Join(t.TempDir(), "recordings")
	known, err := s.FootageFolder(t.Context())
	require.NoError(t, err)
	require.False(t, known.Begun)

	require.NoError(t, Adopt(t.Context(), dir, s, "lin", false, 7), "a new disk")
	c, err := readFolder(dir)
	require.NoError(t, err)
	require.Equal(t, &marker{Store: known.Store, Made: 7}, c.marker)
	require.NoError(t, Adopt(t.Context(), dir, s, "lin", false, 8), "once more")
	known, err = s.FootageFolder(t.Context())
	require.NoError(t, err)
	require.True(t, known.Begun)

	require.NoError(t, writeMarker(dir, marker{Store: "another"}))
	require.Equal(t, models.Conflict, models.CodeOf(Adopt(t.Context(), dir, s, "lin", false, 9)))
	require.NoError(t, Adopt(t.Context(), dir, s, "lin", true, 9))
	c, err = readFolder(dir)
	require.NoError(t, err)
	require.Equal(t, &marker{Store: known.Store, Made: 9}, c.marker)
	rows, err := s.LedgerOf(t.Context(), dir)
	require.NoError(t, err)
	require.Len(t, rows, 3, "who took which folder, each time")
	require.Equal(t, []string{"lin", "recording.adopt"}, []string{rows[2].By, rows[2].Action})
}
