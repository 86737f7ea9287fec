package main

import (
	"slices"
	"time"

	"zhihui/models"
)

// reconnectCmd lets a third of the cameras misbehave: a tenth in one way all the time, a fifth goes away and returns, all of
// them at once, round after round. A GOP lasts a second, and a camera that returns begins in the middle of one.
type reconnectCmd struct {
	Cameras int           `default:"1000" help:"Cameras, of which a fifth returns and a tenth misbehaves all the time."`
	For     time.Duration `default:"90s" help:"How long it goes on: in whole rounds, one at least."`
	Round   time.Duration `default:"30s" help:"How long a round is. The cameras go after a third of it, and are away for two fifths."`
}

// gone and back are when in a round the cameras go and return.
func (c reconnectCmd) gone() time.Duration { return c.Round / 3 }
func (c reconnectCmd) back() time.Duration { return c.gone() + c.Round*2/5 }

// The ways in which cameras misbehave all the time, and those in which the returning ones go away.
func faults() []string {
	return []string{"refuse", "blackhole", "garbage", "stall", "deaf", "resize", "recode", "trickle", "babble", "mute", "silent", "drop"}
}

func departures() []string { return []string{"drop", "silent", "refuse", "blackhole", "stall", "mute"} }

// reconnected is what reconnect has found. A camera is noticed when the API's stream of changes says that it is offline,
// counted from its last unit; it is back with the first picture that needs no other to be decoded which somebody gets who
// watches it live, counted from when it returned.
type reconnected struct {
	Bench          string  `json:"bench"`
	Returning      int     `json:"returning"`
	P95            float64 `json:"p95_s"`
	NoticedP95     float64 `json:"noticed_p95_s"`
	HealthyLost    int64   `json:"healthy_lost"`
	Cameras        int     `json:"cameras"`
	Misbehaving    int     `json:"misbehaving"` // all the time
	Rounds         int     `json:"rounds"`
	Unnoticed      int     `json:"unnoticed"` // departures of which the API said nothing; they count as the whole time
	Unreturned     int     `json:"unreturned"`
	HealthySent    int64   `json:"healthy_sent"`
	HealthyRedials int64   `json:"healthy_redials"` // how often zhihui let go of one of them
	RSSFirst       float64 `json:"rss_first_mb"`
	RSSLast        float64 `json:"rss_last_mb"`
	flatness

	byWay map[string]*wait
}

// wait is how long it took until departures and returns were seen.
type wait struct{ noticed, back []time.Duration }

// Run measures and prints.
func (c reconnectCmd) Run(b *bench) error {
	l, ways := c.troubled()
	return b.on(l, func(d *bed) error {
		r, err := c.measure(d, ways)
		if err != nil {
			return err
		}
		return b.print(r)
	})
}

// troubled is the load; ways says how each returning camera goes away.
func (c reconnectCmd) troubled() (l load, ways map[string]string) {
	l = newLoad(c.Round, time.Second)
	ways = map[string]string{}
	for n := range c.Cameras {
		a := crowded(cameraID(n), n)
		a.Begin = "live"
		switch {
		case n%10 < 2:
			way := departures()[n/10*2%len(departures())+n%2]
			ways[a.ID], a.own = way, ownPort(way)
			l.script.Events = append(l.script.Events, cue{At: models.Duration(c.gone()), Camera: a.ID, Do: way},
				cue{At: models.Duration(c.back()), Camera: a.ID, Do: "return"})
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
	healthy := d.healthy()
	sim, h, err := d.play(len(healthy) + len(ways))
	if err != nil {
		return nil, err
	}
	r := &reconnected{Bench: "reconnect", Cameras: c.Cameras, Returning: len(ways), Misbehaving: c.Cameras - len(healthy) - len(ways), byWay: map[string]*wait{}}
	if err := c.rounds(d, h, ways, r); err != nil {
		return nil, err
	}
	r.sum()
	b, err := d.balance(sim, h, healthy, report{})
	r.HealthySent, r.HealthyLost, r.HealthyRedials = b.sent, b.lost, b.redials
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
