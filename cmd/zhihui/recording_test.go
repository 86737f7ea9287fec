package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

func TestRecordingStatus(t *testing.T) {
	s := newShell(t)
	code, said := s.run("", "recording", "status", s.config())
	require.Zero(t, code, said)
	require.Contains(t, said, "data/recordings is not there yet")
	require.Contains(t, said, "0 cameras  -      0.00")

	cfg := store.DefaultConfig()
	cfg.Dir = filepath.Join(s.dir, "data")
	db, err := store.Open(cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	from := models.Time(1_800_000_000_000)
	segment := models.Segment{Camera: "gate", From: from, To: from + 60_000, Bytes: 2_500_000_000, Units: 600, MIME: "video/mp4"}
	require.NoError(t, db.PutSegment(t.Context(), segment))
	require.NoError(t, db.PutClip(t.Context(), models.Clip{ID: "c", Camera: "gate", Area: "a", From: from, To: from + 1000, Events: []string{"e"}}))
	require.NoError(t, db.BeginFootage(t.Context()))
	require.NoError(t, db.Close())

	code, said = s.run("", "recording", "status", s.config())
	require.Equal(t, 1, code, "there is footage, and no folder")
	require.Regexp(t, `(?m)^gate +2027-01-15T08:00:00.000Z +2.50 +2.50$`, said)
	require.NotContains(t, said, "0.0 GB of 0.0 GB")
	require.Contains(t, said, "data/recordings is not the folder that footage was written into")
}

func TestRecordingAdopt(t *testing.T) {
	s := newShell(t)
	code, said := s.run("", "recording", "adopt", s.config())
	require.Zero(t, code, said)
	code, said = s.run("", "recording", "status", s.config())
	require.Zero(t, code, said)
	require.Regexp(t, `(?m)^data/recordings: \d+\.\d GB of \d+\.\d GB are free; with less than \d+\.\d GB the oldest`, said)

	mark := filepath.Join(s.dir, "data", "recordings", ".zhihui.json")
	require.NoError(t, os.WriteFile(mark, []byte(`{"store":"another"}`), 0o600))
	code, said = s.run("", "recording", "adopt", s.config())
	require.Equal(t, 1, code)
	require.Contains(t, said, "belongs to another hall")
	code, said = s.run("", "recording", "adopt", "--force", s.config())
	require.Zero(t, code, said)
	code, said = s.run("", "recording", "status", s.config())
	require.Zero(t, code, said)
}

func TestWhatOfAFolderStaysAtARestore(t *testing.T) {
	require.Equal(t, []string{"recordings"}, within("/data", "/data/recordings"))
	require.Equal(t, []string{"a"}, within("/data", "/data/a/b"))
	require.Empty(t, within("/data", "/mnt/footage"))
	require.Empty(t, within("/data", "/data-2"))
	require.Empty(t, within("/data", "relative"), "which nobody can tell")
}
