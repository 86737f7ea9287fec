package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"zhihui/models"
	"zhihui/models/store/storetest"
)

// growthCmd opens a whole district: most cameras are registered and not pulled.
type growthCmd struct {
	Cameras  int `default:"33000" help:"Registered cameras."`
	Sensors  int `default:"500" help:"Sensors."`
	Alerts   int `default:"100000" help:"Alerts of the last 30 days, each fifth with an order."`
	Requests int `default:"200" help:"How often each page is read, by everybody who reads it."`
}

// grown is what growth has found.
type grown struct {
	Bench    string  `json:"bench"`
	Cameras  int     `json:"cameras"`
	Apply    float64 `json:"apply_s"` // zhihui site apply
	Start    float64 `json:"start_s"` // from the start of the process until it is ready
	Page     float64 `json:"page_p95_ms"`
	Slowest  string  `json:"slowest"` // the page that took so long
	Requests int     `json:"requests"`
	RSS      float64 `json:"rss_mb"`

	pages []page
}

// page is a request that pages make, by whom, and how long it takes.
type page struct {
	by, path string
	p95      float64 // seconds
}

// Run measures and prints.
func (c growthCmd) Run(b *bench) error {
	l := newLoad(0, 0)
	l.site = storetest.District(c.Cameras, 0, c.Sensors)
	return b.on(l, func(d *bed) error {
		r, err := c.measure(d)
		if err != nil {
			return err
		}
		return b.print(r)
	})
}

func (c growthCmd) measure(d *bed) (*grown, error) {
	r := &grown{Bench: "growth", Cameras: c.Cameras}
	begun := time.Now()
	if err := d.populate(); err != nil {
		return nil, err
	}
	r.Apply = rounded(time.Since(begun).Seconds())
	if err := d.addUser(clerk, "--role=operator", "--area="+d.site.Areas[1].ID); err != nil {
		return nil, err
	}
	if err := d.history(c.Alerts); err != nil {
		return nil, err
	}
	h, err := d.serve()
	if err != nil {
		return nil, err
	}
	r.Start = rounded(time.Since(h.begun).Seconds())
	d.note("%d cameras are registered; zhihui was ready after %.1f s", c.Cameras, r.Start)
	for _, name := range []string{user, clerk} {
		if err := h.logIn(d.ctx, name, d.secret); err != nil {
			return nil, err
		}
		for _, path := range readAtStart(d.site) {
			one := page{by: name, path: path}
			if one.p95, err = c.read(d, h, path); err != nil {
				return nil, err
			}
			r.add(one, c.Requests)
		}
	}
	r.RSS, err = anonymous(h.pid)
	return r, err
}

// clerk is somebody of one street, in whose place user is somebody of the whole district.
const clerk = "clerk"

// readAtStart are the requests of the wall, the console, the map and the lists when they open, and of who searches.
func readAtStart(s models.Site) []string {
	paths := []string{"/site", "/overview", "/health", "/measures", "/cameras?limit=1000", "/cameras?state=disabled", "/sensors?limit=1000",
		"/cameras?area=" + s.Areas[1].ID, "/alerts?state=open,acknowledged,shelved&limit=500", "/alerts?kind=fire", "/alerts?area=" + s.Areas[1].ID,
		"/orders?state=reported,accepted,dispatched,in_progress,on_hold,resolved,follow_up&limit=500", "/orders?area=" + s.Areas[1].ID, "/events", "/changes?limit=1"}
	for _, word := range []string{"停车场", "cam-20", "没有的东西"} {
		paths = append(paths, "/search?q="+url.QueryEscape(word))
	}
	return paths
}

// read reads a list page after page, again and again.
func (c growthCmd) read(d *bed, h *hall, path string) (float64, error) {
	var took []time.Duration
	for after, n := "", 0; n < c.Requests; n++ {
		next := path
		if after != "" && !strings.HasPrefix(path, "/changes") {
			next = further(path, after)
		}
		var text []byte
		begun := time.Now()
		if err := h.get(d.ctx, next, &text); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begun))
		var list struct{ Next string }
		if err := json.Unmarshal(text, &list); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		after = list.Next
	}
	return p95(took), nil
}

// further is the path of the page of a list that comes after.
func further(path, after string) string {
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	return path + join + "after=" + url.QueryEscape(after)
}

func (r *grown) add(p page, requests int) {
	r.pages = append(r.pages, p)
	r.Requests += requests
	if ms := rounded(1000 * p.p95); ms > r.Page {
		r.Page, r.Slowest = ms, p.path
	}
}

func (r *grown) table(w io.Writer) {
	row(w, fmt.Sprintf("growth: %d cameras registered", r.Cameras))
	row(w, "site apply, s", r.Apply)
	row(w, "ready after, s", r.Start)
	row(w, "anonymous memory, MB", r.RSS)
	for _, p := range r.pages {
		path, err := url.QueryUnescape(p.path)
		if err != nil {
			path = p.path
		}
		row(w, p.by+" "+path+", ms p95", rounded(1000*p.p95))
	}
	row(w, "the slowest page, ms p95", r.Page)
}
