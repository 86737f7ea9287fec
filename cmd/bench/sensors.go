package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"zhihui/models"
)

// sensorsCmd has many sensors say much: at QoS 0 as many readings a second as are asked for, at QoS 1 as many as are
// acknowledged.
type sensorsCmd struct {
	Sensors    int           `default:"500" help:"Sensors, each with a threshold that is judged with every reading."`
	Publishers int           `default:"50" help:"MQTT clients that publish for them."`
	Rate       int           `default:"22000" help:"Readings a second in all at QoS 0."`
	For        time.Duration `default:"20s" help:"How long each QoS is measured."`
}

// sensed is what sensors has found.
type sensed struct {
	Bench       string  `json:"bench"`
	Rate        float64 `json:"readings_per_s"`      // kept, from the first that was published until the last was on the disk
	Rate1       float64 `json:"qos1_readings_per_s"` // the same at QoS 1
	Published   int64   `json:"published"`
	Kept        int64   `json:"kept"`  // by zhihui's own count
	Lost        int64   `json:"lost"`  // published and not read back, reading by reading
	Cores       float64 `json:"cores"` // of zhihui with its broker, at QoS 0
	Cores1      float64 `json:"qos1_cores"`
	CoresOthers float64 `json:"publishers_cores"` // at QoS 0, of this process
	RSS         float64 `json:"rss_mb"`           // anonymous memory of zhihui at the end
}

// Run measures and prints.
func (c sensorsCmd) Run(b *bench) error {
	l := newLoad(0, 0)
	limit := 1e12
	for n := range c.Sensors {
		id := sensorID(n)
		l.site.Sensors = append(l.site.Sensors, models.Sensor{ID: id, Name: id, Area: area, Kind: "water_level", Unit: "m", Topic: topicOf(id),
			Mapping: models.Mapping{Path: "data.level"}, Rules: []models.Rule{{Kind: models.SensorThreshold, Above: &limit}}})
	}
	return b.on(l, func(d *bed) error {
		r, err := c.measure(d)
		if err != nil {
			return err
		}
		return b.print(r)
	})
}

func sensorID(n int) string    { return fmt.Sprintf("s%05d", n) }
func topicOf(id string) string { return "site/" + id + "/up" }

func (c sensorsCmd) measure(d *bed) (*sensed, error) {
	h, err := d.open()
	if err != nil {
		return nil, err
	}
	f, err := d.fleet(min(c.Publishers, c.Sensors))
	if err != nil {
		return nil, err
	}
	defer f.close()
	if err := f.heard(h); err != nil {
		return nil, err
	}
	r := &sensed{Bench: "sensors"}
	d.note("%d sensors say %d readings a second at QoS 0 for %v", c.Sensors, c.Rate, c.For)
	if r.Rate, err = c.load(d, h, f, 0, r); err != nil {
		return nil, err
	}
	d.note("then as many as are acknowledged at QoS 1")
	if r.Rate1, err = c.load(d, h, f, 1, r); err != nil {
		return nil, err
	}
	if r.Kept, err = h.kept(d.ctx); err != nil {
		return nil, err
	}
	if r.RSS, err = anonymous(h.pid); err != nil {
		return nil, err
	}
	d.note("reading all of them back")
	back, lost, err := f.readBack(h)
	if err != nil {
		return nil, err
	}
	if r.Published, r.Lost = f.published(), lost; back != r.Kept {
		return nil, fmt.Errorf("zhihui says that it has kept %d readings, and %d can be read", r.Kept, back)
	}
	return r, nil
}

// load publishes at one QoS and returns how many readings a second were kept.
func (c sensorsCmd) load(d *bed, h *hall, f *fleet, qos byte, r *sensed) (rate float64, err error) {
	before, _, err := h.allKept(d.ctx)
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	var all errgroup.Group
	all.Go(func() error { return f.publish(qos, c.Rate, begun.Add(c.For)) })
	parts := []part{ofProcess(h.process), {"publishers", func() (time.Duration, error) { return alone(os.Getpid()) }}}
	cores, err := observe(d.ctx, c.For, parts, nil)
	if failed := all.Wait(); failed != nil {
		return 0, failed
	}
	if err != nil {
		return 0, err
	}
	if qos == 0 {
		r.Cores, r.CoresOthers = cores["zhihui"], cores["publishers"]
	} else {
		r.Cores1 = cores["zhihui"]
	}
	after, last, err := h.allKept(d.ctx)
	return rounded(float64(after-before) / last.Sub(begun).Seconds()), err
}

func (r *sensed) table(w io.Writer) {
	row(w, "sensors", "QoS 0", "QoS 1")
	row(w, "readings kept a second", r.Rate, r.Rate1)
	row(w, "cores of zhihui", r.Cores, r.Cores1)
	row(w, "cores of the publishers", r.CoresOthers)
	row(w, "readings: published, kept, lost", fmt.Sprintf("%d %d %d", r.Published, r.Kept, r.Lost))
	row(w, "anonymous memory of zhihui, MB", r.RSS)
}
