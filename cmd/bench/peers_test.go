package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fake puts programs of these names first that do nothing but tell their arguments and live.
func fake(t *testing.T, names ...string) {
	dir := t.TempDir()
	for _, n := range names {
		require.NoError(t, os.WriteFile(filepath.Join(dir, n), []byte("#!/bin/sh\necho \"$0 $*\"\nexec sleep 60\n"), 0o700))
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// playing is a bed whose simulator reports that each camera has been played so often.
func (d *bed) playing(t *testing.T, sessions int64) {
	var r report
	for _, c := range d.site.Cameras {
		r.Cameras = append(r.Cameras, cameraReport{ID: c.ID, Sessions: sessions})
	}
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(d.file("sim.json"), text, 0o600))
}

func TestPeersAreToldOfTheirCameras(t *testing.T) {
	fake(t, "motion", "ffmpeg")
	l := newLoad(0, 0)
	for n := range 3 {
		l.camera(actor{ID: cameraID(n)}, false)
	}
	require.NoError(t, newBench(t).on(l, func(d *bed) error {
		two := d.readings([]int{0, 2})
		d.playing(t, 1)
		all, err := d.joined(two, func(c []reading) ([]*process, error) {
			defer d.playing(t, 2)
			return d.motion(c)
		})
		require.NoError(t, err)
		require.Len(t, all, 1)
		main, err := os.ReadFile(d.file("motion.conf"))
		require.NoError(t, err)
		require.Equal(t, 2, strings.Count(string(main), "\ncamera "))
		one, err := os.ReadFile(d.file("motion-c0002.conf"))
		require.NoError(t, err)
		require.Contains(t, string(one), "netcam_url rtsp://"+d.rtsp+"/c0002\nnetcam_userpass bench:"+d.secret+"\n")
		all, err = d.ffmpeg(two)
		require.NoError(t, err)
		require.Len(t, all, 2, "one a camera")
		require.Equal(t, "rtsp://bench:"+d.secret+"@"+d.rtsp+"/c0000", two[0].withAccount())
		used, err := ofAll("ffmpeg", all).used()
		require.NoError(t, err)
		require.GreaterOrEqual(t, used.Seconds(), 0.0)
		return nil
	}))
}

func TestPeerThatEndsEarlyIsTold(t *testing.T) {
	l := newLoad(0, 0)
	l.camera(actor{ID: "c"}, false)
	require.ErrorContains(t, newBench(t).on(l, func(d *bed) error {
		t.Cleanup(func() { _ = os.RemoveAll(d.dir) })
		d.playing(t, 1)
		_, err := d.joined(d.readings([]int{0}), func([]reading) ([]*process, error) {
			p, err := d.start("quitter", "/bin/false")
			return []*process{p}, err
		})
		return err
	}), "quitter has ended early")
}
