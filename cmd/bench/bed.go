package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// bed is a temporary folder with a load in it and the processes that run there.
type bed struct {
	*bench
	load
	dir              string
	rtsp, mqtt, http string // addresses
	secret           string // of cameras, sensors and the person who reads the API
	running          []*process
}

// play starts the simulator and zhihui, and waits until so many cameras are online.
func (d *bed) play(cameras int) (sim *process, h *hall, err error) {
	if sim, err = d.simulate(); err != nil {
		return nil, nil, err
	}
	if h, err = d.open(); err != nil {
		return nil, nil, err
	}
	_, err = h.online(d.ctx, cameras, onlineWithin)
	return sim, h, err
}

// on runs f on a bed for the load. Then everything that was started is ended, and the folder is removed; after a failure it
// stays, and the error names it.
func (b *bench) on(l load, f func(*bed) error) (err error) {
	dir, err := os.MkdirTemp("", "zhihui-bench-")
	if err != nil {
		return err
	}
	d := &bed{bench: b, load: l, dir: dir, secret: rand.Text()}
	defer func() {
		err = errors.Join(err, d.stopAll())
		if err == nil || errors.As(err, new(missing)) || b.ctx.Err() != nil {
			err = errors.Join(err, os.RemoveAll(dir))
			return
		}
		err = fmt.Errorf("%w\nthe logs are in %s", err, dir)
	}()
	if err := d.lay(); err != nil {
		return err
	}
	return f(d)
}

// lay writes what the simulator and zhihui read.
func (d *bed) lay() error {
	free, err := freeAddresses("127.0.0.1", 3)
	if err != nil {
		return err
	}
	// Elsewhere, or a connection from 127.0.0.1 may take a port while its camera refuses.
	own, err := freeAddresses("127.0.0.2", len(d.script.Cameras))
	if err != nil {
		return err
	}
	d.rtsp, d.mqtt, d.http = free[0], free[1], free[2]
	d.script.RTSP = endpoint{Listen: d.rtsp, Username: user, Password: d.secret}
	d.script.MQTT = broker{URL: "tcp://" + d.mqtt, Username: user, Password: d.secret}
	analysed := false
	for i := range d.script.Cameras { // those of the site, in the same order
		c, a, at := &d.site.Cameras[i], &d.script.Cameras[i], d.rtsp
		if a.own {
			a.Listen, at = own[i], own[i]
		}
		c.URL, c.Username, c.Password = "rtsp://"+at+"/"+c.ID, user, d.secret
		analysed = analysed || c.Analyse
	}
	settings, err := d.settings(analysed)
	if err != nil {
		return err
	}
	for name, v := range map[string]any{"sim.yml": d.script, "site.yml": d.site, "zhihui.yml": settings} {
		text, err := yaml.Marshal(v)
		if err == nil {
			err = os.WriteFile(d.file(name), text, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// user is the name of the cameras' and the sensors' account, and of the person who reads the API.
const user = "bench"

type section = map[string]any

func (d *bed) settings(analysed bool) (section, error) {
	all := section{
		"store":     section{"dir": d.file("data")},
		"bus":       section{"mqtt": section{"address": d.mqtt, "username": user, "password": d.secret}},
		"ingest":    section{"networks": []string{"127.0.0.0/8"}},
		"vision":    section{"off": true},
		"recording": section{"keep": section{"free": 1_000_000}}, // on a machine that is nearly full, too
		"dashboard": section{"listen": d.http, "rate_limit": 10_000},
	}
	if !analysed {
		return all, nil
	}
	if _, err := d.binary("zhihui-vision"); err != nil {
		return nil, err
	}
	library, err := d.onnxRuntime()
	all["vision"] = section{"onnx_runtime": library, "networks": filepath.Join(d.root, "models/weights")}
	return all, err
}

// cameras are all cameras of the load.
func (d *bed) cameras() (all []string) {
	for _, c := range d.site.Cameras {
		all = append(all, c.ID)
	}
	return all
}

func (d *bed) file(name string) string { return filepath.Join(d.dir, name) }

// start starts a program that ends with the bed at the latest.
func (d *bed) start(name, path string, args ...string) (*process, error) {
	p, err := start(d.dir, name, path, args...)
	if err == nil {
		d.running = append(d.running, p)
	}
	return p, err
}

// stopAll ends what was started, the newest first: readers before the cameras they read.
func (d *bed) stopAll() error {
	var errs []error
	for _, p := range slices.Backward(d.running) {
		errs = append(errs, p.stop())
	}
	return errors.Join(errs...)
}

// do runs a command of the product to its end.
func (d *bed) do(ctx context.Context, in, name string, args ...string) error {
	path, err := d.binary(name)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin = strings.NewReader(in)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %.2000s", name, args[0], err, out)
	}
	return nil
}

// freeAddresses returns n addresses of this machine on which nothing listens.
func freeAddresses(host string, n int) (all []string, err error) {
	for range n {
		l, err := net.Listen("tcp", host+":0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // the last at the end: or the same one came again
		all = append(all, l.Addr().String())
	}
	return all, nil
}
