package recording

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/store"
)

func openStore(t testing.TB) *store.Store {
	cfg := store.DefaultConfig()
	cfg.Dir = t.TempDir()
	s, err := store.Open(cfg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// tmpfs mounts a small disk, which is unmounted when the test ends.
func tmpfs(t testing.TB, dir, options string) {
	require.NoError(t, os.MkdirAll(dir, 0o750))
	if err := syscall.Mount("zhihui-test", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("no disk can be mounted here (needs root): %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}

func diskIn(t testing.TB, dir string, free int64) *Disk {
	cfg := DefaultConfig()
	cfg.Dir, cfg.Keep.Free = dir, free
	d := NewDisk(cfg, t.TempDir(), openStore(t), time.Now, slog.New(slog.DiscardHandler))
	t.Cleanup(d.leave)
	return d
}

// finds looks once and tells what is wrong.
func (d *Disk) finds(t testing.TB) models.CheckCode {
	d.lookOnce(t.Context())
	return d.Fault().Code
}

func write(file string, size int) func() error {
	return func() error { return os.WriteFile(file, make([]byte, size), 0o600) }
}

func TestFirstFolderIsMadeAndMarked(t *testing.T) {
	d := diskIn(t, filepath.Join(t.TempDir(), "deep", "recordings"), 1e6)
	require.Error(t, d.Ready(), "nobody has looked")
	require.Zero(t, d.Turn())
	require.Empty(t, d.finds(t))
	require.NoError(t, d.Ready())
	require.NoError(t, d.Ours())
	require.EqualValues(t, 1, d.Turn())
	require.Empty(t, d.finds(t))
	require.EqualValues(t, 1, d.Turn(), "the same folder, the same turn")
}

func TestFolderThatWasEmptied(t *testing.T) {
	d := diskIn(t, filepath.Join(t.TempDir(), "recordings"), 1e6)
	require.Empty(t, d.finds(t))
	require.NoError(t, os.RemoveAll(d.dir))
	require.Error(t, d.Ours(), "before any look")
	require.Equal(t, models.RecordingAway, d.Fault().Code)
	require.Equal(t, models.RecordingAway, d.finds(t))
	require.NoDirExists(t, d.dir, "nothing is written into it")
	require.NoError(t, Adopt(t.Context(), d.dir, d.store, "lin", false, 1))
	require.Empty(t, d.finds(t))
	require.EqualValues(t, 2, d.Turn())
}

func TestDiskUnmountedAndBack(t *testing.T) {
	around := t.TempDir()
	tmpfs(t, around, "size=1m")
	require.NoError(t, syscall.Mount("", around, "", syscall.MS_PRIVATE, ""), "what lies in a shared mount cannot be moved")
	dir, aside := filepath.Join(around, "disk"), filepath.Join(around, "aside")
	require.NoError(t, os.Mkdir(aside, 0o750))
	tmpfs(t, dir, "size=8m")
	d := diskIn(t, dir, 1e6)
	require.Empty(t, d.finds(t))
	f, err := os.Create(filepath.Join(dir, "footage"))
	require.NoError(t, err)

	require.NoError(t, syscall.Mount(dir, aside, "", syscall.MS_MOVE, "")) // as it is, with the open file
	t.Cleanup(func() { _ = syscall.Unmount(aside, syscall.MNT_DETACH) })
	require.Equal(t, models.RecordingAway, d.finds(t))
	require.Equal(t, models.Unavailable, models.CodeOf(d.Ready()))
	require.Error(t, d.Ours())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left, "nothing is written into the mount point")
	require.NoError(t, f.Close())

	require.NoError(t, syscall.Mount(aside, dir, "", syscall.MS_MOVE, ""))
	require.Empty(t, d.finds(t))
	require.NoError(t, d.Ready())
	require.EqualValues(t, 2, d.Turn(), "what is there may be otherwise than the index says")
}

func TestDiskThatIsFull(t *testing.T) {
	dir := t.TempDir()
	tmpfs(t, dir, "size=8m")
	d := diskIn(t, dir, 1e6)
	require.Empty(t, d.finds(t))
	ballast := filepath.Join(dir, "ballast")
	require.ErrorIs(t, d.Do(write(ballast, 9<<20)), syscall.ENOSPC)
	require.Equal(t, models.RecordingFull, d.Fault().Code, "by the write that failed, not by the next look")
	require.Equal(t, models.RecordingFull, d.finds(t))
	require.NoError(t, os.Truncate(ballast, 7<<20))
	require.Equal(t, models.RecordingFull, d.finds(t), "just at the floor")
	require.NoError(t, os.Truncate(ballast, 5<<20))
	require.Empty(t, d.finds(t))
	require.NoFileExists(t, filepath.Join(dir, probeFile))
}

func TestDiskThatIsReadOnly(t *testing.T) {
	dir := t.TempDir()
	tmpfs(t, dir, "size=8m")
	d := diskIn(t, dir, 1e6)
	require.Empty(t, d.finds(t))
	remount := func(flags uintptr) {
		require.NoError(t, syscall.Mount("zhihui-test", dir, "tmpfs", syscall.MS_REMOUNT|flags, "size=8m"))
	}
	remount(syscall.MS_RDONLY)
	require.Error(t, d.Do(write(filepath.Join(dir, "x"), 1)))
	require.Equal(t, models.RecordingReadOnly, d.Fault().Code)
	require.Equal(t, models.RecordingReadOnly, d.finds(t))
	remount(0)
	require.Empty(t, d.finds(t))
	require.EqualValues(t, 1, d.Turn())
}

// TestStopsWhileALookHangs: to open a pipe is to wait for whoever opens its other end.
func TestStopsWhileALookHangs(t *testing.T) {
	d := diskIn(t, t.TempDir(), 1e6)
	pipe := filepath.Join(d.dir, markerFile)
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	require.Eventually(t, func() bool { return d.Fault().Code == models.RecordingSlow }, 10*time.Second, 50*time.Millisecond)
	require.Error(t, d.Ready(), "nobody knows yet whose the folder is")
	cancel()
	select {
	case err := <-ended:
		require.ErrorIs(t, err, context.Canceled)
	case <-time.After(10 * time.Second):
		t.Fatal("it does not stop")
	}
	other, err := os.OpenFile(pipe, os.O_WRONLY, 0) // lets the look go on
	require.NoError(t, err)
	require.NoError(t, other.Close())
}

func TestWhatALookHasFound(t *testing.T) {
	for _, c := range []struct {
		err  error
		want models.CheckCode
	}{
		{nil, ""}, {syscall.EROFS, models.RecordingReadOnly}, {syscall.ENOENT, models.RecordingAway}, {errAway, models.RecordingAway},
		{errors.Join(errAway, models.Errorf(models.Conflict, "another hall's")), models.RecordingAway},
		{context.DeadlineExceeded, models.RecordingRefuses}, // of the store: whose the folder is nobody knows
	} {
		require.Equal(t, c.want, codeOf(c.err), c.err)
	}
}

func TestWhatTheDiskHoldsUpIsLeftBehind(t *testing.T) {
	d := diskIn(t, t.TempDir(), 1e6)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	held := make(chan struct{})
	require.ErrorIs(t, d.untilStopped(ctx, func() { <-held }), context.Canceled)
	close(held)
}
