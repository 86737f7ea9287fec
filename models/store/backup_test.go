package store

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func quiet(string) {}

// filled is the folder of a store with alerts, a camera's password, a picture and a session.
func filled(t *testing.T) (dir, picture string) {
	dir = t.TempDir()
	s := openIn(t, dir)
	require.NoError(t, s.Write(t.Context(), func(tx *Tx) error { return raise(tx, models.NewID(time.Now())) }))
	picture = models.NewID(time.Now())
	require.NoError(t, s.SaveSnapshot(t.Context(), picture, []byte("a picture")))
	require.NoError(t, s.Write(t.Context(), func(tx *Tx) error {
		return tx.beginSession(sessionRow{ID: models.NewID(time.Now()), TokenHash: "hash", Username: "anna", Kind: models.SessionPassword})
	}))
	require.NoError(t, s.Close())
	return dir, picture
}

func backedUp(t *testing.T, dir string) (file string, m Manifest) {
	file = filepath.Join(t.TempDir(), "hall.tar")
	m, err := Backup(t.Context(), configIn(dir), "1.2.3", file, quiet)
	require.NoError(t, err)
	return file, m
}

func TestABackupComesBackWhole(t *testing.T) {
	dir, picture := filled(t)
	file, m := backedUp(t, dir)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds the key")
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing but the backup stays")
	require.Len(t, m.Members, 3)
	checked, err := VerifyBackup(t.Context(), file)
	require.NoError(t, err)
	require.Equal(t, m, checked)

	to := filepath.Join(t.TempDir(), "new")
	restored, aside, err := Restore(t.Context(), configIn(to), file, false)
	require.NoError(t, err)
	require.Equal(t, m, restored)
	require.Empty(t, aside)
	s := openIn(t, to)
	defer s.Close()
	alerts, err := s.read.NewSelect().Table("alerts").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, alerts)
	b, err := os.ReadFile(filepath.Join(to, "snapshots", time.Now().UTC().Format(time.DateOnly), picture))
	require.NoError(t, err)
	require.Equal(t, "a picture", string(b))
	sessions, err := s.read.NewSelect().Table("sessions").Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, sessions, "who finds a backup is not logged in by it")
	at, err := s.LastBackup(t.Context())
	require.NoError(t, err)
	require.Equal(t, m.MadeAt, at)
}

func TestWhatIsNoPictureSpoilsNoBackup(t *testing.T) {
	dir, picture := filled(t)
	day := filepath.Dir(mustGlob(t, filepath.Join(dir, snapshotFolder, "*", picture)))
	for _, stray := range []string{filepath.Join(dir, snapshotFolder, "notes.txt"), filepath.Join(day, "Thumbs.db"), filepath.Join(dir, snapshotFolder, picture)} {
		require.NoError(t, os.WriteFile(stray, []byte("x"), 0o600))
	}
	file, m := backedUp(t, dir)
	require.Len(t, m.Members, 3, "the database, the key and the picture")
	_, err := VerifyBackup(t.Context(), file)
	require.NoError(t, err)
}

func mustGlob(t *testing.T, pattern string) string {
	found, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

func TestABackupIsNeverWrittenOverSomething(t *testing.T) {
	dir, _ := filled(t)
	file, _ := backedUp(t, dir)
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	_, err = Backup(t.Context(), configIn(dir), "1.2.3", file, quiet)
	require.Equal(t, models.Conflict, models.CodeOf(err))
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, before, after)
	_, err = Backup(t.Context(), configIn(t.TempDir()), "1.2.3", filepath.Join(t.TempDir(), "x"), quiet)
	require.Equal(t, models.NotFound, models.CodeOf(err), "no database is made by looking for one")
}

func TestRestoreDeletesNothing(t *testing.T) {
	dir, _ := filled(t)
	file, _ := backedUp(t, dir)
	old, _ := filled(t)
	_, _, err := Restore(t.Context(), configIn(old), file, false)
	require.Equal(t, models.Conflict, models.CodeOf(err))
	before, err := os.ReadFile(filepath.Join(old, "key"))
	require.NoError(t, err)
	_, aside, err := Restore(t.Context(), configIn(old), file, true)
	require.NoError(t, err)
	moved, err := os.ReadFile(filepath.Join(aside, "key"))
	require.NoError(t, err)
	require.Equal(t, before, moved)
	require.NoError(t, openIn(t, aside).Close(), "what was moved aside is a store still")
	require.NoError(t, openIn(t, old).Close())
}

func TestRestoreLeavesWhatIsToStay(t *testing.T) {
	dir, _ := filled(t)
	file, _ := backedUp(t, dir)
	to := t.TempDir()
	footage := filepath.Join(to, "recordings", "gate.mp4")
	require.NoError(t, os.Mkdir(filepath.Dir(footage), 0o750))
	require.NoError(t, os.WriteFile(footage, []byte("x"), 0o600))
	_, _, err := Restore(t.Context(), configIn(to), file, false, "recordings")
	require.NoError(t, err, "a folder with nothing else is empty")
	require.FileExists(t, footage)
	_, aside, err := Restore(t.Context(), configIn(to), file, true, "recordings")
	require.NoError(t, err)
	require.FileExists(t, footage)
	require.NoDirExists(t, filepath.Join(aside, "recordings"))
	require.NoError(t, openIn(t, to).Close())
}

// member is one of a forged archive.
type member struct {
	name string
	kind byte
	body []byte
}

// forge writes an archive of the members and a manifest that is right about them.
func forge(t *testing.T, members ...member) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	m := Manifest{Format: backupFormat, Version: "forged"}
	put := func(x member) {
		size := int64(len(x.body))
		if x.kind != tar.TypeReg {
			size = 0
		}
		require.NoError(t, w.WriteHeader(&tar.Header{Name: x.name, Typeflag: x.kind, Linkname: "/etc/passwd", Size: size, Mode: 0o600}))
		if size > 0 {
			_, err := w.Write(x.body)
			require.NoError(t, err)
		}
	}
	for _, x := range members {
		sum := sha256.Sum256(x.body)
		m.Members = append(m.Members, Member{Name: x.name, Size: int64(len(x.body)), SHA256: hex.EncodeToString(sum[:])})
		put(x)
	}
	manifest, err := json.Marshal(m)
	require.NoError(t, err)
	put(member{manifestMember, tar.TypeReg, manifest})
	require.NoError(t, w.Close())
	file := filepath.Join(t.TempDir(), "forged.tar")
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))
	return file
}

// parts are the two files that every backup has.
func parts(t *testing.T, dir string) (database, key member) {
	file := filepath.Join(t.TempDir(), "copy.db")
	db, err := plain(filepath.Join(dir, "zhihui.db"))
	require.NoError(t, err)
	_, err = copyDatabase(t.Context(), db, file, 1)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	k, err := os.ReadFile(filepath.Join(dir, "key"))
	require.NoError(t, err)
	return member{"zhihui.db", tar.TypeReg, b}, member{"key", tar.TypeReg, k}
}

func TestRestoreRefuses(t *testing.T) {
	dir, picture := filled(t)
	database, key := parts(t, dir)
	good := forge(t, database, key)
	_, err := VerifyBackup(t.Context(), good)
	require.NoError(t, err, "the forgery itself is good")
	whole, err := os.ReadFile(good)
	require.NoError(t, err)
	write := func(b []byte) string {
		file := filepath.Join(t.TempDir(), "x.tar")
		require.NoError(t, os.WriteFile(file, b, 0o600))
		return file
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	day := time.Now().UTC().Format(time.DateOnly)
	cases := map[string]string{
		"nothing":             write(nil),
		"no archive":          write([]byte("hello")),
		"cut off":             write(whole[:len(whole)/2]),
		"cut before its end":  write(whole[:len(whole)-2048]),
		"a flipped bit":       write(flipped),
		"a way out":           forge(t, database, key, member{"../evil", tar.TypeReg, []byte("x")}),
		"an absolute name":    forge(t, database, key, member{"/etc/evil", tar.TypeReg, []byte("x")}),
		"a way out of a day":  forge(t, database, key, member{"snapshots/" + day + "/../../x", tar.TypeReg, []byte("x")}),
		"another day":         forge(t, database, key, member{"snapshots/2001-01-01/" + picture, tar.TypeReg, []byte("x")}),
		"a link":              forge(t, database, key, member{"snapshots/" + day + "/" + picture, tar.TypeSymlink, nil}),
		"a folder":            forge(t, database, key, member{"snapshots/", tar.TypeDir, nil}),
		"one member twice":    forge(t, database, key, key),
		"no key":              forge(t, database),
		"a key that is short": forge(t, database, member{"key", tar.TypeReg, []byte("short")}),
		"another key":         forge(t, database, member{"key", tar.TypeReg, bytes.Repeat([]byte{7}, keySize)}),
		"no database":         forge(t, member{"zhihui.db", tar.TypeReg, []byte("hello")}, key),
		"a picture too large": forge(t, database, key, member{"snapshots/" + day + "/" + picture, tar.TypeReg, make([]byte, MaxSnapshot+1)}),
	}
	for name, file := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := VerifyBackup(t.Context(), file)
			require.Error(t, err)
			to := t.TempDir()
			_, _, err = Restore(t.Context(), configIn(to), file, false)
			require.Equal(t, models.Invalid, models.CodeOf(err), "%v", err)
			left, err := os.ReadDir(to)
			require.NoError(t, err)
			require.Empty(t, left, "nothing was touched")
		})
	}
}

func TestRestoreRefusesANewerSchema(t *testing.T) {
	dir, _ := filled(t)
	db, err := sql.Open("sqlite", filepath.Join(dir, "zhihui.db"))
	require.NoError(t, err)
	_, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	file, m := backedUp(t, dir)
	require.EqualValues(t, 99999, m.Schema)
	_, _, err = Restore(t.Context(), configIn(t.TempDir()), file, false)
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	require.ErrorContains(t, err, "newer program")
}

// TestABackupLetsTheWriterGoOn: how long a write waits while a database of 200 MB is copied.
func TestABackupLetsTheWriterGoOn(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes 200 MB")
	}
	dir := t.TempDir()
	s := openIn(t, dir)
	defer s.Close()
	grow(t, s, 200<<20)
	ctx, stop := context.WithCancel(t.Context())
	var longest time.Duration
	var writes int
	var writing sync.WaitGroup
	writing.Go(func() {
		for ctx.Err() == nil {
			begun := time.Now()
			err := s.Write(context.Background(), func(tx *Tx) error { return raise(tx, models.NewID(time.Now())) })
			if err != nil {
				t.Error(err)
				return
			}
			longest = max(longest, time.Since(begun))
			writes++
		}
	})
	file := filepath.Join(t.TempDir(), "hall.tar")
	begun := time.Now()
	m, err := Backup(t.Context(), configIn(dir), "1.2.3", file, quiet)
	took := time.Since(begun)
	stop()
	writing.Wait()
	require.NoError(t, err)
	t.Logf("%d MB in %s; meanwhile %d writes, the longest took %s", m.Bytes()>>20, took.Round(time.Millisecond), writes, longest.Round(time.Millisecond))
	require.Greater(t, writes, 10)
	require.Less(t, longest, 2*time.Second)
}

// grow fills the database.
func grow(t *testing.T, s *Store, bytes int) {
	note := strings.Repeat("x", 64<<10)
	for i := 0; bytes > 0; i++ {
		require.NoError(t, s.Write(t.Context(), func(tx *Tx) error {
			for range 64 {
				bytes -= len(note)
				i++
				if err := tx.insert(&changeRow{At: 1, Topic: models.TopicEvent, Entity: fmt.Sprint(i), Doc: note}, "a note"); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}
