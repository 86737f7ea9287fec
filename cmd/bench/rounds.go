package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

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
	first := int((time.Since(s.start()) + c.Round - c.gone() + 2*time.Second) / c.Round) // in which nobody has gone yet
	r.Rounds = max(1, int(c.For/c.Round))
	d.note("%d cameras go away and return at once, %d rounds of %v; %d misbehave all the time", len(ways), r.Rounds, c.Round, r.Misbehaving)
	for n := range r.Rounds {
		begin := s.start().Add(time.Duration(first+n) * c.Round)
		if err := sleep(d.ctx, time.Until(begin.Add(c.gone()-time.Second))); err != nil {
			return err
		}
		if err := flat.sample(); err != nil {
			return err
		}
		away, err := d.reportAt(begin.Add(c.gone() + settled))
		if err != nil {
			return err
		}
		now, err := d.reportAt(begin.Add(c.Round))
		if err != nil {
			return err
		}
		if err := w.failed(); err != nil {
			return err
		}
		r.take(w, ways, away, now, c.Round)
	}
	err = flat.sample()
	r.flatness, r.RSSFirst, r.RSSLast = flat.flatness(), flat.main.first(), flat.main.last()
	return err
}

// settled is how long after the cameras went the report tells of their last units, and nobody has called them again.
const settled = 3 * time.Second

// reportAt waits for an instant and reads the report.
func (d *bed) reportAt(t time.Time) (report, error) {
	if err := sleep(d.ctx, time.Until(t)); err != nil {
		return report{}, err
	}
	return d.report()
}

// take judges one round by the reports of when the cameras were away and of when they were back. What was never seen counts
// as never.
func (r *reconnected) take(w *watch, ways map[string]string, away, now report, never time.Duration) {
	for i, c := range now.Cameras {
		way, ok := ways[c.ID]
		if !ok {
			continue
		}
		if r.byWay[way] == nil {
			r.byWay[way] = &wait{}
		}
		last, back := time.UnixMilli(away.Cameras[i].LastAt), time.UnixMilli(c.BackAt)
		noticed, ok := w.offline(c.ID, last)
		if !ok || noticed.After(back) {
			r.Unnoticed++
			noticed = last.Add(never)
		}
		r.byWay[way].noticed = append(r.byWay[way].noticed, noticed.Sub(last))
		seen, ok := w.pictured(c.ID, back)
		if !ok {
			r.Unreturned++
			seen = back.Add(never)
		}
		r.byWay[way].back = append(r.byWay[way].back, seen.Sub(back))
	}
}

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
	row(w, "healthy: units sent, lost; redials", fmt.Sprintf("%d %d; %d", r.HealthySent, r.HealthyLost, r.HealthyRedials))
	row(w, "anonymous memory, MB (first, last)", fmt.Sprintf("%.0f %.0f", r.RSSFirst, r.RSSLast))
	r.flatness.table(w)
}
