package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"zhihui/models"
)

// reconnectCmd lets a third of the cameras misbehave: a tenth in one way all the time, a fifth goes away and returns, all of
// them at once, round after round. A GOP lasts a second, and a camera that returns begins in the middle of one.
type reconnectCmd struct {
	Cameras int           `default:"1000" help:"Cameras, of which a fifth returns and a tenth misbehaves all the time."`
	For     time.Duration `default:"90s" help:"How long it goes on: in rounds of 30s, one at least."`
}

// The rounds, and when in one the cameras go and return.
const (
	round    = 30 * time.Second
	gone     = 10 * time.Second
	comeBack = 22 * time.Second
)

// The ways in which cameras misbehave all the time, and those in which the returning ones go away.
func faults() []string {
	return []string{"refuse", "blackhole", "garbage", "stall", "deaf", "resize", "recode", "trickle", "babble", "mute", "silent", "drop"}
}

func departures() []string { return []string{"drop", "silent", "refuse", "blackhole", "stall", "mute"} }

// reconnected is what reconnect has found. A camera is noticed when the API's stream of changes says that it is offline,
// counted from its last unit; it is back with the first picture that needs no other to be decoded which somebody gets who
// watches it live, counted from when it returned.
type reconnected struct {
	Bench       string  `json:"bench"`
	Returning   int     `json:"returning"`
	P95         float64 `json:"p95_s"`
	NoticedP95  float64 `json:"noticed_p95_s"`
	HealthyLost int64   `json:"healthy_lost"`
	Cameras     int     `json:"cameras"`
	Misbehaving int     `json:"misbehaving"` // all the time
	Rounds      int     `json:"rounds"`
	Unnoticed   int     `json:"unnoticed"` // departures of which the API said nothing; they count as the whole time
	Unreturned  int     `json:"unreturned"`
	HealthySent int64   `json:"healthy_sent"`
	RSSFirst    float64 `json:"rss_first_mb"`
	RSSLast     float64 `json:"rss_last_mb"`
	flatness

	byWay map[string]*wait
}

// wait is how long it took until departures and returns were seen.
type wait struct{ noticed, back []time.Duration }

// Run measures and prints.
func (c reconnectCmd) Run(b *bench) error {
	l, ways := troubled(c.Cameras)
	return b.on(l, func(d *bed) error {
		r, err := c.measure(d, ways)
		if err != nil {
			return err
		}
		return b.print(r)
	})
}

// troubled is the load; ways says how each returning camera goes away.
func troubled(cameras int) (l load, ways map[string]string) {
	l = newLoad(round, time.Second)
	ways = map[string]string{}
	for n := range cameras {
		a := crowded(cameraID(n), n)
		a.Begin = "live"
		switch {
		case n%10 < 2:
			way := departures()[n/10*2%len(departures())+n%2]
			ways[a.ID], a.own = way, ownPort(way)
			l.script.Events = append(l.script.Events, cue{At: models.Duration(gone), Camera: a.ID, Do: way},
				cue{At: models.Duration(comeBack), Camera: a.ID, Do: "return"})
		case n%10 == 2:
			a.Mode = faults()[n/10%len(faults())]
			a.own = ownPort(a.Mode)
		}
		l.camera(a, false)
	}
	return l, ways
}

// ownPort tells whether a mode needs a port that is the camera's alone.
func ownPort(mode string) bool { return mode == "refuse" || mode == "blackhole" }

func (c reconnectCmd) measure(d *bed, ways map[string]string) (*reconnected, error) {
	sim, err := d.simulate()
	if err != nil {
		return nil, err
	}
	h, err := d.open()
	if err != nil {
		return nil, err
	}
	healthy := d.healthy()
	r := &reconnected{Bench: "reconnect", Cameras: c.Cameras, Returning: len(ways), Misbehaving: c.Cameras - len(healthy) - len(ways), byWay: map[string]*wait{}}
	if _, err := h.online(d.ctx, len(healthy)+len(ways), 3*time.Minute); err != nil {
		return nil, err
	}
	if err := c.rounds(d, h, ways, r); err != nil {
		return nil, err
	}
	r.sum()
	if err := sim.stop(); err != nil {
		return nil, err
	}
	s, err := d.report()
	if err != nil {
		return nil, err
	}
	_, each, err := h.drained(d.ctx)
	if err != nil {
		return nil, err
	}
	r.HealthySent, _, r.HealthyLost, err = d.compare(healthy, s.sent(), each)
	return r, err
}

// healthy are the cameras to which nothing ever happens.
func (d *bed) healthy() []string {
	var all []string
	for _, a := range d.script.Cameras {
		busy := slices.ContainsFunc(d.script.Events, func(e cue) bool { return e.Camera == a.ID })
		if a.Mode == "" && !busy {
			all = append(all, a.ID)
		}
	}
	return all
}

// rounds watches the returning cameras for some rounds, as a wall would that shows them all.
func (c reconnectCmd) rounds(d *bed, h *hall, ways map[string]string, r *reconnected) error {
	s, err := d.report()
	if err != nil {
		return err
	}
	w, err := d.watch(h, slices.Sorted(maps.Keys(ways)))
	if err != nil {
		return err
	}
	defer w.stop()
	flat := ruler{ctx: d.ctx, hall: h}
	first := int(time.Since(s.start())/round) + 1
	r.Rounds = max(1, int(c.For/round))
	d.note("%d cameras go away and return at once, %d rounds of %v; %d misbehave all the time", len(ways), r.Rounds, round, r.Misbehaving)
	for n := range r.Rounds {
		begin := s.start().Add(time.Duration(first+n) * round)
		if err := sleep(d.ctx, time.Until(begin.Add(gone-time.Second))); err != nil {
			return err
		}
		if err := flat.sample(); err != nil {
			return err
		}
		if err := sleep(d.ctx, time.Until(begin.Add(round))); err != nil {
			return err
		}
		now, err := d.report()
		if err != nil {
			return err
		}
		if err := w.failed(); err != nil {
			return err
		}
		r.take(w, ways, begin, now)
	}
	err = flat.sample()
	r.flatness, r.RSSFirst, r.RSSLast = flat.flatness(), flat.main.first, flat.main.last
	return err
}

// take judges one round.
func (r *reconnected) take(w *watch, ways map[string]string, begin time.Time, now report) {
	for _, c := range now.Cameras {
		way, ok := ways[c.ID]
		if !ok {
			continue
		}
		if r.byWay[way] == nil {
			r.byWay[way] = &wait{}
		}
		last := begin.Add(gone - unitPeriod) // its last unit is no older
		noticed, ok := w.offline(c.ID, last)
		if !ok {
			r.Unnoticed++
			noticed = last.Add(round)
		}
		r.byWay[way].noticed = append(r.byWay[way].noticed, noticed.Sub(last))
		back := time.UnixMilli(c.BackAt)
		seen, ok := w.pictured(c.ID, back)
		if !ok {
			r.Unreturned++
			seen = back.Add(round)
		}
		r.byWay[way].back = append(r.byWay[way].back, seen.Sub(back))
	}
}

// unitPeriod is the time between two pictures of a camera.
const unitPeriod = 100 * time.Millisecond

func (r *reconnected) sum() {
	var all wait
	for _, one := range r.byWay {
		all.noticed = append(all.noticed, one.noticed...)
		all.back = append(all.back, one.back...)
	}
	r.NoticedP95, r.P95 = p95(all.noticed), p95(all.back)
}

func (r *reconnected) table(w io.Writer) {
	row(w, fmt.Sprintf("reconnect: %d of %d cameras go and return, %d misbehave", r.Returning, r.Cameras, r.Misbehaving), "noticed, s p95", "first picture, s p95")
	for _, way := range slices.Sorted(maps.Keys(r.byWay)) {
		row(w, "by "+way, p95(r.byWay[way].noticed), p95(r.byWay[way].back))
	}
	row(w, fmt.Sprintf("all, %d rounds", r.Rounds), r.NoticedP95, r.P95)
	row(w, "not noticed, not back", r.Unnoticed, r.Unreturned)
	row(w, "healthy: units sent, lost", r.HealthySent, r.HealthyLost)
	row(w, "anonymous memory, MB (first, last)", fmt.Sprintf("%.0f %.0f", r.RSSFirst, r.RSSLast))
	r.flatness.table(w)
}
