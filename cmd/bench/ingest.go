package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// ingestCmd is the reference load of the design.
type ingestCmd struct {
	Cameras  int           `default:"1043" help:"Cameras in all."`
	Analysed int           `default:"104" help:"Of these, how many are analysed."`
	Sensors  int           `default:"500" help:"Sensors."`
	For      time.Duration `default:"60s" help:"How long it is measured, from when all cameras are online and have settled."`
	Settle   time.Duration `default:"10s" help:"How long the cameras settle."`
	Plain    bool          `default:"true" negatable:"" help:"Pull the same cameras with bare gortsplib clients first, for as long, a minute at most."`
}

// ingested is what ingest has found.
type ingested struct {
	Bench       string  `json:"bench"`
	Cameras     int     `json:"cameras"`
	Analysed    int     `json:"analysed"`
	Sensors     int     `json:"sensors"`
	Sent        int64   `json:"sent"`     // access units, says the simulator
	Accepted    int64   `json:"accepted"` // access units, says zhihui
	Lost        int64   `json:"lost"`     // the difference, camera by camera
	Redials     int64   `json:"redials"`  // how often zhihui let go of a camera that played, and called it again: what it would have sent meanwhile is not in lost
	CoresMain   float64 `json:"cores_main"`
	CoresVision float64 `json:"cores_vision"`
	CoresSim    float64 `json:"cores_sim"`
	CoresPlain  float64 `json:"cores_plain"` // bare gortsplib clients; 0 = not tried
	RSS         float64 `json:"rss_mb"`      // anonymous memory of zhihui, the most
	RSSFirst    float64 `json:"rss_first_mb"`
	RSSLast     float64 `json:"rss_last_mb"`
	RSSVision   float64 `json:"rss_vision_mb"`
	Expected    int     `json:"events_expected"`
	Found       int     `json:"events_found"`
	Online      float64 `json:"online_s"` // from zhihui's start until all cameras were online
	flatness
}

// Run measures and prints.
func (c ingestCmd) Run(b *bench) error {
	return b.on(reference(c.Cameras, min(c.Analysed, c.Cameras), c.Sensors), func(d *bed) error {
		r, err := c.measure(d)
		if err != nil {
			return err
		}
		return b.print(r)
	})
}

func (c ingestCmd) measure(d *bed) (*ingested, error) {
	r := &ingested{Bench: "ingest", Cameras: len(d.site.Cameras), Analysed: min(c.Analysed, c.Cameras), Sensors: len(d.site.Sensors)}
	sim, err := d.simulate()
	if err != nil {
		return nil, err
	}
	var before report
	if c.Plain {
		if r.CoresPlain, before, err = d.plain(min(c.For, time.Minute)); err != nil {
			return nil, err
		}
	}
	h, err := d.open()
	if err != nil {
		return nil, err
	}
	if r.Online, err = h.online(d.ctx, r.Cameras, onlineWithin); err != nil {
		return nil, err
	}
	d.note("all %d cameras are online after %.1f s; measuring for %v", r.Cameras, r.Online, c.For)
	if err := c.watch(d, sim, h, r); err != nil {
		return nil, err
	}
	b, err := d.balance(sim, h, d.cameras(), before)
	r.Sent, r.Accepted, r.Lost, r.Redials = b.sent, b.accepted, b.lost, b.redials
	return r, err
}

// watch measures while everything runs steadily.
func (c ingestCmd) watch(d *bed, sim *process, h *hall, r *ingested) error {
	if err := sleep(d.ctx, c.Settle); err != nil {
		return err
	}
	from := time.Now()
	flat := ruler{ctx: d.ctx, hall: h}
	cores, err := observe(d.ctx, c.For, append(h.parts(), ofProcess(sim)), flat.sample)
	if err != nil {
		return err
	}
	r.CoresMain, r.CoresVision, r.CoresSim = cores["zhihui"], cores["zhihui-vision"], cores["sitesim"]
	r.RSS, r.RSSFirst, r.RSSLast, r.RSSVision = flat.main.most(), flat.main.first(), flat.main.last(), flat.vision.most()
	r.flatness = flat.flatness()
	events, err := h.events(d.ctx)
	if err != nil {
		return err
	}
	s, err := d.report()
	if err != nil {
		return err
	}
	r.Expected, r.Found = expect(d.expected, events, s.start(), referenceLoop, from, time.Now())
	return nil
}

// plain pulls all cameras of the load with bare clients for some time. It returns the cores they took, and what the
// simulator reports when they have gone.
func (d *bed) plain(length time.Duration) (cores float64, after report, err error) {
	var list strings.Builder
	for _, c := range d.site.Cameras {
		fmt.Fprintf(&list, "rtsp://%s:%s@%s/%s\n", user, d.secret, d.rtsp, c.ID)
	}
	if err := os.WriteFile(d.file("plain.txt"), []byte(list.String()), 0o600); err != nil {
		return 0, after, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, after, err
	}
	p, err := d.start("plain", self, "plain", d.file("plain.txt"))
	if err != nil {
		return 0, after, err
	}
	err = until(d.ctx, 2*time.Minute, "bare clients play all cameras", func() (bool, error) {
		r, err := d.report()
		if err != nil {
			return false, nil // it is not there yet
		}
		return r.playing(1) == len(r.Cameras), p.alive()
	})
	if err != nil {
		return 0, after, err
	}
	d.note("bare gortsplib clients play all cameras; measuring them for %v", length)
	used, err := observe(d.ctx, length, []part{ofProcess(p)}, nil)
	if err != nil {
		return 0, after, err
	}
	if err := p.stop(); err != nil {
		return 0, after, err
	}
	if err := sleep(d.ctx, 3*time.Second); err != nil { // the report is written every second
		return 0, after, err
	}
	after, err = d.report()
	return used["plain"], after, err
}

func (r *ingested) table(w io.Writer) {
	row(w, "ingest", "zhihui", "zhihui-vision", "simulator", "bare gortsplib")
	row(w, "cores", r.CoresMain, r.CoresVision, r.CoresSim, r.CoresPlain)
	row(w, "anonymous memory, MB (first, last, most)", fmt.Sprintf("%.0f %.0f %.0f", r.RSSFirst, r.RSSLast, r.RSS), fmt.Sprintf("%.0f", r.RSSVision))
	row(w, "cameras, analysed, sensors", fmt.Sprintf("%d %d %d", r.Cameras, r.Analysed, r.Sensors))
	row(w, "all online after, s", r.Online)
	row(w, "units sent, accepted, lost; redials", fmt.Sprintf("%d %d %d; %d", r.Sent, r.Accepted, r.Lost, r.Redials))
	row(w, "events expected, found", fmt.Sprintf("%d %d", r.Expected, r.Found))
	r.flatness.table(w)
}
