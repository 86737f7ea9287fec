package main

import (
	"net/http"
	"net/http/cookiejar"
	"time"
)

// open makes the site, starts zhihui and logs in.
func (d *bed) open() (*hall, error) {
	if err := d.populate(); err != nil {
		return nil, err
	}
	h, err := d.serve()
	if err != nil {
		return nil, err
	}
	return h, h.logIn(d.ctx, user, d.secret)
}

// populate makes a store with the site and somebody who may look.
func (d *bed) populate() error {
	if err := d.do(d.ctx, "", "zhihui", "site", "apply", "--config="+d.file("zhihui.yml"), d.file("site.yml")); err != nil {
		return err
	}
	return d.addUser(user, "--role=viewer")
}

// serve starts zhihui and waits until it is ready.
func (d *bed) serve() (*hall, error) {
	path, err := d.binary("zhihui")
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	h := &hall{begun: time.Now(), base: "http://" + d.http, client: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	if h.process, err = d.start("zhihui", path, "serve", "--config="+d.file("zhihui.yml")); err != nil {
		return nil, err
	}
	ready := func() (bool, error) { return h.do(d.ctx, http.MethodGet, "/readyz", nil, nil) == nil, h.alive() }
	return h, until(d.ctx, time.Minute, "zhihui is ready", ready)
}

// addUser adds somebody whose password is the bed's.
func (d *bed) addUser(name string, flags ...string) error {
	args := []string{"user", "add", "--config=" + d.file("zhihui.yml"), name, "--name=" + name, "--password-stdin", "--permanent"}
	return d.do(d.ctx, d.secret, "zhihui", append(args, flags...)...)
}
