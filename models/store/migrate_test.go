package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestMigrateMakesEveryTable(t *testing.T) {
	s := open(t)
	var tables []string
	require.NoError(t, s.read.NewRaw("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").Scan(t.Context(), &tables))
	require.Equal(t, []string{"alert_events", "alerts", "areas", "cameras", "changes", "clip_events", "clips", "events", "footage", "goose_db_version", "holds", "import_rows", "imports", "ledger", "mimes", "notifications",
		"order_steps", "orders", "places", "reading_chunks", "reading_hours", "reading_log", "reading_minutes", "segments", "sensors", "sessions", "settings", "users", "wall_tokens"}, tables)
}

func TestOpenRefusesANewerDatabase(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	put(t, s, func(tx *Tx) error {
		_, err := tx.db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		return err
	})
	require.NoError(t, s.Close())
	_, err := Open(configIn(dir), nil)
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	require.ErrorContains(t, err, "newer version (99)")
}

func TestFilesArePrivate(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	s := openIn(t, dir)
	defer s.Close()
	put(t, s, func(tx *Tx) error { return tx.PutAlert(alert(id(1))) })
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	for _, file := range files {
		info, err := os.Stat(file)
		require.NoError(t, err)
		if !info.IsDir() {
			require.Zero(t, info.Mode().Perm()&0o077, file)
		}
	}
	require.True(t, slices.ContainsFunc(files, func(f string) bool { return filepath.Base(f) == "zhihui.db-wal" }))
}

func TestForeignKeysHold(t *testing.T) {
	s := withSite(t)
	for name, f := range map[string]func(*Tx) error{
		"a step without its order":     func(tx *Tx) error { return tx.AddStep("none", models.OrderStep{}) },
		"an event without its alert":   func(tx *Tx) error { return tx.AttachEvent("none", "none") },
		"an area with cameras":         func(tx *Tx) error { return tx.removeAreas([]string{"grid-1"}, "test") },
		"a camera that a sensor names": func(tx *Tx) error { return tx.removeCamera("cam-1", "test") },
		"a camera in no area":          func(tx *Tx) error { _, err := tx.putCamera(models.Camera{ID: "x", Area: "none"}, "test"); return err },
	} {
		require.ErrorContains(t, s.Write(t.Context(), f), "FOREIGN KEY", name)
	}
}

// beforeRecording takes migration 8 back.
var beforeRecording = []string{"DROP TABLE segments", "DROP TABLE footage", "DROP TABLE mimes", "DROP TABLE clip_events", "DROP TABLE clips",
	"DROP TABLE holds", "DROP INDEX ledger_views", "DROP INDEX ledger_acts", "CREATE INDEX ledger_at ON ledger (at)",
	"DELETE FROM goose_db_version WHERE version_id >= 8"}

// TestAStoreFromBeforeRecordingIsBroughtUpToDate: the tables of the version before, with what was in them.
func TestAStoreFromBeforeRecordingIsBroughtUpToDate(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	put(t, s, func(tx *Tx) error {
		for _, q := range beforeRecording {
			if _, err := tx.db.Exec(q); err != nil {
				return err
			}
		}
		return tx.PutAlert(alert(id(1)))
	})
	require.NoError(t, s.Close())
	s = openIn(t, dir)
	defer s.Close()
	require.NoError(t, s.PutSegment(t.Context(), segment("cam-1", models.At(noon))))
	require.NoError(t, s.PutClip(t.Context(), clipOf(1, id(1))))
	_, err := s.In(Whole).Alert(t.Context(), id(1))
	require.NoError(t, err)
}
