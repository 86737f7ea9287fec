package store

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestSnapshotGoesThereAndBack(t *testing.T) {
	s := open(t)
	for _, name := range []string{id(1), id(1) + ".2", id(1) + "-wide.jpg"} {
		require.NoError(t, s.SaveSnapshot(t.Context(), name, []byte("first")))
		require.NoError(t, s.SaveSnapshot(t.Context(), name, []byte(name)))
		f, err := s.In(Whole).OpenSnapshot(t.Context(), name)
		require.NoError(t, err)
		got, err := io.ReadAll(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Equal(t, name, string(got))
	}
	files, err := filepath.Glob(filepath.Join(s.snapshots(), "2026-05-01", "*"))
	require.NoError(t, err)
	require.Len(t, files, 3, "and nothing half-written is left")
	_, err = s.In(Whole).OpenSnapshot(t.Context(), id(2))
	require.Equal(t, models.NotFound, models.CodeOf(err))
}

func TestSnapshotNamesStayInTheirFolder(t *testing.T) {
	s := open(t)
	for _, name := range []string{"", "x", "../key", "../../../../../../../etc/passwd", id(1) + "/../../key", id(1) + "\x00", id(1)[:25] + "/",
		"80000000000000000000000000", id(1)[:9] + "U0000000000000000", ".." + id(1)} {
		require.Equal(t, models.Invalid, models.CodeOf(s.SaveSnapshot(t.Context(), name, []byte("x"))), "%q", name)
		_, err := s.In(Whole).OpenSnapshot(t.Context(), name)
		require.Equal(t, models.NotFound, models.CodeOf(err), "%q", name)
	}
}

func FuzzSnapshotPath(f *testing.F) {
	f.Add(id(1))
	f.Add("../key")
	s := &Store{cfg: Config{Dir: "d"}}
	f.Fuzz(func(t *testing.T, name string) {
		file, err := s.snapshotPath(name)
		if err == nil {
			require.Equal(t, name, filepath.Base(file))
			require.Equal(t, filepath.Join("d", "snapshots"), filepath.Dir(filepath.Dir(file)))
		}
	})
}

func TestSnapshotIsBounded(t *testing.T) {
	s := open(t)
	require.Equal(t, models.TooLarge, models.CodeOf(s.SaveSnapshot(t.Context(), id(1), make([]byte, MaxSnapshot+1))))
	require.Equal(t, models.TooLarge, models.CodeOf(s.SaveSnapshot(t.Context(), id(1), nil)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.SaveSnapshot(ctx, id(1), []byte("x")), context.Canceled)
}

func TestPruneSnapshotsByAgeThenBySize(t *testing.T) {
	s := open(t)
	name := func(days, n int) string { return id(n + days*24*3600) }
	for days := range 4 {
		for n := range 3 {
			require.NoError(t, s.SaveSnapshot(t.Context(), name(days, n), bytes.Repeat([]byte("x"), 100)))
		}
	}
	there := func() (names []string) {
		files, err := filepath.Glob(filepath.Join(s.snapshots(), "*", "*"))
		require.NoError(t, err)
		for _, f := range files {
			names = append(names, filepath.Base(f))
		}
		return names
	}
	midnight := models.At(noon.Truncate(day).Add(day))
	require.NoError(t, s.PruneSnapshots(t.Context(), midnight-1, 1e9))
	require.Len(t, there(), 12, "the first day has not ended")
	require.NoError(t, s.PruneSnapshots(t.Context(), midnight, 1e9))
	require.Len(t, there(), 9)
	require.NoError(t, s.PruneSnapshots(t.Context(), midnight, 450))
	require.Equal(t, []string{name(2, 2), name(3, 0), name(3, 1), name(3, 2)}, there(), "the oldest first")
}

func TestRunPrunesWhatConfigDoesNotKeep(t *testing.T) {
	s := open(t)
	old := noon.Add(-91 * day)
	require.NoError(t, s.SaveSnapshot(t.Context(), models.NewID(old), []byte("x")))
	require.NoError(t, s.CreateUser(t.Context(), models.User{Username: "anna", Role: models.Viewer}, "admin"))
	require.NoError(t, s.BeginSession(t.Context(), models.Session{ID: "01S"}, models.User{Username: "anna"}, "old", "", models.At(noon)))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	require.Eventually(t, func() bool {
		n, err := s.read.NewSelect().Table("sessions").Count(t.Context())
		days, err2 := os.ReadDir(s.snapshots())
		return err == nil && err2 == nil && n == 0 && len(days) == 0
	}, 5*time.Second, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}
