package main

import (
	"fmt"
	"io"
	"time"

	"zhihui/models"
)

// recordCmd asks what it costs to record cameras that are pulled anyway, whether all of it is there, and how soon it is seen.
type recordCmd struct {
	Cameras   int           `default:"200" help:"Cameras that are recorded without a break."`
	Rounds    int           `default:"3" help:"How often they are measured pulled alone and recorded, by turns; medians count. 0 = not at all."`
	For       time.Duration `default:"60s" help:"How long each turn is measured."`
	Settle    time.Duration `default:"15s" help:"How long the cameras settle."`
	Peers     int           `default:"20" help:"How many of them ffmpeg records too, a process each, while they are pulled alone. 0 = none."`
	Seeks     int           `default:"300" help:"How often an instant of the footage is looked up."`
	Rows      int           `default:"10000000" help:"Segments in the index for the timelines. 0 = none is asked for."`
	Timelines int           `default:"300" help:"How many days of a camera are asked for."`
	Analysed  int           `default:"10" help:"Analysed cameras whose events make clips. 0 = none is waited for."`
	Clips     time.Duration `default:"90s" help:"How long their events are waited for."`
}

// recorded is what record has found. Cores are medians of the rounds, figures of memory those of the last one.
type recorded struct {
	Bench    string  `json:"bench"`
	Cameras  int     `json:"cameras"`
	Extra    float64 `json:"cores_extra"` // of zhihui, recorded less pulled alone
	Lost     int64   `json:"lost"`        // units that were sent and are in no file, camera by camera
	Seek     float64 `json:"seek_p95_ms"` // from the request until a whole group of pictures is there
	Timeline float64 `json:"timeline_p95_ms"`
	Clip     float64 `json:"clip_ready_p95_s"` // from an event's opening until its clip plays

	Pulled   float64 `json:"cores_pulled"`
	Recorded float64 `json:"cores_recorded"`
	FFmpeg   float64 `json:"ffmpeg_cores"` // one process a camera that pulls and records, as if for all cameras; 0 = not tried
	Sent     int64   `json:"sent"`
	Kept     int64   `json:"kept"`   // units in the files, by their boxes
	Probed   int     `json:"probed"` // files in which ffprobe counts the same
	Files    int     `json:"files"`
	Redials  int64   `json:"redials"`
	Seeks    int     `json:"seeks"`
	Rows     int     `json:"rows"`
	Clips    int     `json:"clips"`
	RSSFirst float64 `json:"rss_first_mb"`
	RSSLast  float64 `json:"rss_last_mb"`
	flatness
}

// Run measures and prints.
func (c recordCmd) Run(b *bench) error {
	r := &recorded{Bench: "record", Cameras: c.Cameras}
	var pulled, written, peer trace
	for round := range c.Rounds {
		if err := b.on(recordedLoad(c.Cameras, models.RecordNever), func(d *bed) error { return c.pull(d, &pulled, &peer, round == 0) }); err != nil {
			return err
		}
		if err := b.on(recordedLoad(c.Cameras, models.RecordAlways), func(d *bed) error { return c.record(d, r, &written, round == c.Rounds-1) }); err != nil {
			return err
		}
	}
	if c.Rounds > 0 {
		r.Pulled, r.Recorded = rounded(median(pulled.seen)), rounded(median(written.seen))
		r.Extra = rounded(r.Recorded - r.Pulled)
	}
	if len(peer.seen) > 0 {
		r.FFmpeg = rounded(median(peer.seen))
	}
	if c.Rows > 0 {
		if err := b.on(shelf(), func(d *bed) error { return c.timelines(d, r) }); err != nil {
			return err
		}
	}
	if c.Analysed > 0 {
		if err := b.on(passages(c.Analysed), func(d *bed) error { return c.clips(d, r) }); err != nil {
			return err
		}
	}
	return b.print(r)
}

// recordedLoad is cameras of the reference load of which none is analysed.
func recordedLoad(cameras int, mode models.RecordMode) load {
	l := reference(cameras, 0, 0)
	for i := range l.site.Cameras {
		l.site.Cameras[i].Record.Mode = mode
	}
	return l
}

// pull measures cameras that are not recorded, and beside them once ffmpeg that records some.
func (c recordCmd) pull(d *bed, pulled, peer *trace, beside bool) error {
	_, h, err := d.play(c.Cameras)
	if err != nil {
		return err
	}
	cores, err := c.observe(d, h, h.parts())
	if err != nil {
		return err
	}
	pulled.add(cores["zhihui"])
	peers := min(c.Peers, c.Cameras)
	if !beside || peers == 0 {
		return nil
	}
	numbers := make([]int, peers)
	for i := range numbers {
		numbers[i] = i
	}
	all, err := d.joined(d.readings(numbers), d.segmenters)
	if err != nil {
		return err
	}
	if cores, err = c.observe(d, h, []part{ofAll("ffmpeg", all)}); err != nil {
		return err
	}
	peer.add(cores["ffmpeg"] * float64(c.Cameras) / float64(peers))
	return nil
}

// observe lets the cameras settle, and then a turn pass.
func (c recordCmd) observe(d *bed, h *hall, parts []part) (map[string]float64, error) {
	d.note("%d cameras; settling for %v, measuring for %v", c.Cameras, c.Settle, c.For)
	if err := sleep(d.ctx, c.Settle); err != nil {
		return nil, err
	}
	flat := ruler{ctx: d.ctx, hall: h} // looking costs something too, here as there
	return observe(d.ctx, c.For, parts, flat.sample)
}

// record measures cameras that are recorded, and then counts what is in their files. The last time it looks instants up, too.
func (c recordCmd) record(d *bed, r *recorded, written *trace, last bool) error {
	sim, h, err := d.play(c.Cameras)
	if err != nil {
		return err
	}
	if err := sleep(d.ctx, c.Settle); err != nil {
		return err
	}
	flat := ruler{ctx: d.ctx, hall: h}
	d.note("%d cameras are recorded; measuring for %v", c.Cameras, c.For)
	cores, err := observe(d.ctx, c.For, h.parts(), flat.sample)
	if err != nil {
		return err
	}
	written.add(cores["zhihui"])
	r.RSSFirst, r.RSSLast, r.flatness = flat.main.first(), flat.main.last(), flat.flatness()
	if last {
		if err := c.seek(d, h, r); err != nil {
			return err
		}
	}
	b, err := d.balance(sim, h, d.cameras(), report{})
	if err != nil {
		return err
	}
	if err := h.stop(); err != nil {
		return err
	}
	r.Sent, r.Redials = r.Sent+b.sent, r.Redials+b.redials
	return d.countFootage(r)
}

func (r *recorded) table(w io.Writer) {
	row(w, fmt.Sprintf("record: %d cameras", r.Cameras), "pulled", "recorded", "more", "ffmpeg a camera")
	row(w, "cores of zhihui", r.Pulled, r.Recorded, r.Extra, r.FFmpeg)
	row(w, "units sent, kept, lost; redials", fmt.Sprintf("%d %d %d; %d", r.Sent, r.Kept, r.Lost, r.Redials))
	row(w, "files; in which ffprobe counts the same", fmt.Sprintf("%d; %d", r.Files, r.Probed))
	row(w, fmt.Sprintf("seek, ms p95 of %d", r.Seeks), r.Seek)
	row(w, fmt.Sprintf("a camera-day among %d segments, ms p95", r.Rows), r.Timeline)
	row(w, fmt.Sprintf("clip plays after its event's opening, s p95 of %d", r.Clips), r.Clip)
	row(w, "anonymous memory, MB (first, last)", fmt.Sprintf("%.0f %.0f", r.RSSFirst, r.RSSLast))
	r.flatness.table(w)
}
