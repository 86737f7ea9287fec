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

// scaled is what scale has found: of cameras that are pulled alone, and of the reference load made smaller, in which a tenth
// is analysed and there is a sensor for two of them.
type scaled struct {
	Bench   string    `json:"bench"`
	Sizes   []int     `json:"cameras"`
	Idle    float64   `json:"cores_idle"`            // of zhihui and zhihui-vision without a camera
	Milli   []float64 `json:"millicores_per_camera"` // of the reference load, zhihui and zhihui-vision, beyond that
	Spread  float64   `json:"spread_pct"`            // by how much the dearest of these is above the cheapest
	Pulled  []float64 `json:"pulled_per_camera"`     // of cameras that are pulled alone, likewise
	Grows   float64   `json:"pulled_grows_pct"`      // by how much such a one costs more among the most than among the fewest; below 0 it costs less
	Plain   []float64 `json:"plain_per_camera"`      // of bare gortsplib clients
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
		pulled, plain, err := c.each(b, r, n, ingestCmd{Cameras: n, For: c.For, Settle: c.Settle, Plain: true})
		if err != nil {
			return err
		}
		whole, _, err := c.each(b, r, n, ingestCmd{Cameras: n, Analysed: n / 10, Sensors: n / 2, For: c.For, Settle: c.Settle})
		if err != nil {
			return err
		}
		r.Pulled, r.Plain, r.Milli = append(r.Pulled, pulled), append(r.Plain, plain), append(r.Milli, whole)
	}
	r.Spread, _ = apart(r.Milli)
	_, r.Grows = apart(r.Pulled)
	return b.print(r)
}

// each measures n cameras and returns the thousandths of a core that each takes, of us and of bare clients.
func (c scaleCmd) each(b *bench, r *scaled, n int, one ingestCmd) (ours, plain float64, err error) {
	err = b.on(reference(n, one.Analysed, one.Sensors), func(d *bed) error {
		i, err := one.measure(d)
		if err != nil {
			return err
		}
		ours = rounded(1000 * (i.CoresMain + i.CoresVision - r.Idle) / float64(n))
		plain = rounded(1000 * i.CoresPlain / float64(n))
		r.Lost += i.Lost
		r.Redials += i.Redials
		return nil
	})
	return ours, plain, err
}

// apart returns by how many percent the largest is above the smallest, and the last above the first.
func apart(all []float64) (most, grows float64) {
	if least := slices.Min(all); least > 0 {
		most, grows = rounded(100*(slices.Max(all)/least-1)), rounded(100*(all[len(all)-1]/all[0]-1))
	}
	return most, grows
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
	r.Idle = cores["zhihui"] + cores["zhihui-vision"]
	return err
}

func (r *scaled) table(w io.Writer) {
	row(w, "scale: cameras", "thousandths of a core a camera", "pulled alone", "bare gortsplib")
	for i, n := range r.Sizes {
		row(w, n, r.Milli[i], r.Pulled[i], r.Plain[i])
	}
	row(w, "without a camera, cores", r.Idle)
	row(w, "dearest above cheapest", fmt.Sprintf("%.1f %%", r.Spread))
	row(w, "pulled alone: most above fewest", fmt.Sprintf("%.1f %%", r.Grows))
	row(w, "units lost; redials", fmt.Sprintf("%d; %d", r.Lost, r.Redials))
}
