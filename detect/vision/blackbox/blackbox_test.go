package blackbox

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheNameIsThereOnlyWhileSomethingGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "box")
	_, ok := Read(path)
	require.False(t, ok)
	b, err := Create(path)
	require.NoError(t, err)
	defer b.Close()
	_, ok = Read(path)
	require.False(t, ok)
	b.Enter("gate-1", 7, Decode)
	e, ok := Read(path)
	require.True(t, ok)
	require.Equal(t, Entry{"gate-1", 7, Decode, 1}, e)
	b.Enter("g", 8, Infer)
	e, _ = Read(path)
	require.Equal(t, Entry{"g", 8, Infer, 2}, e, "nothing of the longer name stays")
	require.Equal(t, "infer", e.Stage.String())
	b.Leave()
	_, ok = Read(path)
	require.False(t, ok)
	again, err := Create(path)
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

func TestADeathHasAName(t *testing.T) {
	const env = "ZHIHUI_TEST_BLACKBOX"
	if path := os.Getenv(env); path != "" {
		b, err := Create(path)
		require.NoError(t, err)
		b.Enter("cam", 3, Motion)
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGKILL))
	}
	path := filepath.Join(t.TempDir(), "box")
	cmd := exec.Command(os.Args[0], "-test.run=^TestADeathHasAName$")
	cmd.Env = append(os.Environ(), env+"="+path)
	require.Error(t, cmd.Run())
	e, ok := Read(path)
	require.True(t, ok)
	require.Equal(t, "cam", e.Camera)
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("BBHZ\x01" + strings.Repeat("\xff", pageSize-5)))
	f.Fuzz(func(t *testing.T, page []byte) {
		path := filepath.Join(t.TempDir(), "box")
		require.NoError(t, os.WriteFile(path, page, 0o600))
		Read(path)
	})
}
