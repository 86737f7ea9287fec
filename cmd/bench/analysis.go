package main

import (
	"fmt"
	"io"
	"time"
)

// analysisCmd is the analysed part of the reference load alone: a tenth of the cameras look at people who walk all the time,
// the others at nothing.
type analysisCmd struct {
	Cameras int           `default:"104" help:"Analysed cameras."`
	Peers   int           `default:"10" help:"On how many of them motion and ffmpeg look too: the first of those with people, and as many empty ones as make up the number."`
	For     time.Duration `default:"60s" help:"How long it is measured."`
	Settle  time.Duration `default:"20s" help:"How long it runs before."`
}

// analysed is what analysis has found: what looking at a camera costs, in percent of a core; of zhihui both processes count.
type analysed struct {
	Bench     string  `json:"bench"`
	Cameras   int     `json:"cameras"`
	Ours      float64 `json:"ours_pct_per_camera"`
	Motion    float64 `json:"motion_pct"`
	FFmpeg    float64 `json:"ffmpeg_pct"`
	Peers     int     `json:"peers_cameras"`
	Main      float64 `json:"cores_main"`
	Vision    float64 `json:"cores_vision"`
	Sim       float64 `json:"cores_sim"`
	RSS       float64 `json:"rss_mb"`
	RSSVision float64 `json:"rss_vision_mb"`
}

// Run measures and prints.
func (c analysisCmd) Run(b *bench) error {
	for _, name := range []string{"motion", "ffmpeg"} {
		if _, err := peer(name); err != nil {
			return err
		}
	}
	l := newLoad(time.Hour, referenceGOP)
	for n := range c.Cameras {
		if n < tenth(c.Cameras) {
			l.camera(crowded(cameraID(n), n), true)
		} else {
			l.camera(empty(cameraID(n), n), true)
		}
	}
	return b.on(l, func(d *bed) error {
		r, err := c.measure(d)
		if err != nil {
			return err
		}
		return b.print(r)
	})
}

// mix are the numbers of n cameras: a tenth of them from the crowded ones, which come first.
func mix(cameras, n int) []int {
	var all []int
	for i := range min(n, cameras) {
		if i >= tenth(n) {
			i += tenth(cameras) - tenth(n)
		}
		all = append(all, i)
	}
	return all
}

// tenth is a tenth of the cameras, and one at least.
func tenth(cameras int) int { return max(1, cameras/10) }

func (c analysisCmd) measure(d *bed) (*analysed, error) {
	sim, h, err := d.play(c.Cameras)
	if err != nil {
		return nil, err
	}
	peers := d.readings(mix(c.Cameras, c.Peers))
	motion, err := d.joined(peers, d.motion)
	if err != nil {
		return nil, err
	}
	ffmpeg, err := d.joined(peers, d.ffmpeg)
	if err != nil {
		return nil, err
	}
	d.note("zhihui looks at %d cameras, motion and ffmpeg at %d of them; settling for %v, then measuring for %v", c.Cameras, len(peers), c.Settle, c.For)
	if err := sleep(d.ctx, c.Settle); err != nil {
		return nil, err
	}
	flat := ruler{ctx: d.ctx, hall: h}
	cores, err := observe(d.ctx, c.For, append(h.parts(), ofProcess(sim), ofAll("motion", motion), ofAll("ffmpeg", ffmpeg)), flat.sample)
	if err != nil {
		return nil, err
	}
	r := &analysed{Bench: "analysis", Cameras: c.Cameras, Peers: len(peers), Main: cores["zhihui"], Vision: cores["zhihui-vision"], Sim: cores["sitesim"],
		RSS: flat.main.most(), RSSVision: flat.vision.most()}
	r.Ours = rounded(100 * (r.Main + r.Vision) / float64(c.Cameras))
	r.Motion = rounded(100 * cores["motion"] / float64(len(peers)))
	r.FFmpeg = rounded(100 * cores["ffmpeg"] / float64(len(peers)))
	return r, nil
}

func (r *analysed) table(w io.Writer) {
	row(w, "analysis", "zhihui", "motion", "ffmpeg")
	row(w, "cameras", r.Cameras, r.Peers, r.Peers)
	row(w, "% of a core a camera", r.Ours, r.Motion, r.FFmpeg)
	row(w, "cores: zhihui, zhihui-vision, simulator", fmt.Sprintf("%.3f %.3f %.3f", r.Main, r.Vision, r.Sim))
	row(w, "anonymous memory, MB: zhihui, zhihui-vision", fmt.Sprintf("%.0f %.0f", r.RSS, r.RSSVision))
}
