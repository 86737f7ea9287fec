package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// scaleCmd asks what a camera more costs: the same figure however many there are.
type scaleCmd struct {
	Sizes  []int         `default:"100,300,1043" help:"How many cameras, one run each."`
	For    time.Duration `default:"60s" help:"How long each run is measured."`
	Settle time.Duration `default:"10s" help:"How long the cameras settle."`
}

// scaled is what scale has found. No camera is analysed.
type scaled struct {
	Bench   string    `json:"bench"`
	Sizes   []int     `json:"cameras"`
	Idle    float64   `json:"cores_idle"`            // of zhihui without a camera
	Milli   []float64 `json:"millicores_per_camera"` // of zhihui, beyond that
	Plain   []float64 `json:"plain_per_camera"`      // of bare gortsplib clients
	Spread  float64   `json:"spread_pct"`            // by how much the dearest is above the cheapest
	Grows   float64   `json:"grows_pct"`             // by how much a camera costs more among the most than among the fewest; below 0 it costs less
	Lost    int64     `json:"lost"`
	Redials int64     `json:"redials"`
}

// Run measures and prints.
func (c scaleCmd) Run(b *bench) error {
	r := &scaled{Bench: "scale", Sizes: c.Sizes}
	if err := b.on(newLoad(0, 0), func(d *bed) error { return c.idle(d, r) }); err != nil {
		return err
	}
	for _, n := range c.Sizes {
		one := ingestCmd{Cameras: n, For: c.For, Settle: c.Settle, Plain: true}
		err := b.on(reference(n, 0, 0), func(d *bed) error {
			i, err := one.measure(d)
			if err != nil {
				return err
			}
			r.Milli = append(r.Milli, rounded(1000*(i.CoresMain-r.Idle)/float64(n)))
			r.Plain = append(r.Plain, rounded(1000*i.CoresPlain/float64(n)))
			r.Lost += i.Lost
			r.Redials += i.Redials
			return nil
		})
		if err != nil {
			return err
		}
	}
	if least := slices.Min(r.Milli); least > 0 {
		r.Spread = rounded(100 * (slices.Max(r.Milli)/least - 1))
		r.Grows = rounded(100 * (r.Milli[len(r.Milli)-1]/r.Milli[0] - 1))
	}
	return b.print(r)
}

func (c scaleCmd) idle(d *bed, r *scaled) error {
	h, err := d.open()
	if err != nil {
		return err
	}
	if err := sleep(d.ctx, c.Settle); err != nil {
		return err
	}
	flat := ruler{ctx: d.ctx, hall: h} // looking costs something too, here as there
	cores, err := observe(d.ctx, c.For, h.parts(), flat.sample)
	r.Idle = cores["zhihui"]
	return err
}

func (r *scaled) table(w io.Writer) {
	row(w, "scale: cameras", "thousandths of a core a camera", "bare gortsplib")
	for i, n := range r.Sizes {
		row(w, n, r.Milli[i], r.Plain[i])
	}
	row(w, "without a camera, cores", r.Idle)
	row(w, "dearest above cheapest", fmt.Sprintf("%.1f %%", r.Spread))
	row(w, "most above fewest", fmt.Sprintf("%.1f %%", r.Grows))
	row(w, "units lost; redials", fmt.Sprintf("%d; %d", r.Lost, r.Redials))
}
