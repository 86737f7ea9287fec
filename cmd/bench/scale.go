package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// scaleCmd asks what a camera costs when there are few and when there are many. The machine is not equally quick at all
// times, so the sizes take turns.
type scaleCmd struct {
	Sizes  []int         `default:"100,300,1043" help:"How many cameras, the fewest first; none of them analysed."`
	Rounds int           `default:"3" help:"How often all sizes are measured; medians count."`
	For    time.Duration `default:"20s" help:"How long each run is measured."`
	Settle time.Duration `default:"10s" help:"How long the cameras settle."`
}

// scaled is what scale has found, in thousandths of a core.
type scaled struct {
	Bench      string    `json:"bench"`
	Sizes      []int     `json:"cameras"`
	Idle       float64   `json:"idle"`             // of zhihui without a camera, not counted below
	Each       []float64 `json:"per_camera"`       // all of zhihui, divided by the cameras
	Spread     float64   `json:"spread_pct"`       // by how much the dearest of these is above the cheapest
	More       []float64 `json:"per_camera_more"`  // what each camera adds that one size has and the size before has not
	MoreSpread float64   `json:"more_spread_pct"`  // likewise
	Plain      []float64 `json:"plain_per_camera"` // bare gortsplib clients
	PlainMore  []float64 `json:"plain_more"`       // likewise
	PlainApart float64   `json:"plain_spread_pct"` // likewise
	Lost       int64     `json:"lost"`
	Redials    int64     `json:"redials"`
}

// Run measures and prints.
func (c scaleCmd) Run(b *bench) error {
	r := &scaled{Bench: "scale", Sizes: c.Sizes}
	ours, plain := make([]trace, len(c.Sizes)), make([]trace, len(c.Sizes))
	var idle trace
	for range c.Rounds {
		if err := b.on(newLoad(0, 0), func(d *bed) error { return c.idle(d, &idle) }); err != nil {
			return err
		}
		for i, n := range c.Sizes {
			if err := b.on(reference(n, 0, 0), func(d *bed) error { return c.one(d, r, &ours[i], &plain[i]) }); err != nil {
				return err
			}
		}
	}
	r.Idle = rounded(median(idle.seen))
	r.Each, r.More = perCamera(c.Sizes, ours, r.Idle)
	r.Plain, r.PlainMore = perCamera(c.Sizes, plain, 0)
	r.Spread, r.MoreSpread, r.PlainApart = apart(r.Each), apart(r.More), apart(r.Plain)
	return b.print(r)
}

// idle measures zhihui without a camera.
func (c scaleCmd) idle(d *bed, into *trace) error {
	h, err := d.open()
	if err != nil {
		return err
	}
	if err := sleep(d.ctx, c.Settle); err != nil {
		return err
	}
	flat := ruler{ctx: d.ctx, hall: h} // looking costs something too, here as there
	cores, err := observe(d.ctx, c.For, h.parts(), flat.sample)
	into.add(1000 * cores["zhihui"])
	return err
}

// one measures one size once.
func (c scaleCmd) one(d *bed, r *scaled, ours, plain *trace) error {
	i, err := ingestCmd{For: c.For, Settle: c.Settle, Plain: true}.measure(d)
	if err != nil {
		return err
	}
	ours.add(1000 * i.CoresMain)
	plain.add(1000 * i.CoresPlain)
	r.Lost += i.Lost
	r.Redials += i.Redials
	return nil
}

// perCamera divides the medians, less what is taken without a camera: by the cameras, and of each size what it has more
// than the size before.
func perCamera(sizes []int, cores []trace, idle float64) (each, more []float64) {
	for i, n := range sizes {
		taken := median(cores[i].seen) - idle
		each = append(each, rounded(taken/float64(n)))
		if i > 0 {
			before := median(cores[i-1].seen) - idle
			more = append(more, rounded((taken-before)/float64(n-sizes[i-1])))
		}
	}
	return each, more
}

// apart returns by how many percent the largest is above the smallest; 0 where that says nothing.
func apart(all []float64) float64 {
	if len(all) == 0 || slices.Min(all) <= 0 {
		return 0
	}
	return rounded(100 * (slices.Max(all)/slices.Min(all) - 1))
}

func (r *scaled) table(w io.Writer) {
	row(w, "scale: cameras", "thousandths of a core a camera", "for each more", "bare gortsplib", "for each more")
	for i, n := range r.Sizes {
		if i == 0 {
			row(w, n, r.Each[i], "", r.Plain[i], "")
			continue
		}
		row(w, n, r.Each[i], r.More[i-1], r.Plain[i], r.PlainMore[i-1])
	}
	row(w, "without a camera, thousandths of a core", r.Idle)
	row(w, "dearest above cheapest", fmt.Sprintf("%.1f %%", r.Spread), fmt.Sprintf("%.1f %%", r.MoreSpread), fmt.Sprintf("%.1f %%", r.PlainApart))
	row(w, "units lost; redials", fmt.Sprintf("%d; %d", r.Lost, r.Redials))
}
