package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestFaultOf(t *testing.T) {
	for err, want := range map[error]models.CheckCode{
		fmt.Errorf("write: %w", syscall.ENOSPC):       models.DiskFull,
		fmt.Errorf("write: %w", syscall.EROFS):        models.StoreReadOnly,
		fmt.Errorf("write: %w", fs.ErrPermission):     models.StoreReadOnly,
		errors.New("something else"):                  "",
		models.Errorf(models.Conflict, "was changed"): "",
	} {
		require.Equal(t, want, faultOf(err), "%v", err)
	}
}

// holding keeps the database from everybody else until the returned function is called.
func holding(t *testing.T, dir string) (release func()) {
	db, err := sql.Open("sqlite", filepath.Join(dir, "zhihui.db"))
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	_, err = db.Exec("BEGIN EXCLUSIVE")
	require.NoError(t, err)
	return func() {
		_, err := db.Exec("ROLLBACK")
		require.NoError(t, errors.Join(err, db.Close()))
	}
}

// TestADatabaseThatAnotherHolds: who writes waits for as long as the database's busy timeout, then learns why; who reads
// goes on; and when it is let go the next write is written.
func TestADatabaseThatAnotherHolds(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	defer s.Close()
	_, err := s.writer.db.Exec("PRAGMA busy_timeout = 200") // 5 s in the hall
	require.NoError(t, err)
	require.NoError(t, s.Probe(t.Context()))
	release := holding(t, dir)
	begun := time.Now()
	err = s.Probe(t.Context())
	require.Equal(t, models.Unavailable, models.CodeOf(err))
	require.ErrorContains(t, err, "another program holds the database")
	require.GreaterOrEqual(t, time.Since(begun), 200*time.Millisecond)
	f := s.Fault()
	require.Equal(t, models.StoreLocked, f.Code)
	require.NotZero(t, f.Since)
	_, err = s.LastChange(t.Context())
	require.NoError(t, err, "reading goes on")
	release()
	require.NoError(t, s.Probe(t.Context()))
	require.Equal(t, Fault{}, s.Fault())
}

// smallDisk is an empty file system of the size, which the test must be allowed to mount.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("zhihui-test", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no small disk can be mounted here (needs root): %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, 0)) })
	return dir
}

func onDisk(t *testing.T, dir string) *Store {
	cfg := DefaultConfig()
	cfg.Dir = filepath.Join(dir, "data")
	s, err := Open(cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return s
}

// fill writes until nothing fits any more, and returns the file to remove.
func fill(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(dir, "ballast")
	f, err := os.Create(file)
	require.NoError(t, err)
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
	require.NoError(t, f.Close())
	return file
}

// TestAFullDisk: what was acknowledged stays readable, a write is refused with a sentence, and room heals it.
func TestAFullDisk(t *testing.T) {
	disk := smallDisk(t, "16m")
	s := onDisk(t, disk)
	defer func() { require.NoError(t, s.Close()) }()
	acked := 0
	write := func() error {
		return s.Write(context.Background(), func(tx *Tx) error { return raise(tx, models.NewID(time.Now())) })
	}
	require.NoError(t, write())
	acked++
	ballast := fill(t, disk)
	var err error
	for err == nil {
		require.Less(t, acked, 10_000)
		if err = write(); err == nil {
			acked++
		}
	}
	require.Equal(t, models.Unavailable, models.CodeOf(err), "%v", err)
	require.Equal(t, models.DiskFull, s.Fault().Code, "%v", err)
	require.ErrorContains(t, err, "the disk is full")
	alerts, err := s.read.NewSelect().Table("alerts").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, acked, alerts)
	require.Error(t, s.SaveSnapshot(t.Context(), models.NewID(time.Now()), make([]byte, 1<<20)))
	require.NoError(t, os.Remove(ballast))
	require.NoError(t, write())
	require.Equal(t, Fault{}, s.Fault())
}

// immutable makes files and folders such as the kernel lets nobody write, open or not, as after a disk's fault.
func immutable(t *testing.T, on bool, paths ...string) {
	t.Helper()
	sign := "-i"
	if on {
		sign = "+i"
	}
	if out, err := exec.Command("chattr", append([]string{sign}, paths...)...).CombinedOutput(); err != nil {
		t.Skipf("nothing can be made read-only under an open database here (needs root and chattr): %s", out)
	}
}

func TestAReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	defer s.Close()
	require.NoError(t, s.Probe(t.Context()))
	paths := []string{filepath.Join(dir, "zhihui.db-wal"), dir}
	immutable(t, true, paths...)
	defer immutable(t, false, paths...)
	err := s.Probe(t.Context())
	require.Equal(t, models.Unavailable, models.CodeOf(err), "%v", err)
	require.ErrorContains(t, err, "read-only")
	require.Equal(t, models.StoreReadOnly, s.Fault().Code)
	_, err = s.LastChange(t.Context())
	require.NoError(t, err, "reading goes on")
	immutable(t, false, paths...)
	require.NoError(t, s.Probe(t.Context()))
	require.Equal(t, Fault{}, s.Fault())
}
