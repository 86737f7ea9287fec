package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// passwords are those that ingest gets, by camera.
func passwords(t *testing.T, s *Store) map[string]string {
	t.Helper()
	all, err := s.AllCameras(t.Context())
	require.NoError(t, err)
	found := map[string]string{}
	for _, c := range all {
		found[c.ID] = c.Password
	}
	return found
}

func secrets(t *testing.T, s *Store) (found []string) {
	t.Helper()
	require.NoError(t, s.read.NewSelect().Table("cameras").Column("secret").Where("secret <> ''").Scan(t.Context(), &found))
	return found
}

// until opens the store until the end of the test.
func until(t *testing.T, dir string) *Store {
	t.Helper()
	s := openIn(t, dir)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func withCameras(t *testing.T, dir string) *Store {
	t.Helper()
	s := openIn(t, dir)
	_, err := s.ApplySite(t.Context(), models.Site{Name: "和安", Areas: []models.Area{{ID: "a", Name: "a", Kind: models.Street}}, Cameras: []models.Camera{
		{ID: "one", Name: "one", Area: "a", URL: "rtsp://10.0.0.1/1", Username: "u", Password: "first"},
		{ID: "two", Name: "two", Area: "a", URL: "rtsp://10.0.0.1/2", Username: "u", Password: "second"},
		{ID: "open", Name: "open", Area: "a", URL: "rtsp://10.0.0.1/3"},
	}}, "test")
	require.NoError(t, err)
	return s
}

var kept = map[string]string{"one": "first", "two": "second", "open": ""}

func TestRotateKeyWhileAnotherProcessHasTheStoreOpen(t *testing.T) {
	dir := t.TempDir()
	hall, tool := withCameras(t, dir), openIn(t, dir)
	before, old := secrets(t, hall), readFile(t, filepath.Join(dir, keyFile))
	n, err := tool.RotateKey(t.Context(), "zhihui key rotate")
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.NotEqual(t, old, readFile(t, filepath.Join(dir, keyFile)))
	require.NoFileExists(t, filepath.Join(dir, nextFile))
	for _, s := range secrets(t, hall) {
		require.NotContains(t, before, s)
	}
	require.Equal(t, kept, passwords(t, hall), "the hall takes the new key up")

	// A hall that has not read anything since seals with the new key, too.
	_, err = tool.RotateKey(t.Context(), "zhihui key rotate")
	require.NoError(t, err)
	c := models.Camera{ID: "three", Name: "three", Area: "a", URL: "rtsp://10.0.0.1/4", Username: "u", Password: "third"}
	require.NoError(t, hall.In(Whole).PutCamera(t.Context(), c, "test"))
	require.NoError(t, hall.Close())
	require.NoError(t, tool.Close())
	again := until(t, dir)
	require.Equal(t, map[string]string{"one": "first", "two": "second", "open": "", "three": "third"}, passwords(t, again))
	rows, err := again.LedgerOf(t.Context(), proofName)
	require.NoError(t, err)
	require.Len(t, rows, 2)
}

// What a rotation leaves behind when it is cut short: the next key is there before the database needs it, and then until it
// has taken the old one's place.
func TestARotationThatWasCutShort(t *testing.T) {
	t.Run("before the database", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, withCameras(t, dir).Close())
		_, err := makeKey(filepath.Join(dir, nextFile))
		require.NoError(t, err)
		s := until(t, dir)
		require.NoFileExists(t, filepath.Join(dir, nextFile))
		require.Equal(t, kept, passwords(t, s))
	})
	t.Run("after the database", func(t *testing.T) {
		dir := t.TempDir()
		s := withCameras(t, dir)
		old := readFile(t, filepath.Join(dir, keyFile))
		_, err := s.RotateKey(t.Context(), "test")
		require.NoError(t, err)
		require.NoError(t, s.Close())
		require.NoError(t, os.Rename(filepath.Join(dir, keyFile), filepath.Join(dir, nextFile)))
		require.NoError(t, os.WriteFile(filepath.Join(dir, keyFile), old, 0o600))
		s = until(t, dir)
		require.NoFileExists(t, filepath.Join(dir, nextFile))
		require.False(t, bytes.Equal(old, readFile(t, filepath.Join(dir, keyFile))))
		require.Equal(t, kept, passwords(t, s))
	})
}

func TestTwoRotationsAtOnce(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, withCameras(t, dir).Close())
	s := until(t, dir)
	unlock, err := s.lockKey()
	require.NoError(t, err)
	_, err = s.RotateKey(t.Context(), "test")
	require.Equal(t, models.Conflict, models.CodeOf(err), "%v", err)
	unlock()
	_, err = s.RotateKey(t.Context(), "test")
	require.NoError(t, err)
}

// A secret that no key opens stops the rotation, and nothing is lost.
func TestRotateKeyRefusesWhatItCannotOpen(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, withCameras(t, dir).Close())
	s := until(t, dir)
	require.NoError(t, s.Write(t.Context(), func(tx *Tx) error {
		_, err := tx.db.NewUpdate().Table("cameras").Set("secret = (SELECT secret FROM cameras WHERE id = 'one')").Where("id = 'two'").Exec(tx.ctx)
		return err
	}))
	_, err := s.RotateKey(t.Context(), "test")
	require.ErrorContains(t, err, "camera:two")
	require.NoFileExists(t, filepath.Join(dir, nextFile))
	require.Equal(t, "first", passwords(t, s)["one"])
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	return b
}
