package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/configs"
	"zhihui/models"
)

func newBench(t *testing.T) *bench {
	root, err := repository()
	require.NoError(t, err)
	return &bench{ctx: t.Context(), root: root, bin: t.TempDir(), out: &bytes.Buffer{}, err: &bytes.Buffer{}}
}

func TestRepositoryIsFoundFromWithin(t *testing.T) {
	root, err := repository()
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(root, "go.mod"))
	t.Chdir(t.TempDir())
	_, err = repository()
	require.ErrorContains(t, err, "run this inside the repository")
}

// What ran is ended and the folder is gone, but after a failure the logs stay and are named.
func TestBedIsCleared(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		err   error
		stays bool
	}{"done": {nil, false}, "a part is missing": {missing("x is not there"), false}, "failed": {boom, true}} {
		var sleeper *process
		var dir string
		err := newBench(t).on(newLoad(0, 0), func(d *bed) (err error) {
			dir = d.dir
			sleeper, err = d.start("sleeper", "/bin/sleep", "60")
			require.NoError(t, err)
			return c.err
		})
		require.ErrorIs(t, err, c.err, name)
		require.Error(t, sleeper.alive(), name)
		if c.stays {
			require.FileExists(t, filepath.Join(dir, "sleeper.log"), name)
			require.ErrorContains(t, err, "the logs are in "+dir, name)
		} else {
			require.NoDirExists(t, dir, name)
		}
	}
}

func TestInterruptedBedIsCleared(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b, dir := newBench(t), ""
	ctx, cancel := context.WithCancel(t.Context())
	b.ctx = ctx
	require.ErrorIs(t, b.on(newLoad(0, 0), func(d *bed) error {
		dir = d.dir
		cancel()
		return sleep(d.ctx, time.Hour)
	}), context.Canceled)
	require.NoDirExists(t, dir)
}

func TestBedIsWhatZhihuiReads(t *testing.T) {
	l := newLoad(referenceLoop, referenceGOP)
	for n := range 3 {
		l.camera(actor{ID: cameraID(n), own: n == 1}, false)
	}
	l.sensor(0)
	require.NoError(t, newBench(t).on(l, func(d *bed) error {
		cfg, err := configs.Load(d.file("zhihui.yml"))
		require.NoError(t, err)
		require.Equal(t, d.http, cfg.Dashboard.Listen)
		require.True(t, cfg.Vision.Off, "nothing is analysed")
		site, err := configs.LoadSite(d.file("site.yml"))
		require.NoError(t, err)
		require.Len(t, site.Cameras, 3)
		require.Equal(t, []string{"rtsp://" + d.rtsp + "/c0000", "rtsp://" + d.script.Cameras[1].Listen + "/c0001"}, []string{site.Cameras[0].URL, site.Cameras[1].URL})
		require.Equal(t, d.secret, site.Cameras[0].Password)
		require.Equal(t, limit, *site.Sensors[0].Rules[0].Above)
		require.Equal(t, models.SensorThreshold, site.Sensors[0].Rules[0].Kind)
		st, err := os.Stat(d.file("site.yml"))
		require.NoError(t, err)
		require.EqualValues(t, 0o600, st.Mode().Perm())
		return nil
	}))
}

func TestAddressesDiffer(t *testing.T) {
	all, err := freeAddresses("127.0.0.2", 50)
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, a := range all {
		seen[a] = true
	}
	require.Len(t, seen, 50)
}
