package store

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// noon is when most tests happen: 2026-05-01 12:00 UTC, 20:00 in Shanghai.
var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func configIn(dir string) Config {
	cfg := DefaultConfig()
	cfg.Dir = dir
	cfg.Now = func() time.Time { return noon }
	return cfg
}

func openIn(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(configIn(dir), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return s
}

func open(t testing.TB) *Store {
	t.Helper()
	s := openIn(t, t.TempDir())
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// id is the n-th ULID of a test, the same each time.
func id(n int) string {
	return models.NewID(noon.Add(time.Duration(n) * time.Second))[:10] + "0000000000000000"
}

func put(t testing.TB, s *Store, f func(*Tx) error) {
	t.Helper()
	require.NoError(t, s.Write(t.Context(), f))
}

func TestOpenMakesEverythingOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a folder? 100%#")
	s := openIn(t, dir)
	put(t, s, func(tx *Tx) error { return tx.PutAlert(alert(id(1))) })
	require.NoError(t, s.Close())
	require.FileExists(t, filepath.Join(dir, "zhihui.db"))
	info, err := os.Stat(filepath.Join(dir, "key"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	s = openIn(t, dir)
	defer s.Close()
	alerts, _, err := s.In(Whole).Alerts(t.Context(), AlertFilter{})
	require.NoError(t, err)
	require.Len(t, alerts, 1)
}

func TestOpenSetsTheDatabaseUp(t *testing.T) {
	s := open(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		var got string
		require.NoError(t, s.read.QueryRow("PRAGMA "+pragma).Scan(&got))
		require.Equal(t, want, got, pragma)
		require.NoError(t, s.writer.db.QueryRow("PRAGMA "+pragma).Scan(&got))
		require.Equal(t, want, got, pragma)
	}
	_, err := s.read.Exec("DELETE FROM alerts")
	require.Error(t, err, "readers cannot write")
}

func alert(id string) models.Alert {
	return models.Alert{ID: id, Kind: models.Intrusion, Severity: models.Red, State: models.AlertOpen, Area: "grid-1", Source: "cam-1",
		SourceType: models.FromCamera, Fingerprint: "intrusion/" + id, Why: "a person in zone yard for 5 s",
		Facts: models.Facts{Zone: "yard", Boxes: []models.Box{{X: .1, Y: .2, W: .3, H: .4}}}, OpenedAt: models.At(noon)}
}
