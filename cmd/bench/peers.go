package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// reading is where a peer finds a camera.
type reading struct{ id, url, username, password string }

// readings are the cameras of the load with these numbers.
func (d *bed) readings(numbers []int) []reading {
	var all []reading
	for _, n := range numbers {
		c := d.site.Cameras[n]
		all = append(all, reading{c.ID, c.URL, c.Username, c.Password})
	}
	return all
}

// withAccount is the address with name and password in it, for peers that want it so.
func (r reading) withAccount() string {
	return strings.Replace(r.url, "://", "://"+r.username+":"+r.password+"@", 1)
}

// motion starts Debian's motion on cameras: it decodes every picture and compares it with the ones before, and here neither
// keeps nor shows what it finds.
func (d *bed) motion(cameras []reading) ([]*process, error) {
	path, err := peer("motion")
	if err != nil {
		return nil, err
	}
	main := "daemon off\nsetup_mode off\nlog_level 5\nwebcontrol_port 0\nstream_port 0\npicture_output off\nmovie_output off\n" +
		"width 640\nheight 360\nframerate 10\ntarget_dir " + d.dir + "\n"
	for _, c := range cameras {
		file := d.file("motion-" + c.id + ".conf")
		text := fmt.Sprintf("netcam_url %s\nnetcam_userpass %s:%s\n", c.url, c.username, c.password)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return nil, err
		}
		main += "camera " + file + "\n"
	}
	if err := os.WriteFile(d.file("motion.conf"), []byte(main), 0o600); err != nil {
		return nil, err
	}
	p, err := d.start("motion", path, "-n", "-c", d.file("motion.conf"))
	return []*process{p}, err
}

// ffmpeg starts one ffmpeg a camera, as Frigate does before it looks for motion: it decodes every picture and gives five a
// second at 320×180, here to nobody.
func (d *bed) ffmpeg(cameras []reading) (all []*process, err error) {
	path, err := peer("ffmpeg")
	if err != nil {
		return nil, err
	}
	for _, c := range cameras {
		p, err := d.start("ffmpeg-"+c.id, path, "-hide_banner", "-nostdin", "-loglevel", "warning", "-threads", "1", "-rtsp_transport", "tcp",
			"-i", c.withAccount(), "-an", "-r", "5", "-vf", "fps=5,scale=320:180", "-threads", "1", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-y", os.DevNull)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// go2rtc starts go2rtc on cameras. It pulls only what somebody wants: preload is its own word for wanting all the time.
func (d *bed) go2rtc(cameras []reading) ([]*process, error) {
	path, err := found(filepath.Join(d.root, ".cache/go2rtc/go2rtc"), "go2rtc is not built: .tools/deps.sh bench")
	if err != nil {
		return nil, err
	}
	var streams, preload strings.Builder
	for _, c := range cameras {
		fmt.Fprintf(&streams, "  %s: %q\n", c.id, c.withAccount())
		fmt.Fprintf(&preload, "  %s: video\n", c.id)
	}
	text := "api: {listen: \"\"}\nrtsp: {listen: \"\"}\nwebrtc: {listen: \"\"}\nsrtp: {listen: \"\"}\nlog: {level: warn}\n" +
		"streams:\n" + streams.String() + "preload:\n" + preload.String()
	if err := os.WriteFile(d.file("go2rtc.yml"), []byte(text), 0o600); err != nil {
		return nil, err
	}
	p, err := d.start("go2rtc", path, "-config", d.file("go2rtc.yml"))
	return []*process{p}, err
}

// joined starts readers beside those that play these cameras already, and waits until each camera has one more, as the
// simulator reports it.
func (d *bed) joined(cameras []reading, begin func([]reading) ([]*process, error)) ([]*process, error) {
	before, err := d.report()
	if err != nil {
		return nil, err
	}
	all, err := begin(cameras)
	if err != nil {
		return nil, err
	}
	return all, until(d.ctx, 2*time.Minute, all[0].name+" plays its cameras", func() (bool, error) {
		for _, p := range all {
			if err := p.alive(); err != nil {
				return false, err
			}
		}
		now, err := d.report()
		return now.joined(cameras, before), err
	})
}
