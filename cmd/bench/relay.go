package main

import (
	"errors"
	"io"
	"time"
)

// relayCmd pulls the same cameras by zhihui and by go2rtc at the same time, and nobody looks. zhihui puts the access units
// together, checks them for loss, counts them and keeps the newest GOP of each camera; go2rtc, by its preload, hands the
// packets to a consumer that throws them away.
type relayCmd struct {
	Cameras int           `default:"200" help:"Cameras."`
	For     time.Duration `default:"60s" help:"How long it is measured."`
	Settle  time.Duration `default:"10s" help:"How long both pull before."`
}

// relayed is what relay has found.
type relayed struct {
	Bench     string  `json:"bench"`
	Cameras   int     `json:"cameras"`
	Ours      float64 `json:"cores_main"`
	Go2rtc    float64 `json:"cores_go2rtc"`
	Sim       float64 `json:"cores_sim"`
	RSS       float64 `json:"rss_mb"`
	RSSGo2rtc float64 `json:"rss_go2rtc_mb"`
}

// Run measures and prints.
func (c relayCmd) Run(b *bench) error {
	l := newLoad(time.Hour, referenceGOP)
	for n := range c.Cameras {
		l.camera(crowded(cameraID(n), n), false)
	}
	return b.on(l, func(d *bed) error {
		r, err := c.measure(d)
		if err != nil {
			return err
		}
		return b.print(r)
	})
}

func (c relayCmd) measure(d *bed) (*relayed, error) {
	sim, h, err := d.play(c.Cameras)
	if err != nil {
		return nil, err
	}
	peer, err := d.joined(d.readings(mix(c.Cameras, c.Cameras)), d.go2rtc)
	if err != nil {
		return nil, err
	}
	d.note("zhihui and go2rtc pull %d cameras; settling for %v, then measuring for %v", c.Cameras, c.Settle, c.For)
	if err := sleep(d.ctx, c.Settle); err != nil {
		return nil, err
	}
	flat, theirs := ruler{ctx: d.ctx, hall: h}, trace{}
	cores, err := observe(d.ctx, c.For, append(h.parts(), ofProcess(sim), ofAll("go2rtc", peer)), func() error {
		mb, err := anonymous(peer[0].pid)
		theirs.add(mb)
		return errors.Join(err, flat.sample())
	})
	return &relayed{Bench: "relay", Cameras: c.Cameras, Ours: cores["zhihui"], Go2rtc: cores["go2rtc"], Sim: cores["sitesim"],
		RSS: flat.main.most(), RSSGo2rtc: theirs.most()}, err
}

func (r *relayed) table(w io.Writer) {
	row(w, "relay", "zhihui", "go2rtc", "simulator")
	row(w, "cameras", r.Cameras, r.Cameras, r.Cameras)
	row(w, "cores", r.Ours, r.Go2rtc, r.Sim)
	row(w, "anonymous memory, MB", r.RSS, r.RSSGo2rtc)
}
