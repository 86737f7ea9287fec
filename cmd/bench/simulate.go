package main

import (
	"maps"
	"net"
	"path/filepath"
	"slices"
	"time"
)

// simulate starts the simulator and waits until its cameras listen.
func (d *bed) simulate() (*process, error) {
	path, err := d.binary("sitesim")
	if err != nil {
		return nil, err
	}
	if _, err := peer("ffmpeg"); err != nil { // converts the clips
		return nil, err
	}
	for _, name := range d.clips() {
		if _, err := d.footage(name); err != nil {
			return nil, err
		}
	}
	flags := []string{"--script", d.file("sim.yml"), "--cache", filepath.Join(d.root, ".cache/clips"), "--footage", d.footageFolder()}
	d.note("converting the clips that are not in .cache/clips yet")
	if err := d.do(d.ctx, "", "sitesim", append([]string{"prepare"}, flags...)...); err != nil {
		return nil, err
	}
	p, err := d.start("sitesim", path, append([]string{"run", "--report", d.file("sim.json")}, flags...)...)
	if err != nil {
		return nil, err
	}
	return p, until(d.ctx, time.Minute, "the simulator's cameras listen", func() (bool, error) {
		conn, err := net.Dial("tcp", d.rtsp)
		if err != nil {
			return false, p.alive()
		}
		return true, conn.Close()
	})
}

func (d *bed) report() (report, error) { return readReport(d.file("sim.json")) }

// clips are the files that the cameras show.
func (d *bed) clips() []string {
	var all []string
	for _, a := range d.script.Cameras {
		for _, c := range slices.Concat(append(slices.Collect(maps.Values(a.Scenes)), a.Clips)...) {
			all = append(all, c.File)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
