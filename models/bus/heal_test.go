package bus

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

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

// healing starts a broker on the disk that heals itself until the returned function is called.
func healing(t *testing.T, disk string, log slog.Handler) (b *Bus, stop func()) {
	t.Helper()
	b, err := Start(DefaultConfig(), filepath.Join(disk, "bus"), slog.New(log))
	require.NoError(t, err)
	t.Cleanup(b.Close)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	return b, func() { cancel(); require.ErrorIs(t, <-ended, context.Canceled) }
}

// attempts hears in the log that events could not be handled.
type attempts chan struct{}

func (a attempts) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("it is tried again")) {
		select {
		case a <- struct{}{}:
		default:
		}
	}
	return len(line), nil
}

// TestAFullDiskHeals: while the disk is full no event counts as kept, and when there is room again the same broker keeps
// them, without a restart of the process.
func TestAFullDiskHeals(t *testing.T) {
	disk := smallDisk(t, "16m")
	b, heals := healing(t, disk, slog.DiscardHandler)
	defer heals()
	var got log
	defer consume(t, b, got.handle)()
	require.NoError(t, b.PublishEvent(t.Context(), event(1)))

	ballast := fill(t, disk)
	want := []string{event(1).ID}
	full := 0
	for n := 2; full < 3; n++ {
		require.Less(t, n, 10_000, "the disk is full, and still it keeps")
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		err := b.PublishEvent(ctx, event(n))
		cancel()
		if err == nil {
			want = append(want, event(n).ID)
			continue
		}
		require.Equal(t, models.Unavailable, models.CodeOf(err))
		full++
	}
	_, err := b.Fault()
	require.Error(t, err)
	require.NoError(t, os.Remove(ballast))
	begun := time.Now()
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		return b.PublishEvent(ctx, event(20_000)) == nil
	}, 30*time.Second, 100*time.Millisecond, "it keeps again")
	t.Logf("kept again %s after there was room", time.Since(begun).Round(time.Millisecond))
	want = append(want, event(20_000).ID)
	require.Eventually(t, func() bool { return len(got.ids()) >= len(want) }, 20*time.Second, 10*time.Millisecond)
	require.Equal(t, want, got.ids(), "what was kept is handled, once and in order")
	since, err := b.Fault()
	require.NoError(t, err)
	require.Zero(t, since)
}

func TestAFullStreamIsNoBrokenBroker(t *testing.T) {
	b := startBus(t, t.TempDir(), func(c *Config) { c.MaxBytes = 1 << 20 })
	var err error
	for n := 0; err == nil; n++ {
		err = b.PublishEvent(t.Context(), event(n))
	}
	require.True(t, full(err), "%v", err)
	require.False(t, full(errors.New("no space left on device")))
}

// TestAHallThatStartsOnAFullDisk handles events as soon as there is room: a consumer that cannot be made is tried again.
func TestAHallThatStartsOnAFullDisk(t *testing.T) {
	disk := smallDisk(t, "16m")
	tried := make(attempts, 1)
	b, heals := healing(t, disk, slog.NewTextHandler(tried, nil))
	defer heals()
	require.NoError(t, b.PublishEvent(t.Context(), event(1)))

	ballast := fill(t, disk)
	_, err := b.js.CreateOrUpdateConsumer(t.Context(), eventStream, jetstream.ConsumerConfig{Durable: "probe"})
	require.True(t, noRoom(err), "%v", err)
	var got log
	defer consume(t, b, got.handle)()
	require.Eventually(t, func() bool { return len(tried) == 1 }, 20*time.Second, 10*time.Millisecond, "it is tried while there is no room")
	require.NoError(t, os.Remove(ballast))
	require.Eventually(t, func() bool { return len(got.ids()) == 1 }, 30*time.Second, 10*time.Millisecond)
}
