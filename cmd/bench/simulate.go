package main

import (
	"net"
	"path/filepath"
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
